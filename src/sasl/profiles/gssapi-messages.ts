import { concatBytes } from '../../bytes/concat.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import { findBuffer, SECBUFFER, tokenBuffer } from '../../sspi/buffers.js';
import { SECQOP } from '../../sspi/messages.js';
import { SEC_E } from '../../sspi/status.js';
import type { InnerContext } from '../inner-context.js';
import { SaslFailure } from '../sasl-failure.js';

/** GSS_Wrap without encryption. Source: Microsoft Learn, "SSPI/Kerberos Interoperability with GSSAPI". */
export async function wrapCookie({ table, established }: InnerContext, cookie: Uint8Array): Promise<Uint8Array> {
  const { blockSize, securityTrailer } = await table.queryContextAttributes(established, SECPKG_ATTR.SIZES);
  const buffers = [
    tokenBuffer(new Uint8Array(securityTrailer)),
    { type: SECBUFFER.DATA, data: Uint8Array.from(cookie) },
    { type: SECBUFFER.PADDING, data: new Uint8Array(blockSize) },
  ];
  const wrapped = await table.encryptMessage(established, { buffers, qop: SECQOP.WRAP_NO_ENCRYPT });
  return concatBytes(...wrapped.map(({ data }) => data));
}

/** GSS_Unwrap. Throws SEC_E_INVALID_TOKEN for what the key of the context does not fit, and for nothing at all. */
export async function unwrapCookie(
  { table, established }: InnerContext,
  token: Uint8Array | undefined,
): Promise<Uint8Array> {
  if (!token?.length) throw new SaslFailure(SEC_E.INVALID_TOKEN, 'the peer owes a cookie, and sends an empty token');
  const buffers = [
    { type: SECBUFFER.STREAM, data: Uint8Array.from(token) },
    { type: SECBUFFER.DATA, data: new Uint8Array(0) },
  ];
  const opened = await table.decryptMessage(established, { buffers });
  const data = findBuffer(opened, SECBUFFER.DATA)?.data;
  if (opened.status !== SEC_E.OK || !data) throw new SaslFailure(SEC_E.INVALID_TOKEN, 'the cookie is not whole');
  return data;
}

/** Bytes that protection adds to a message at most. */
export async function wrapOverhead({ table, established }: InnerContext): Promise<number> {
  const { blockSize, securityTrailer } = await table.queryContextAttributes(established, SECPKG_ATTR.SIZES);
  return securityTrailer + blockSize;
}
