import { bufferType, SECBUFFER, type SecBuffer } from '../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, messageBuffers } from '../../sspi/messages.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import { RECORD_HEADER } from './records.js';

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

/** Spreads sealed bytes over the buffers, in place: the trailer is cut to what it got. */
export function spreadSealed(
  { buffers }: MessageCall,
  parts: SealBuffers,
  headerSize: number,
  sealed: Uint8Array,
): MessageBuffers {
  const header = part(parts.header, sealed.subarray(0, headerSize));
  const data = part(parts.data, sealed.subarray(headerSize, headerSize + parts.data.data.length));
  const trailer = part(parts.trailer, sealed.subarray(headerSize + parts.data.data.length));
  return messageBuffers(
    buffers.map(buffer =>
      buffer === parts.header ? header : buffer === parts.data ? data : buffer === parts.trailer ? trailer : buffer,
    ),
  );
}

/** The received bytes of DecryptMessage. Throws SEC_E_INVALID_TOKEN unless they stand in a DATA buffer before three EMPTY ones. */
export function openBuffer({ buffers }: MessageCall): Uint8Array {
  const [data, ...empty] = buffers;
  if (data && bufferType(data) === SECBUFFER.DATA && empty.length >= 3) {
    if (empty.every(buffer => bufferType(buffer) === SECBUFFER.EMPTY)) return data.data;
  }
  throw new PackageError(SEC_E.INVALID_TOKEN, 'the buffers must be DATA with what was received, and three EMPTY ones');
}

/** The first record of `received` opened, its plaintext in place. */
export function openedRecord(
  { buffers }: MessageCall,
  received: Uint8Array,
  length: number,
  plaintext: Uint8Array,
  status: number,
): MessageBuffers {
  const end = RECORD_HEADER + plaintext.length;
  received.set(plaintext, RECORD_HEADER);
  const opened: SecBuffer[] = [
    { type: SECBUFFER.STREAM_HEADER, data: received.subarray(0, RECORD_HEADER) },
    { type: SECBUFFER.DATA, data: received.subarray(RECORD_HEADER, end) },
    { type: SECBUFFER.STREAM_TRAILER, data: received.subarray(end, length) },
    length < received.length ? { type: SECBUFFER.EXTRA, data: received.subarray(length) } : EMPTY,
  ];
  for (let n = 4; n < buffers.length; n++) opened.push(buffers[n]!);
  return messageBuffers(opened, 0, status);
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

function part({ type, data }: SecBuffer, bytes: Uint8Array): SecBuffer {
  data.set(bytes);
  return { type, data: data.subarray(0, bytes.length) };
}
