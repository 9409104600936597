import { bufferType, SECBUFFER, type SecBuffer } from '../../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, messageBuffers, SECQOP } from '../../../sspi/messages.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { Scratch } from '../crypto/scratch.js';
import { type SequenceDetection, SequenceWindow } from './sequence-window.js';
import {
  clearParts,
  type MessagePart,
  type OpenedMessage,
  type Surroundings,
  type TokenFormat,
} from './token-format.js';

export interface ProtectionParts {
  /** Taken over. */
  readonly format: TokenFormat;
  readonly detection: SequenceDetection;
  /** The first numbers of both directions. */
  readonly sendSequence: number;
  readonly receiveSequence: number;
}

/** The message functions of one context, over SSPI's buffers. Source: Microsoft Learn, "EncryptMessage (Kerberos)" and its kin. */
export class MessageProtection {
  readonly #format: TokenFormat;
  readonly #window: SequenceWindow;
  #sendSequence: number;

  constructor({ format, detection, sendSequence, receiveSequence }: ProtectionParts) {
    this.#format = format;
    this.#sendSequence = sendSequence;
    this.#window = new SequenceWindow(receiveSequence, detection, format.sequenceEnd);
  }

  get signatureLength(): number {
    return this.#format.signatureLength;
  }

  get headerLength(): number {
    return this.#format.headerLength;
  }

  /** 1 for tokens without padding, too: that is the size of the blocks. */
  get blockSize(): number {
    return Math.max(1, this.#format.paddingLength);
  }

  /** Signs all DATA buffers into the TOKEN buffer, which is cut to the signature. */
  makeSignature({ buffers }: MessageCall): MessageBuffers {
    const token = tokenBuffer(buffers);
    needRoom(token, this.#format.signatureLength);
    const mic = this.#format.mic(this.#nextSequence(), dataParts(buffers, 'sign'));
    return messageBuffers(buffers.map(buffer => (buffer === token ? filled(token, mic) : buffer)));
  }

  verifySignature({ buffers }: MessageCall): MessageBuffers {
    this.#window.accept(this.#format.verifyMic(tokenBuffer(buffers).data, dataParts(buffers, 'sign')));
    return messageBuffers(buffers.slice());
  }

  /**
   * TOKEN with room for `securityTrailer` bytes, DATA, which is encrypted in place, and for RC4 a PADDING of `blockSize` bytes. Read-only
   * DATA stays out of it, with READONLY_WITH_CHECKSUM it is signed. SECQOP_WRAP_NO_ENCRYPT signs all of it.
   */
  encryptMessage({ buffers, qop = 0 }: MessageCall): MessageBuffers {
    if (qop !== 0 && qop !== SECQOP.WRAP_NO_ENCRYPT) {
      throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'Kerberos seals a message or signs it (SECQOP.WRAP_NO_ENCRYPT)');
    }
    const token = tokenBuffer(buffers);
    needRoom(token, this.#format.headerLength);
    const padding = firstOf(buffers, SECBUFFER.PADDING);
    if (this.#format.paddingLength > 0) needRoom(padding, this.#format.paddingLength);
    const parts = dataParts(buffers, 'wrap');
    const sequence = this.#nextSequence();
    const around = qop === 0 ? this.#format.seal(sequence, parts) : this.#format.sign(sequence, parts);
    return messageBuffers(surrounded(buffers, token, padding, around), qop);
  }

  /**
   * TOKEN, DATA and PADDING as EncryptMessage left them, or a STREAM with all of it, next to which a DATA buffer takes the message.
   * Says in `qop` whether the message was only signed.
   */
  decryptMessage({ buffers }: MessageCall): MessageBuffers {
    const stream = firstOf(buffers, SECBUFFER.STREAM);
    const message = stream?.data ?? wireBytes(buffers);
    const parts = dataParts(buffers, 'wrap');
    const opened = this.#format.open(message, stream ? streamClearParts(parts) : clearParts(parts));
    this.#window.accept(opened.sequence);
    const left = stream ? openedStream(buffers, stream, opened) : openedParts(buffers, opened.plaintext);
    return messageBuffers(left, opened.sealed ? 0 : SECQOP.WRAP_NO_ENCRYPT);
  }

  wipe(): void {
    this.#format.wipe();
  }

  #nextSequence(): number {
    const sequence = this.#sendSequence;
    this.#sendSequence = sequence + 1 === this.#format.sequenceEnd ? 0 : sequence + 1;
    return sequence;
  }
}

/** The DATA buffers in their order. A signature covers all of them, a wrapped message those that are writable or READONLY_WITH_CHECKSUM. */
function dataParts(buffers: readonly SecBuffer[], use: 'sign' | 'wrap'): MessagePart[] {
  let parts: MessagePart[] | undefined;
  for (const buffer of buffers) {
    if (bufferType(buffer) !== SECBUFFER.DATA) continue;
    const { type, data } = buffer;
    const readOnly = (type & (SECBUFFER.READONLY | SECBUFFER.READONLY_WITH_CHECKSUM)) !== 0;
    if (readOnly && use === 'wrap' && (type & SECBUFFER.READONLY_WITH_CHECKSUM) === 0) continue;
    const part = { bytes: data, clear: readOnly };
    // An array that is empty at first gets room for many at its first push.
    if (parts) parts.push(part);
    else parts = [part];
  }
  return parts ?? [];
}

/** With a STREAM, whatever is signed only stands before the message. */
function streamClearParts(parts: readonly MessagePart[]): ReturnType<typeof clearParts> {
  return clearParts(parts.filter(({ clear }) => clear));
}

/** TOKEN, writable DATA and PADDING, as they follow each other on the wire. Good until the next call. */
function wireBytes(buffers: readonly SecBuffer[]): Uint8Array {
  const token = tokenBuffer(buffers).data;
  const padding = firstOf(buffers, SECBUFFER.PADDING)?.data;
  let length = token.length + (padding?.length ?? 0);
  for (const { type, data } of buffers) if (type === SECBUFFER.DATA) length += data.length;
  const wire = wireScratch.take(length);
  wire.set(token);
  let at = token.length;
  for (const { type, data } of buffers) {
    if (type !== SECBUFFER.DATA) continue;
    wire.set(data, at);
    at += data.length;
  }
  if (padding) wire.set(padding, at);
  return wire;
}

const wireScratch = new Scratch();

function surrounded(
  buffers: readonly SecBuffer[],
  token: SecBuffer,
  padding: SecBuffer | undefined,
  around: Surroundings,
): SecBuffer[] {
  const left = buffers.slice();
  left[buffers.indexOf(token)] = filled(token, around.token);
  if (padding) left[buffers.indexOf(padding)] = filled(padding, around.padding);
  return left;
}

function openedStream(
  buffers: readonly SecBuffer[],
  stream: SecBuffer,
  { plaintext, sealed }: OpenedMessage,
): SecBuffer[] {
  const target = buffers.find(({ type }) => type === SECBUFFER.DATA) ?? stream;
  const data = sealed ? plaintext : Uint8Array.from(plaintext);
  return buffers.map(buffer => (buffer === target ? { type: buffer.type, data } : buffer));
}

/** Throws SEC_E_INVALID_TOKEN where the writable DATA is not as long as the message. */
function openedParts(buffers: readonly SecBuffer[], plaintext: Uint8Array): SecBuffer[] {
  let at = 0;
  for (const { type, data } of buffers) {
    if (type !== SECBUFFER.DATA) continue;
    data.set(data.length === plaintext.length ? plaintext : plaintext.subarray(at, at + data.length));
    at += data.length;
  }
  if (at === plaintext.length) return buffers.slice();
  throw new PackageError(SEC_E.INVALID_TOKEN, `the message has ${plaintext.length} bytes, and its DATA buffers ${at}`, {
    hint: 'Give the whole message in a STREAM buffer: peers need not lay it out as SSPI does.',
  });
}

function tokenBuffer(buffers: readonly SecBuffer[]): SecBuffer {
  const token = firstOf(buffers, SECBUFFER.TOKEN);
  if (token) return token;
  throw new PackageError(SEC_E.INVALID_TOKEN, 'there is no TOKEN buffer');
}

/** `findBuffer`, as every message needs it three times: without a function that is called for each buffer. */
function firstOf(buffers: readonly SecBuffer[], type: number): SecBuffer | undefined {
  for (const buffer of buffers) if (bufferType(buffer) === type) return buffer;
  return undefined;
}

function needRoom(buffer: SecBuffer | undefined, length: number): void {
  if (buffer && buffer.data.length >= length) return;
  throw new PackageError(SEC_E.BUFFER_TOO_SMALL, `a buffer needs ${length} bytes`, {
    hint: 'SECPKG_ATTR.SIZES says how many: TOKEN takes securityTrailer (maxSignature for MakeSignature), PADDING blockSize.',
  });
}

function filled({ type, data }: SecBuffer, bytes: Uint8Array): SecBuffer {
  data.set(bytes);
  return { type, data: data.length === bytes.length ? data : data.subarray(0, bytes.length) };
}
