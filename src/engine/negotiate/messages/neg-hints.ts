import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derField, derGeneralString, derSequence } from '../../../bytes/der/der-value.js';

/**
 * `NegHints ::= SEQUENCE { hintName [0] GeneralString OPTIONAL, hintAddress [1] OCTET STRING OPTIONAL }` ([MS-SPNG] 2.2.1). Nothing
 * protects it: it is shown, and never acted upon.
 */
export interface NegHints {
  readonly hintName?: string;
  readonly hintAddress?: Uint8Array;
}

/** What Windows says in place of its name since that was found to be of no use ([MS-SPNG] 3.2.5.2). */
export const NO_HINT = 'not_defined_in_RFC4178@please_ignore';

export function derNegHints({ hintName }: NegHints): DerValue {
  return derSequence(derField(0, hintName === undefined ? undefined : derGeneralString(hintName)));
}

export function readNegHints(reader: DerReader): NegHints {
  return reader.sequence(fields => {
    const hintName = fields.optionalField(0, field => field.generalString());
    const hintAddress = fields.optionalField(1, field => field.octetString());
    fields.skipFieldsAfter(1);
    return { ...(hintName !== undefined && { hintName }), ...(hintAddress && { hintAddress }) };
  });
}
