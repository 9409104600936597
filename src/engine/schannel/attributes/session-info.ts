import type { TLSSocket } from 'node:tls';
import { DerReader } from '../../../bytes/der/der-reader.js';
import { DER_TAG } from '../../../bytes/der/tags.js';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import type { SessionInfo } from '../../../sspi/attribute-values.js';

/** SECPKG_ATTR_SESSION_INFO. TLS 1.3 has no session ids: what stands in their place only looks like one (RFC 8446 4.1.2). */
export function sessionInfo(socket: TLSSocket): SessionInfo {
  const session = socket.getProtocol() === 'TLSv1.2' ? socket.getSession() : undefined;
  return { reconnected: socket.isSessionReused() === true, sessionId: session ? sessionId(session) : NONE };
}

/**
 * The id in a session in OpenSSL's form (i2d_SSL_SESSION): SEQUENCE { version, SSL version, cipher, session id ... }. It is empty where a
 * server has given a ticket in its place (RFC 5077 3.4), and for what has another form.
 */
export function sessionId(session: Uint8Array): Uint8Array {
  try {
    const fields = new DerReader(new DerReader(unwrapped(session)).content(DER_TAG.SEQUENCE));
    fields.integer();
    fields.integer();
    fields.octetString();
    const id = fields.octetString();
    return id.length <= LONGEST_ID ? id.slice() : NONE;
  } catch (error) {
    if (error instanceof MalformedBytesError) return NONE;
    throw error;
  }
}

/** Later versions of Node.js put a mark and the server's name before a client's session (lib/internal/tls/wrap.js). */
function unwrapped(session: Uint8Array): Uint8Array {
  if (!MARK.every((byte, index) => session[index] === byte)) return session;
  const reader = new ByteReader(session.subarray(MARK.length));
  reader.skip(reader.u16be());
  return reader.rest();
}

const MARK = encodeLatin1('\0nodejs:tls:session:1\0');
const NONE = new Uint8Array(0);
/** RFC 5246 7.4.1.2; `rgbSessionId` of SecPkgContext_SessionInfo has as many. */
const LONGEST_ID = 32;
