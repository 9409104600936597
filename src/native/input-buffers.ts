import { MalformedBytesError } from '../bytes/errors.js';
import { ByteReader } from '../bytes/reader.js';
import { bufferType, SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import { parseChannelBindings } from '../sspi/channel-bindings.js';
import { SEC_E } from '../sspi/status.js';
import { nativeError } from './native-error.js';

/**
 * Buffers as the addon takes them. Structures that tell Windows where to read are checked here, because packages believe them:
 * one that points out of its buffer is SEC_E_INVALID_TOKEN.
 */
export function inputBuffers(buffers: readonly SecBuffer[], syscall: string): SecBuffer[] {
  return buffers.map(buffer => {
    checkStructure(buffer, syscall);
    return { type: buffer.type, data: ownMemory(buffer.data) };
  });
}

/** The bytes themselves, or a copy of those that another thread can write to. */
export function ownMemory(data: Uint8Array): Uint8Array {
  return data.buffer instanceof SharedArrayBuffer ? Uint8Array.from(data) : data;
}

function checkStructure(buffer: SecBuffer, syscall: string): void {
  const check = CHECKS[bufferType(buffer)];
  if (check === undefined || buffer.data.length === 0) return;
  try {
    check(buffer.data);
  } catch (cause) {
    if (!(cause instanceof MalformedBytesError)) throw cause;
    const detail = `a buffer of type ${bufferType(buffer)} has lengths that do not fit it`;
    throw nativeError({ status: SEC_E.INVALID_TOKEN }, syscall, { detail, cause });
  }
}

/** SEC_APPLICATION_PROTOCOLS: the size of what follows, then lists of { extension, size of the list, list }. Source: sspi.h. */
function checkApplicationProtocols(bytes: Uint8Array): void {
  const lists = new ByteReader(bytes);
  const total = lists.u32le();
  if (total !== lists.remaining) throw new MalformedBytesError('ProtocolListsSize is not the size of the lists');
  while (lists.remaining > 0) {
    lists.u32le();
    lists.bytes(lists.u16le());
  }
}

/** Structures of a fixed size. */
function atLeast(size: number): (bytes: Uint8Array) => void {
  return bytes => {
    new ByteReader(bytes).bytes(size);
  };
}

/** Structures that begin with a 16-bit count of the bytes that follow. */
function checkCounted(bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  reader.bytes(reader.u16le());
}

const CHECKS: Readonly<Record<number, (bytes: Uint8Array) => unknown>> = {
  [SECBUFFER.CHANNEL_BINDINGS]: parseChannelBindings,
  [SECBUFFER.APPLICATION_PROTOCOLS]: checkApplicationProtocols,
  [SECBUFFER.SRTP_PROTECTION_PROFILES]: checkCounted,
  [SECBUFFER.PRESHARED_KEY]: checkCounted,
  [SECBUFFER.PRESHARED_KEY_IDENTITY]: checkCounted,
  [SECBUFFER.DTLS_MTU]: atLeast(2),
  [SECBUFFER.FLAGS]: atLeast(8),
};
Object.freeze(CHECKS);
