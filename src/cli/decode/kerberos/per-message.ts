import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf8 } from '../../../bytes/text.js';
import {
  HEADER_LENGTH,
  readHeader,
  TOKEN_FLAG,
  TOKEN_ID,
} from '../../../engine/kerberos/per-message/rfc4121/token-header.js';
import { bytesField, type DecodedToken, type TokenField } from '../decoded-token.js';
import { flagsField, textField } from './fields.js';
import type { KeyRing } from './key-ring.js';

/** A MIC or Wrap token of RFC 4121 4.2.6, which has no framing. Undefined for other bytes. */
export function decodeMessageToken(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  const mic = readHeader(bytes, TOKEN_ID.MIC);
  const header = mic ?? readHeader(bytes, TOKEN_ID.WRAP);
  if (!header) return undefined;
  const body = bytes.subarray(HEADER_LENGTH);
  const fields: TokenField[] = [
    flagsField('flags', TOKEN_FLAG, header.flags, ''),
    textField('sequence', header.sequence, 'the number of the message'),
  ];
  if (mic)
    return {
      name: 'Kerberos MIC (RFC 4121)',
      fields: [...fields, bytesField('checksum', body, 'of a message that is elsewhere')],
    };
  const sealed = (header.flags & TOKEN_FLAG.SEALED) !== 0;
  fields.push(
    textField('extra count', header.extraCount, sealed ? 'bytes of filler' : 'bytes of checksum'),
    textField('rotation', header.rotation, 'bytes that were moved from the end to the beginning'),
    bytesField('body', body, sealed ? 'encrypted' : 'the message and its checksum'),
    ...messageFields(bytes, ring),
  );
  return { name: 'Kerberos Wrap (RFC 4121)', gist: sealed ? 'sealed' : 'signed', fields };
}

/** TOK_ID of RFC 4757 7, behind the framing of GSS-API. */
export const RC4_TOKEN = { MIC: 0x0101, WRAP: 0x0201 } as const;

/** A MIC or Wrap token of RFC 4757 7, behind its TOK_ID. Throws `MalformedBytesError`. */
export function rc4MessageFields(id: number, content: Uint8Array, token: Uint8Array, ring: KeyRing): TokenField[] {
  const reader = new ByteReader(content);
  const algorithm = reader.u16be();
  const sealing = reader.u16be();
  reader.skip(2);
  const fields = [
    textField('signature', algorithm === 0x1100 ? 'HMAC' : `algorithm 0x${algorithm.toString(16)}`, ''),
    ...(id === RC4_TOKEN.WRAP ? [textField('sealing', sealing === 0x1000 ? 'RC4' : 'none', '')] : []),
    bytesField('sequence', reader.bytes(8), 'encrypted'),
    bytesField('checksum', reader.bytes(8), ''),
  ];
  if (id === RC4_TOKEN.MIC) return fields;
  return [
    ...fields,
    bytesField('confounder', reader.bytes(8), ''),
    bytesField('body', reader.rest(), ''),
    ...messageFields(token, ring),
  ];
}

/** What is protected, where a key of the context came to light in the tokens before. */
function messageFields(token: Uint8Array, ring: KeyRing): TokenField[] {
  const opened = ring.openMessage(token);
  if (!opened) return [];
  return [{ ...readable(opened.bytes), meaning: `opened with ${opened.opener}` }, ...cookieFields(opened.bytes)];
}

/** The message as text where it is some. */
function readable(bytes: Uint8Array): TokenField {
  const name = 'message';
  try {
    const text = decodeUtf8(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells text from other bytes
    if (bytes.length > 0 && !/[\u0000-\u0008\u000e-\u001f]/.test(text))
      return textField(name, JSON.stringify(text), '');
  } catch {
    // Bytes, then.
  }
  return bytesField(name, bytes, '');
}

/** What the message is if it is a cookie of SASL GSSAPI (RFC 4752 3.3): one byte of layers, and a size. */
function cookieFields(bytes: Uint8Array): TokenField[] {
  const [layers = 0, ...size] = bytes.subarray(0, 4);
  if (bytes.length < 4 || layers === 0 || layers > 7) return [];
  const names = ['none', 'integrity', 'confidentiality'].filter((_, bit) => layers & (1 << bit));
  const most = size.reduce((sum, byte) => sum * 256 + byte, 0);
  return [textField('as a cookie', `layers ${names.join(', ')}; ${most} bytes at once`, 'if it is one of SASL GSSAPI')];
}
