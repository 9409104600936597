import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derEnumerated,
  derField,
  derObjectIdentifier,
  derOctetString,
  derSequence,
} from '../../../bytes/der/der-value.js';
import { constantTimeEqual } from '../../../bytes/equal.js';
import { InvalidEncodingError } from '../../../bytes/errors.js';

/** `negState` (RFC 4178 4.2.2). */
export const NEG_STATE = {
  ACCEPT_COMPLETED: 0,
  ACCEPT_INCOMPLETE: 1,
  REJECT: 2,
  REQUEST_MIC: 3,
} as const;
Object.freeze(NEG_STATE);

export type NegState = (typeof NEG_STATE)[keyof typeof NEG_STATE];

/**
 * Every token but the first (RFC 4178 4.2.2):
 *
 *     NegTokenResp ::= SEQUENCE { negState [0] ENUMERATED OPTIONAL, supportedMech [1] OBJECT IDENTIFIER OPTIONAL,
 *                                 responseToken [2] OCTET STRING OPTIONAL, mechListMIC [3] OCTET STRING OPTIONAL }
 */
export interface NegTokenResp {
  readonly negState?: NegState | undefined;
  /** In dotted form. */
  readonly supportedMech?: string | undefined;
  readonly responseToken?: Uint8Array | undefined;
  readonly mechListMic?: Uint8Array | undefined;
}

/** The SEQUENCE. */
export function derNegTokenResp({ negState, supportedMech, responseToken, mechListMic }: NegTokenResp): DerValue {
  return derSequence(
    derField(0, negState === undefined ? undefined : derEnumerated(negState)),
    derField(1, supportedMech === undefined ? undefined : derObjectIdentifier(supportedMech)),
    derField(2, responseToken && derOctetString(responseToken)),
    derField(3, mechListMic && derOctetString(mechListMic)),
  );
}

/** Reads the SEQUENCE. Fields of later versions are passed over (RFC 4178 6). */
export function readNegTokenResp(reader: DerReader): NegTokenResp {
  return reader.sequence(fields => {
    const negState = fields.optionalField(0, readNegState);
    const supportedMech = fields.optionalField(1, field => field.objectIdentifier());
    const responseToken = fields.optionalField(2, field => field.octetString());
    const mechListMic = fields.optionalField(3, field => field.octetString());
    fields.skipFieldsAfter(3);
    return {
      negState,
      supportedMech,
      responseToken,
      mechListMic: isCopy(mechListMic, responseToken) ? undefined : mechListMic,
    };
  });
}

function readNegState(field: DerReader): NegState {
  const value = field.enumerated();
  if (value < NEG_STATE.ACCEPT_COMPLETED || value > NEG_STATE.REQUEST_MIC) {
    throw new InvalidEncodingError(`there is no negState ${value}`);
  }
  return value as NegState;
}

/** Windows 2000 puts the mechanism's token into mechListMIC a second time, and makes no MIC at all ([MS-SPNG] note 8). */
function isCopy(mechListMic: Uint8Array | undefined, responseToken: Uint8Array | undefined): boolean {
  return mechListMic !== undefined && responseToken !== undefined && constantTimeEqual(mechListMic, responseToken);
}
