import { concatBytes } from '../../bytes/concat.js';
import { bufferType, SECBUFFER, type SecBuffer } from '../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, messageBuffers } from '../../sspi/messages.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';

/** The buffers of EncryptMessage (Microsoft Learn, "EncryptMessage (Schannel)"). */
export interface SealBuffers {
  readonly header: SecBuffer;
  readonly data: SecBuffer;
  readonly trailer: SecBuffer;
}

/** Throws SEC_E_INVALID_TOKEN unless there are a header, data and a trailer, in this order. */
export function sealBuffers({ buffers }: MessageCall): SealBuffers {
  const [header, data, trailer] = buffers.filter(buffer => bufferType(buffer) !== SECBUFFER.EMPTY);
  if (
    header &&
    data &&
    trailer &&
    bufferType(header) === SECBUFFER.STREAM_HEADER &&
    bufferType(data) === SECBUFFER.DATA &&
    bufferType(trailer) === SECBUFFER.STREAM_TRAILER
  ) {
    return { header, data, trailer };
  }
  throw new PackageError(SEC_E.INVALID_TOKEN, 'the buffers must be STREAM_HEADER, DATA, STREAM_TRAILER and EMPTY');
}

/**
 * Spreads the records of a message over its buffers, in place: the trailer is cut to what it got. Throws SEC_E_BUFFER_TOO_SMALL where they
 * do not fit.
 */
export function spreadSealed(
  { buffers }: MessageCall,
  { header, data, trailer }: SealBuffers,
  headerSize: number,
  records: readonly Uint8Array[],
): MessageBuffers {
  const trailerSize = sizeOf(records) - headerSize - data.data.length;
  if (trailerSize > trailer.data.length) {
    throw new PackageError(
      SEC_E.BUFFER_TOO_SMALL,
      `the trailer of the message takes ${trailerSize} bytes, and there are ${trailer.data.length}`,
    );
  }
  const spread = { header: cut(header, headerSize), data, trailer: cut(trailer, trailerSize) };
  const room = oneBlock(spread);
  if (room) copyAll(records, room);
  else copyAsunder(records, spread);
  return messageBuffers(
    buffers.map(buffer => (buffer === header ? spread.header : buffer === trailer ? spread.trailer : buffer)),
  );
}

/** The received bytes of DecryptMessage. Throws SEC_E_INVALID_TOKEN unless they stand in a DATA buffer before three EMPTY ones. */
export function openBuffer({ buffers }: MessageCall): Uint8Array {
  const [data] = buffers;
  if (data && bufferType(data) === SECBUFFER.DATA && buffers.length >= 4) {
    let empty = 1;
    while (empty < buffers.length && bufferType(buffers[empty]!) === SECBUFFER.EMPTY) empty += 1;
    if (empty === buffers.length) return data.data;
  }
  throw new PackageError(SEC_E.INVALID_TOKEN, 'the buffers must be DATA with what was received, and three EMPTY ones');
}

/**
 * The first record of `received` opened, its plaintext in place: behind the `headerSize` bytes that stand before it in a sealed one, or
 * sooner where a renegotiation has led to a cipher that has less before it.
 */
export function openedRecord(
  { buffers }: MessageCall,
  received: Uint8Array,
  length: number,
  headerSize: number,
  plaintext: Uint8Array,
): MessageBuffers {
  const start = Math.min(headerSize, length - plaintext.length);
  const end = start + plaintext.length;
  received.set(plaintext, start);
  const opened: SecBuffer[] = [
    { type: SECBUFFER.STREAM_HEADER, data: received.subarray(0, start) },
    { type: SECBUFFER.DATA, data: received.subarray(start, end) },
    { type: SECBUFFER.STREAM_TRAILER, data: received.subarray(end, length) },
    length < received.length ? { type: SECBUFFER.EXTRA, data: received.subarray(length) } : EMPTY,
  ];
  for (let n = 4; n < buffers.length; n++) opened.push(buffers[n]!);
  return messageBuffers(opened);
}

/** No record opened: what was received stands as it is, from `from` on in an EXTRA buffer. */
export function unopened({ buffers }: MessageCall, received: Uint8Array, from: number, status: number): MessageBuffers {
  const [data, ...empty] = buffers;
  const extra = from < received.length ? { type: SECBUFFER.EXTRA, data: received.subarray(from) } : EMPTY;
  return messageBuffers([data!, ...empty.with(empty.length - 1, extra)], 0, status);
}

/** More bytes are needed before there is a record to open. */
export function incomplete({ buffers }: MessageCall, missing: number): MessageBuffers {
  const [data, ...empty] = buffers;
  const buffer = { type: SECBUFFER.MISSING, data: EMPTY.data, missing };
  return messageBuffers([data!, ...empty.with(0, buffer)], 0, SEC_E.INCOMPLETE_MESSAGE);
}

const EMPTY: SecBuffer = { type: SECBUFFER.EMPTY, data: new Uint8Array(0) };

function sizeOf(records: readonly Uint8Array[]): number {
  let size = 0;
  for (const { length } of records) size += length;
  return size;
}

function cut(buffer: SecBuffer, size: number): SecBuffer {
  return buffer.data.length === size ? buffer : { type: buffer.type, data: buffer.data.subarray(0, size) };
}

/** The three buffers as one, where they are one block of memory, as Microsoft Learn recommends. */
function oneBlock({ header, data, trailer }: SealBuffers): Uint8Array | undefined {
  const { buffer, byteOffset, length } = header.data;
  const dataAt = byteOffset + length;
  const trailerAt = dataAt + data.data.length;
  if (data.data.buffer !== buffer || data.data.byteOffset !== dataAt) return undefined;
  if (trailer.data.buffer !== buffer || trailer.data.byteOffset !== trailerAt) return undefined;
  return new Uint8Array(buffer, byteOffset, trailerAt + trailer.data.length - byteOffset);
}

function copyAll(records: readonly Uint8Array[], room: Uint8Array): void {
  let at = 0;
  for (const record of records) {
    room.set(record, at);
    at += record.length;
  }
}

function copyAsunder(records: readonly Uint8Array[], { header, data, trailer }: SealBuffers): void {
  const sealed = concatBytes(...records);
  const dataEnd = header.data.length + data.data.length;
  header.data.set(sealed.subarray(0, header.data.length));
  data.data.set(sealed.subarray(header.data.length, dataEnd));
  trailer.data.set(sealed.subarray(dataEnd));
}
