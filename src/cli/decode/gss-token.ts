import { DerReader } from '../../bytes/der/der-reader.js';
import { decodeOid } from '../../bytes/der/oid.js';
import { applicationTag, DER_TAG } from '../../bytes/der/tags.js';

/** What stands in an initial token of the GSS-API behind its mechanism. */
export interface GssToken {
  /** Object identifier of the mechanism. */
  readonly mechanism: string;
  readonly content: Uint8Array;
}

/** An initial token (RFC 2743 3.1): `[APPLICATION 0] { OBJECT IDENTIFIER, whatever the mechanism has }`. Undefined for bytes that are none. */
export function readGssToken(bytes: Uint8Array): GssToken | undefined {
  try {
    const content = new DerReader(bytes).content(INITIAL_TOKEN);
    const { encoding } = new DerReader(content).element();
    return {
      mechanism: decodeOid(new DerReader(content).content(DER_TAG.OBJECT_IDENTIFIER)),
      content: content.subarray(encoding.length),
    };
  } catch {
    return undefined;
  }
}

/**
 * The mechanism that a token says it is for, even if the token is cut off or broken behind that: what is wrong with it is for the
 * mechanism's own decoder to say.
 */
export function gssMechanism(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== INITIAL_TOKEN) return undefined;
  for (let at = 2; at <= LONGEST_HEADER; at++) {
    const length = bytes[at + 1] ?? 0;
    const end = at + 2 + length;
    if (bytes[at] !== DER_TAG.OBJECT_IDENTIFIER || end > bytes.length) continue;
    try {
      return decodeOid(bytes.subarray(at + 2, end));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

const INITIAL_TOKEN = applicationTag(0);
/** A tag and a length of five octets at most. */
const LONGEST_HEADER = 6;
