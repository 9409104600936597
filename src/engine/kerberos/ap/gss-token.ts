import { DerReader } from '../../../bytes/der/der-reader.js';
import { derElement, derEncoded, derObjectIdentifier, encodeDer } from '../../../bytes/der/der-value.js';
import { applicationTag } from '../../../bytes/der/tags.js';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';

/** Names of the mechanism (RFC 4121 1, [MS-SPNG] 3.2.5, draft-swift-win2k-krb-user2user, RFC 6113's IAKERB draft). */
export const KERBEROS_OIDS = {
  KERBEROS: '1.2.840.113554.1.2.2',
  /** Windows 2000 wrote a number in 16 bits, and all since offer it. In SPNEGO only. */
  MICROSOFT: '1.2.840.48018.1.2.2',
  USER_TO_USER: '1.2.840.113554.1.2.2.3',
  IAKERB: '1.3.6.1.5.2.5',
} as const;
Object.freeze(KERBEROS_OIDS);

/** TOK_ID (RFC 4121 4.1). */
export const GSS_TOKEN = {
  AP_REQ: 0x0100,
  AP_REP: 0x0200,
  KRB_ERROR: 0x0300,
  TGT_REQUEST: 0x0400,
  TGT_REPLY: 0x0401,
} as const;
Object.freeze(GSS_TOKEN);

/** A token of the exchange, with its framing or, in DCE style, without. */
export interface GssToken {
  readonly id: number;
  readonly message: Uint8Array;
  readonly bare: boolean;
  readonly oid: string;
}

/** `60 length OID TOK_ID message` (RFC 2743 3.1, RFC 4121 4.1). */
export function encodeGssToken(id: number, message: Uint8Array, oid: string = KERBEROS_OIDS.KERBEROS): Uint8Array {
  const tokenId = derEncoded(Uint8Array.of(id >> 8, id & 0xff));
  return encodeDer(derElement(FRAME, derObjectIdentifier(oid), tokenId, derEncoded(message)));
}

/** Throws SEC_E_INVALID_TOKEN for what is no token of Kerberos. */
export function decodeGssToken(bytes: Uint8Array): GssToken {
  try {
    return BARE_IDS[bytes[0] ?? 0] === undefined ? readFramed(bytes) : readBare(bytes);
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(SEC_E.INVALID_TOKEN, `the token is not Kerberos': ${error.message}`);
  }
}

/** Whether a token is one of Kerberos in its framing: Negotiate asks that. */
export function isGssToken(bytes: Uint8Array): boolean {
  if (bytes[0] !== FRAME) return false;
  try {
    return ANY_OID.has(readFramed(bytes).oid);
  } catch (error) {
    if (error instanceof MalformedBytesError) return false;
    throw error;
  }
}

function readFramed(bytes: Uint8Array): GssToken {
  const outer = new DerReader(bytes);
  const content = outer.content(FRAME);
  outer.end();
  const inner = new DerReader(content);
  const oid = inner.objectIdentifier();
  const reader = new ByteReader(content.subarray(content.length - inner.remaining));
  return { id: reader.u16be(), message: reader.rest(), bare: false, oid };
}

function readBare(bytes: Uint8Array): GssToken {
  return { id: BARE_IDS[bytes[0]!]!, message: bytes, bare: true, oid: KERBEROS_OIDS.KERBEROS };
}

const FRAME = applicationTag(0);
const ANY_OID: ReadonlySet<string> = new Set(Object.values(KERBEROS_OIDS));

/** Messages by their first byte, which is a tag of their own ([MS-KILE] 3.4.5.1). */
const BARE_IDS: Readonly<Record<number, number>> = {
  [applicationTag(MESSAGE_TYPE.AP_REQ)]: GSS_TOKEN.AP_REQ,
  [applicationTag(MESSAGE_TYPE.AP_REP)]: GSS_TOKEN.AP_REP,
  [applicationTag(MESSAGE_TYPE.KRB_ERROR)]: GSS_TOKEN.KRB_ERROR,
};
