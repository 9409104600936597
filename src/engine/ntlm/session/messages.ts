import { bufferType, findBuffer, SECBUFFER, type SecBuffer } from '../../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, messageBuffers, SECQOP } from '../../../sspi/messages.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { MessageGuard, MessageParts } from './message-guard.js';
import { SIGNATURE_LENGTH } from './signature.js';

/** Whether read-only buffers are signed as well ([MS-NLMP] 3.4.6): with extended session security they are. */
export type Coverage = 'all' | 'writable';

/** MakeSignature: signs the DATA buffers into the TOKEN buffer, which is cut to the signature. */
export function makeSignature(guard: MessageGuard, coverage: Coverage, call: MessageCall): MessageBuffers {
  const token = tokenWithRoom(call.buffers);
  guard.sign(token.data, messageParts(call.buffers, coverage), call.sequence ?? 0);
  return messageBuffers(result(call.buffers, token));
}

/** VerifySignature: the same buffers as MakeSignature's. */
export function verifySignature(guard: MessageGuard, coverage: Coverage, call: MessageCall): MessageBuffers {
  const token = signatureToken(call.buffers);
  guard.verify(token.data, messageParts(call.buffers, coverage), call.sequence ?? 0);
  return messageBuffers([...call.buffers]);
}

/**
 * EncryptMessage: TOKEN with room for the signature, and DATA, which is encrypted in place; on the wire one follows the other. With
 * SECQOP_WRAP_NO_ENCRYPT the data is signed only. A PADDING buffer, which other packages need, comes back empty.
 * Source: Microsoft Learn, "EncryptMessage (NTLM)".
 */
export function encryptMessage(guard: MessageGuard, coverage: Coverage, call: MessageCall): MessageBuffers {
  const { buffers, qop = 0, sequence = 0 } = call;
  const token = tokenWithRoom(buffers);
  const parts = messageParts(buffers, coverage);
  if (qop === SECQOP.WRAP_NO_ENCRYPT) guard.sign(token.data, parts, sequence);
  else if (qop === 0) guard.seal(token.data, parts, sequence);
  else
    throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'NTLM either seals a message or signs it (SECQOP.WRAP_NO_ENCRYPT)');
  return messageBuffers(result(buffers, token), qop);
}

/**
 * DecryptMessage: TOKEN and DATA as EncryptMessage left them, or both in one STREAM, next to which an empty DATA takes the message.
 * Source: Microsoft Learn, "DecryptMessage (NTLM)".
 */
export function decryptMessage(guard: MessageGuard, coverage: Coverage, call: MessageCall): MessageBuffers {
  const { buffers, sequence = 0 } = call;
  const stream = findBuffer(buffers, SECBUFFER.STREAM);
  if (stream) return decryptStream(guard, stream, call);
  const token = signatureToken(buffers);
  const protection = guard.unseal(token.data, messageParts(buffers, coverage), sequence);
  return messageBuffers(result(buffers, token), QOP[protection]);
}

function decryptStream(guard: MessageGuard, stream: SecBuffer, { buffers, sequence = 0 }: MessageCall): MessageBuffers {
  if (stream.data.length < SIGNATURE_LENGTH) {
    throw new PackageError(SEC_E.INVALID_TOKEN, `a sealed message has ${SIGNATURE_LENGTH} bytes at least`);
  }
  const message = stream.data.subarray(SIGNATURE_LENGTH);
  const parts = { signed: [message], sealed: [message] };
  const protection = guard.unseal(stream.data.subarray(0, SIGNATURE_LENGTH), parts, sequence);
  const target = findBuffer(buffers, SECBUFFER.DATA) ?? stream;
  return messageBuffers(
    buffers.map(buffer => (buffer === target ? { type: buffer.type, data: message } : buffer)),
    QOP[protection],
  );
}

function messageParts(buffers: readonly SecBuffer[], coverage: Coverage): MessageParts {
  const signed: Uint8Array[] = [];
  const sealed: Uint8Array[] = [];
  let count = 0;
  for (const buffer of buffers) {
    if (bufferType(buffer) !== SECBUFFER.DATA) continue;
    count += 1;
    const { data, type } = buffer;
    if (type === SECBUFFER.DATA) {
      signed.push(data);
      sealed.push(data);
    } else if (coverage === 'all' || (type & SECBUFFER.READONLY_WITH_CHECKSUM) !== 0) signed.push(data);
  }
  if (count === 0) throw new PackageError(SEC_E.INVALID_TOKEN, 'there is no DATA buffer');
  return { signed, sealed };
}

function tokenWithRoom(buffers: readonly SecBuffer[]): SecBuffer {
  const token = neededToken(buffers);
  if (token.data.length >= SIGNATURE_LENGTH) return token;
  throw new PackageError(SEC_E.BUFFER_TOO_SMALL, `the buffer for the signature needs ${SIGNATURE_LENGTH} bytes`);
}

function signatureToken(buffers: readonly SecBuffer[]): SecBuffer {
  const token = neededToken(buffers);
  if (token.data.length === SIGNATURE_LENGTH) return token;
  throw new PackageError(SEC_E.INVALID_TOKEN, `a signature has ${SIGNATURE_LENGTH} bytes`);
}

function neededToken(buffers: readonly SecBuffer[]): SecBuffer {
  const token = findBuffer(buffers, SECBUFFER.TOKEN);
  if (token) return token;
  throw new PackageError(SEC_E.INVALID_TOKEN, 'there is no TOKEN buffer');
}

/** The buffers as they are left: the token cut to the signature, and nothing in the padding. */
function result(buffers: readonly SecBuffer[], token: SecBuffer): SecBuffer[] {
  const left: SecBuffer[] = [];
  for (const buffer of buffers) {
    if (buffer === token && token.data.length > SIGNATURE_LENGTH) {
      left.push({ type: token.type, data: token.data.subarray(0, SIGNATURE_LENGTH) });
    } else if (bufferType(buffer) === SECBUFFER.PADDING) left.push({ type: buffer.type, data: NOTHING });
    else left.push(buffer);
  }
  return left;
}

const QOP = { sealed: 0, signed: SECQOP.WRAP_NO_ENCRYPT } as const;
const NOTHING = new Uint8Array(0);
