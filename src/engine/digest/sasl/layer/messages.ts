import { bufferType, findBuffer, SECBUFFER, type SecBuffer } from '../../../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, messageBuffers, SECQOP } from '../../../../sspi/messages.js';
import { SEC_E } from '../../../../sspi/status.js';
import { PackageError } from '../../../package-error.js';
import type { SecurityLayer } from './layer.js';
import { SIGNATURE_LENGTH } from './signer.js';

/** MakeSignature: signs all DATA buffers into a TOKEN buffer, which is cut to the signature. */
export function makeSignature(layer: SecurityLayer, { buffers }: MessageCall): MessageBuffers {
  const token = needed(findBuffer(buffers, SECBUFFER.TOKEN), 'TOKEN');
  const parts = signedParts(buffers);
  checkRoom(token, SIGNATURE_LENGTH);
  layer.sign(token.data, parts);
  return messageBuffers(withData(buffers, token, token.data.subarray(0, SIGNATURE_LENGTH)));
}

/** VerifySignature: the same buffers as MakeSignature's. */
export function verifySignature(layer: SecurityLayer, { buffers }: MessageCall): MessageBuffers {
  const token = needed(findBuffer(buffers, SECBUFFER.TOKEN), 'TOKEN');
  const parts = signedParts(buffers);
  if (token.data.length !== SIGNATURE_LENGTH) {
    throw new PackageError(SEC_E.INVALID_TOKEN, `a signature has ${SIGNATURE_LENGTH} bytes`);
  }
  layer.verify(token.data, parts);
  return messageBuffers([...buffers]);
}

/**
 * EncryptMessage: DATA, and PADDING (or a second DATA) with room for signature and block; the wire has one after the other. A TOKEN
 * buffer, which other packages need, comes back empty. `qop` is what the result says of the protection.
 * Source: Microsoft Learn, "EncryptMessage (Digest)".
 */
export function encryptMessage(layer: SecurityLayer, { buffers }: MessageCall, qop: number): MessageBuffers {
  const parts = sealedParts(buffers);
  const data = needed(parts.data, 'DATA');
  const trailer = needed(parts.trailer, 'PADDING');
  checkRoom(trailer, layer.trailerLength);
  if (data.data.length > layer.maximumMessage) {
    throw new PackageError(SEC_E.INVALID_PARAMETER, `the peer takes ${layer.maximumMessage} bytes in one message`, {
      hint: 'Split the data: SECPKG_ATTR.STREAM_SIZES has the limit as maximumMessage.',
    });
  }
  const written = layer.seal(data.data, trailer.data);
  const result = withData(buffers, trailer, trailer.data.subarray(0, written));
  return messageBuffers(emptyTokens(result), qop);
}

/**
 * DecryptMessage: the whole protected buffer in one DATA or STREAM, or the DATA and PADDING of EncryptMessage. Next to a STREAM, an
 * empty DATA takes the message, as with the other packages; otherwise the buffer itself is cut to it.
 * Source: Microsoft Learn, "DecryptMessage (Digest)".
 */
export function decryptMessage(layer: SecurityLayer, { buffers }: MessageCall, qop: number): MessageBuffers {
  const stream = findBuffer(buffers, SECBUFFER.STREAM);
  const parts = sealedParts(buffers);
  if (stream) return messageBuffers(withData(buffers, parts.data ?? stream, layer.unseal(stream.data)), qop);
  const data = needed(parts.data, 'DATA or STREAM');
  const { trailer } = parts;
  if (!trailer) return messageBuffers(withData(buffers, data, layer.unseal(data.data)), qop);
  const message = layer.unseal(joined(data.data, trailer.data));
  return messageBuffers(withData(withData(buffers, data, message), trailer, NOTHING), qop);
}

/** What is asked for in `fQOP`: 0 is what the context has; signing alone goes by SECQOP.WRAP_NO_ENCRYPT or Digest's own SIGN_ONLY. */
export function isSignOnly(qop: number): boolean {
  return qop === SECQOP.WRAP_NO_ENCRYPT || qop === SIGN_ONLY;
}

function signedParts(buffers: readonly SecBuffer[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (bufferType(buffer) === SECBUFFER.DATA) parts.push(buffer.data);
  }
  if (parts.length === 0) throw missing('DATA');
  return parts;
}

function sealedParts(buffers: readonly SecBuffer[]): SealedParts {
  let data: SecBuffer | undefined;
  let trailer: SecBuffer | undefined;
  for (const buffer of buffers) {
    const type = bufferType(buffer);
    if (type === SECBUFFER.DATA && !data) data = buffer;
    else if (type === SECBUFFER.DATA || type === SECBUFFER.PADDING) {
      if (trailer) throw new PackageError(SEC_E.INVALID_TOKEN, 'there are more buffers than DATA and PADDING');
      trailer = buffer;
    }
  }
  return { data, trailer };
}

interface SealedParts {
  readonly data: SecBuffer | undefined;
  readonly trailer: SecBuffer | undefined;
}

/** A view where the two lie next to each other, as they came from the wire; a copy otherwise. */
function joined(data: Uint8Array, trailer: Uint8Array): Uint8Array {
  const length = data.length + trailer.length;
  if (data.buffer === trailer.buffer && data.byteOffset + data.length === trailer.byteOffset) {
    return new Uint8Array(data.buffer, data.byteOffset, length);
  }
  const copy = new Uint8Array(length);
  copy.set(data);
  copy.set(trailer, data.length);
  return copy;
}

function withData(buffers: readonly SecBuffer[], changed: SecBuffer, data: Uint8Array): SecBuffer[] {
  return buffers.map(buffer => (buffer === changed ? { type: buffer.type, data } : buffer));
}

function emptyTokens(buffers: SecBuffer[]): SecBuffer[] {
  const token = findBuffer(buffers, SECBUFFER.TOKEN);
  return token ? withData(buffers, token, NOTHING) : buffers;
}

function checkRoom(buffer: SecBuffer, length: number): void {
  if (buffer.data.length < length) {
    throw new PackageError(SEC_E.BUFFER_TOO_SMALL, `the buffer for the signature needs ${length} bytes`);
  }
}

function needed(buffer: SecBuffer | undefined, name: string): SecBuffer {
  if (buffer) return buffer;
  throw missing(name);
}

function missing(name: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `there is no ${name} buffer`);
}

const NOTHING = new Uint8Array(0);

/** Microsoft Learn, "DecryptMessage (Digest)". */
const SIGN_ONLY = 0x80000000;
