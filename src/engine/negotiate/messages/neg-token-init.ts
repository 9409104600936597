import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derEncoded, derField, derOctetString, derSequence } from '../../../bytes/der/der-value.js';
import { contextTag, DER_TAG } from '../../../bytes/der/tags.js';
import { type MechTypeList, readMechTypeList } from './mech-type-list.js';
import { derNegHints, type NegHints, readNegHints } from './neg-hints.js';

/**
 * The first token of a negotiation (RFC 4178 4.2.1), and with hints in it that of a server which speaks first ([MS-SPNG] 2.2.1):
 *
 *     NegTokenInit  ::= SEQUENCE { mechTypes [0], reqFlags [1] OPTIONAL, mechToken [2] OPTIONAL, mechListMIC [3] OPTIONAL }
 *     NegTokenInit2 ::= SEQUENCE { mechTypes [0], reqFlags [1] OPTIONAL, mechToken [2] OPTIONAL, negHints [3] OPTIONAL, mechListMIC [4] OPTIONAL }
 */
export interface NegTokenInit {
  readonly mechTypes: MechTypeList;
  /** Of the first mechanism in the list: optimistic. */
  readonly mechToken?: Uint8Array | undefined;
  readonly negHints?: NegHints | undefined;
  readonly mechListMic?: Uint8Array | undefined;
}

/** The SEQUENCE. `reqFlags` is never sent (RFC 4178 4.2.1: "SHOULD"). */
export function derNegTokenInit({ mechTypes, mechToken, negHints }: NegTokenInit): DerValue {
  return derSequence(
    derField(0, derEncoded(mechTypes.encoding)),
    derField(2, mechToken && derOctetString(mechToken)),
    derField(3, negHints && derNegHints(negHints)),
  );
}

/** Reads the SEQUENCE in either form. Fields of later versions are passed over (RFC 4178 6). */
export function readNegTokenInit(reader: DerReader): NegTokenInit {
  return reader.sequence(fields => {
    const mechTypes = fields.field(0, readMechTypeList);
    // RFC 4178 4.2.1: reqFlags are not protected, and the acceptor must ignore them.
    if (fields.nextTag === contextTag(1)) fields.element();
    const mechToken = fields.optionalField(2, field => field.octetString());
    const third = fields.optionalField(3, readHintsOrMic) ?? {};
    const fourth = fields.optionalField(4, field => field.octetString());
    fields.skipFieldsAfter(4);
    return { mechTypes, mechToken, negHints: third.negHints, mechListMic: third.mechListMic ?? fourth };
  });
}

/** Only the type of [3] tells which of the two tokens it is. */
function readHintsOrMic(field: DerReader): Pick<NegTokenInit, 'negHints' | 'mechListMic'> {
  return field.nextTag === DER_TAG.SEQUENCE ? { negHints: readNegHints(field) } : { mechListMic: field.octetString() };
}
