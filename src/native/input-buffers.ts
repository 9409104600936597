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

/** Structures that end in bytes, with their 16-bit count in front; it stands behind a head of fixed size. */
function countedBehind(head: number): (bytes: Uint8Array) => void {
  return bytes => {
    const reader = new ByteReader(bytes);
    reader.bytes(head);
    reader.bytes(reader.u16le());
  };
}

/** SEC_SRTP_MASTER_KEY_IDENTIFIER: its count has 8 bits. Source: sspi.h. */
function checkMasterKeyIdentifier(bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  reader.bytes(reader.u8());
}

/** SUBSCRIBE_GENERIC_TLS_EXTENSION: flags, then as many subscriptions of four bytes as the count says. Source: schannel.h. */
function checkSubscriptions(bytes: Uint8Array): void {
  const reader = new ByteReader(bytes);
  reader.u32le();
  reader.bytes(reader.u32le() * 4);
}

const CHECKS: Readonly<Record<number, (bytes: Uint8Array) => unknown>> = {
  [SECBUFFER.CHANNEL_BINDINGS]: parseChannelBindings,
  [SECBUFFER.APPLICATION_PROTOCOLS]: checkApplicationProtocols,
  [SECBUFFER.SRTP_PROTECTION_PROFILES]: countedBehind(0),
  [SECBUFFER.SRTP_MASTER_KEY_IDENTIFIER]: checkMasterKeyIdentifier,
  // SEC_TOKEN_BINDING: two bytes of version.
  [SECBUFFER.TOKEN_BINDING]: countedBehind(2),
  [SECBUFFER.PRESHARED_KEY]: countedBehind(0),
  [SECBUFFER.PRESHARED_KEY_IDENTITY]: countedBehind(0),
  [SECBUFFER.DTLS_MTU]: atLeast(2),
  // SEND_GENERIC_TLS_EXTENSION: types of extension and handshake message, flags.
  [SECBUFFER.SEND_GENERIC_TLS_EXTENSION]: countedBehind(8),
  [SECBUFFER.SUBSCRIBE_GENERIC_TLS_EXTENSION]: checkSubscriptions,
  [SECBUFFER.FLAGS]: atLeast(8),
};
Object.freeze(CHECKS);
