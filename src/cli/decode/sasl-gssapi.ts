import { MalformedBytesError } from '../../bytes/errors.js';
import { ByteReader } from '../../bytes/reader.js';
import { decodeUtf8 } from '../../bytes/text.js';
import { readHeader, TOKEN_FLAG, TOKEN_ID } from '../../engine/kerberos/per-message/rfc4121/token-header.js';
import type { DecodedToken } from './decoded-token.js';
import { textField } from './kerberos/fields.js';
import { decodeKerberos } from './kerberos/kerberos.js';
import type { KeyRing } from './kerberos/key-ring.js';

/** A token of SASL GSSAPI: one of Kerberos', or a cookie in a Wrap token of its (RFC 4752 3.1 and 3.2), where a key of the ring opens that. */
export function decodeGssapi(token: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  const decoded = decodeKerberos(token, ring);
  const header = readHeader(token, TOKEN_ID.WRAP);
  const opened = header && ring.openMessage(token);
  if (!decoded || !opened) return decoded;
  const fromServer = (header.flags & TOKEN_FLAG.SENT_BY_ACCEPTOR) !== 0;
  try {
    const cookie = readCookie(new ByteReader(opened.bytes), fromServer ? 'server' : 'client');
    const wrapping = textField('token', `${token.length} bytes`, `${decoded.name}, signed and not sealed`);
    return { ...cookie, fields: [...cookie.fields, wrapping] };
  } catch (error) {
    if (error instanceof MalformedBytesError) return decoded;
    throw error;
  }
}

function readCookie(reader: ByteReader, sender: 'client' | 'server'): DecodedToken {
  const layers = layersText(reader.u8());
  const size = reader.u8() * 0x1_0000 + reader.u16be();
  const fields = [
    sender === 'server'
      ? textField('layers', layers, 'on offer')
      : textField('layer', layers, 'the one that the client chose'),
    textField('maximum', size, `bytes, the most that the ${sender} takes at once`),
  ];
  if (reader.remaining > 0) fields.push(textField('authzid', decodeUtf8(reader.rest()), 'whom to act as'));
  return { name: 'cookie', gist: layers, fields };
}

function layersText(bits: number): string {
  return LAYERS.filter((_, bit) => bits & (1 << bit)).join(', ') || 'none that is known';
}

/** RFC 4752 3.3, by their bits. */
const LAYERS = ['none', 'integrity', 'confidentiality'] as const;
