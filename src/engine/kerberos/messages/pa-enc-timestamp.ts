import { derField, derGeneralizedTime, derInteger, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { readMicroseconds } from './basic-types.js';
import { decodeMessage } from './message.js';

/**
 * What PA-ENC-TIMESTAMP and the encrypted challenge encrypt: `PA-ENC-TS-ENC ::= SEQUENCE { patimestamp [0], pausec [1] OPTIONAL }`
 * (RFC 4120 5.2.7.2, RFC 6113 5.4.6).
 */
export interface PaEncTsEnc {
  /** Milliseconds since 1970, whole seconds. */
  readonly timestamp: number;
  readonly usec?: number | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodePaEncTsEnc(bytes: Uint8Array): PaEncTsEnc {
  return decodeMessage('PA-ENC-TS-ENC', bytes, reader =>
    reader.sequence(fields => ({
      timestamp: fields.field(0, field => field.generalizedTime()),
      usec: fields.optionalField(1, readMicroseconds),
    })),
  );
}

export function encodePaEncTsEnc({ timestamp, usec }: PaEncTsEnc): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derGeneralizedTime(timestamp)),
      derField(1, usec === undefined ? undefined : derInteger(usec)),
    ),
  );
}
