import { bufferType, SECBUFFER, type SecBuffer } from '../../../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, messageBuffers, SECQOP } from '../../../../sspi/messages.js';
import { SEC_E } from '../../../../sspi/status.js';
import { PackageError } from '../../../package-error.js';
import type { SecurityLayer } from './layer.js';
import { SIGNATURE_LENGTH } from './signer.js';

/** MakeSignature: signs all DATA buffers into a TOKEN buffer, which is cut to the signature. */
export function makeSignature(layer: SecurityLayer, { buffers }: MessageCall): MessageBuffers {
  const at = buffers.findIndex(isToken);
  const token = needed(buffers[at], 'TOKEN');
  const parts = signedParts(buffers);
  checkRoom(token, SIGNATURE_LENGTH);
  layer.sign(token.data, parts);
  const result = [...buffers];
  put(result, at, token.data.subarray(0, SIGNATURE_LENGTH));
  return messageBuffers(result);
}

/** VerifySignature: the same buffers as MakeSignature's. */
export function verifySignature(layer: SecurityLayer, { buffers }: MessageCall): MessageBuffers {
  const token = needed(buffers.find(isToken), 'TOKEN');
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
  const at = locate(buffers);
  const { data } = needed(buffers[at.data], 'DATA');
  const trailer = needed(buffers[onlyOne(at.trailer)], 'PADDING');
  checkRoom(trailer, layer.trailerLength);
  if (data.length > layer.maximumMessage) {
    throw new PackageError(SEC_E.INVALID_PARAMETER, `the peer takes ${layer.maximumMessage} bytes in one message`, {
      hint: 'Split the data: SECPKG_ATTR.STREAM_SIZES has the limit as maximumMessage.',
    });
  }
  const written = layer.seal(data, trailer.data);
  const result = [...buffers];
  if (written < trailer.data.length) put(result, at.trailer, trailer.data.subarray(0, written));
  if (at.token >= 0) put(result, at.token, NOTHING);
  return messageBuffers(result, qop);
}

/**
 * DecryptMessage: the whole protected buffer in one DATA or STREAM, or the DATA and PADDING of EncryptMessage. Next to a STREAM, an
 * empty DATA takes the message, as with the other packages; otherwise the buffer itself is cut to it.
 * Source: Microsoft Learn, "DecryptMessage (Digest)".
 */
export function decryptMessage(layer: SecurityLayer, { buffers }: MessageCall, qop: number): MessageBuffers {
  const at = locate(buffers);
  const result = [...buffers];
  if (at.stream >= 0) {
    put(result, at.data >= 0 ? at.data : at.stream, layer.unseal(buffers[at.stream]!.data));
    return messageBuffers(result, qop);
  }
  const { data } = needed(buffers[at.data], 'DATA or STREAM');
  const trailer = buffers[onlyOne(at.trailer)];
  put(result, at.data, layer.unseal(trailer ? joined(data, trailer.data) : data));
  if (trailer) put(result, at.trailer, NOTHING);
  return messageBuffers(result, qop);
}

/** What is asked for in `fQOP`: 0 is what the context has; signing alone goes by SECQOP.WRAP_NO_ENCRYPT or Digest's own SIGN_ONLY. */
export function isSignOnly(qop: number): boolean {
  return qop === SECQOP.WRAP_NO_ENCRYPT || qop === SIGN_ONLY;
}

function isToken(buffer: SecBuffer): boolean {
  return bufferType(buffer) === SECBUFFER.TOKEN;
}

function signedParts(buffers: readonly SecBuffer[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (bufferType(buffer) === SECBUFFER.DATA && !(buffer.type & SECBUFFER.READONLY)) parts.push(buffer.data);
  }
  if (parts.length === 0) throw missing('DATA');
  return parts;
}

/** Where the buffers stand that matter here; -1 for those that are not there. Others are passed over. */
interface Places {
  data: number;
  /** PADDING, or a second DATA. */
  trailer: number;
  token: number;
  stream: number;
}

function locate(buffers: readonly SecBuffer[]): Places {
  const places = { data: -1, trailer: -1, token: -1, stream: -1 };
  for (let at = 0; at < buffers.length; at++) {
    const type = bufferType(buffers[at]!);
    if (type !== SECBUFFER.TOKEN && isReadOnly(buffers[at]!)) continue;
    if (type === SECBUFFER.DATA && places.data < 0) places.data = at;
    else if (type === SECBUFFER.DATA || type === SECBUFFER.PADDING) places.trailer = places.trailer < 0 ? at : SURPLUS;
    else if (type === SECBUFFER.TOKEN && places.token < 0) places.token = at;
    else if (type === SECBUFFER.STREAM && places.stream < 0) places.stream = at;
  }
  return places;
}

/** What may not be changed is passed over. What is to be signed but not sealed has no form in DIGEST-MD5: SEC_E_QOP_NOT_SUPPORTED. */
function isReadOnly({ type }: SecBuffer): boolean {
  if (!(type & SECBUFFER.READONLY_WITH_CHECKSUM)) return (type & SECBUFFER.READONLY) !== 0;
  throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'DIGEST-MD5 cannot sign a buffer that it leaves out of the message');
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

/** Buffers that would be left out must not look as if they had been protected. */
function onlyOne(trailer: number): number {
  if (trailer !== SURPLUS) return trailer;
  throw new PackageError(SEC_E.INVALID_TOKEN, 'there are more buffers than DATA and PADDING');
}

function put(buffers: SecBuffer[], at: number, data: Uint8Array): void {
  buffers[at] = { type: buffers[at]!.type, data };
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

/** More than one trailer. */
const SURPLUS = Number.MAX_SAFE_INTEGER;

const NOTHING = new Uint8Array(0);

/** Microsoft Learn, "DecryptMessage (Digest)". */
const SIGN_ONLY = 0x80000000;
