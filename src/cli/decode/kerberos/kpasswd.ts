import { applicationTag } from '../../../bytes/der/tags.js';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { MESSAGE_TYPE } from '../../../engine/kerberos/constants/message-type.js';
import { bytesField, type DecodedToken, type TokenField } from '../decoded-token.js';
import { apRepFields, apReqFields, krbPrivFields } from './ap.js';
import { attempt, listField, textField } from './fields.js';
import type { KeyRing } from './key-ring.js';
import { krbErrorFields } from './krb-error.js';

/**
 * A message to or from a server of passwords (RFC 3244 2): `length u16, version u16, length of the AP message u16, AP-REQ or AP-REP, KRB-PRIV
 * or KRB-ERROR`. Undefined for other bytes.
 */
export function decodeKpasswd(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u16be() !== bytes.length) return undefined;
    const version = reader.u16be();
    if (version !== 1 && version !== SET_PASSWORD) return undefined;
    const ap = reader.bytes(reader.u16be());
    const rest = reader.rest();
    const isRequest = ap[0] === AP_REQ;
    if (!isRequest && ap[0] !== AP_REP && (ap.length > 0 || rest[0] !== KRB_ERROR)) return undefined;
    const fields: TokenField[] = [
      textField(
        'version',
        `0x${version.toString(16)}`,
        version === 1 ? 'change of a password' : 'setting of a password',
      ),
    ];
    if (ap.length > 0) {
      const read = (): TokenField[] => (isRequest ? apReqFields : apRepFields)(ap, ring);
      fields.push(listField(isRequest ? 'AP-REQ' : 'AP-REP', attempt('message', ap, read), ''));
    }
    fields.push(...messageFields(rest, ring));
    return { name: `Kerberos password ${isRequest ? 'request' : 'reply'}`, fields };
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

function messageFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  if (bytes[0] !== KRB_ERROR)
    return [
      listField(
        'KRB-PRIV',
        attempt('message', bytes, () => krbPrivFields(bytes, ring)),
        '',
      ),
    ];
  const data = ({ value }: { readonly value: Uint8Array }): TokenField => bytesField('data', value, '');
  return [
    listField(
      'KRB-ERROR',
      attempt('message', bytes, () => krbErrorFields(bytes, data)),
      '',
    ),
  ];
}

/** RFC 3244 2: both protocols have the form of the older one. */
const SET_PASSWORD = 0xff80;
const AP_REQ = applicationTag(MESSAGE_TYPE.AP_REQ);
const AP_REP = applicationTag(MESSAGE_TYPE.AP_REP);
const KRB_ERROR = applicationTag(MESSAGE_TYPE.KRB_ERROR);
