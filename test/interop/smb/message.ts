/** As much of SMB 2.0.2 and 2.1 ([MS-SMB2]) as a logon takes, and the signatures that show whether both ends have one session key. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export const COMMAND = { NEGOTIATE: 0, SESSION_SETUP: 1, LOGOFF: 2, TREE_CONNECT: 3, TREE_DISCONNECT: 4 } as const;
Object.freeze(COMMAND);

export const NT_STATUS = {
  SUCCESS: 0,
  MORE_PROCESSING_REQUIRED: 0xc0000016,
  LOGON_FAILURE: 0xc000006d,
  NOT_SUPPORTED: 0xc00000bb,
} as const;
Object.freeze(NT_STATUS);

/** SMB 2.0.2 and 2.1, in which signatures are made in one way. */
export const DIALECTS: readonly number[] = [0x0202, 0x0210];
/** SMB2_NEGOTIATE_SIGNING_ENABLED and _REQUIRED. */
export const SIGNING_REQUIRED = 3;
/** Bytes of the header, before the body. */
export const HEADER_LENGTH = 64;

const FLAG = { RESPONSE: 1, SIGNED: 8 } as const;
const SIGNATURE_OFFSET = 48;
const SIGNATURE_LENGTH = 16;

/** A message ([MS-SMB2] 2.2.1.2). */
export interface SmbMessage {
  readonly command: number;
  readonly messageId: bigint;
  readonly sessionId: bigint;
  readonly treeId?: number;
  /** NT_STATUS, in responses. */
  readonly status?: number;
  readonly body: Buffer;
}

export function encodeRequest(message: SmbMessage): Buffer {
  return encode(message, 0);
}

export function encodeResponse(message: SmbMessage): Buffer {
  return encode(message, FLAG.RESPONSE);
}

export function decodeMessage(bytes: Buffer): Required<SmbMessage> {
  if (bytes.length < HEADER_LENGTH || bytes.readUInt32BE(0) !== PROTOCOL) throw new Error('this is not SMB 2');
  return {
    status: bytes.readUInt32LE(8),
    command: bytes.readUInt16LE(12),
    messageId: bytes.readBigUInt64LE(24),
    treeId: bytes.readUInt32LE(36),
    sessionId: bytes.readBigUInt64LE(40),
    body: bytes.subarray(HEADER_LENGTH),
  };
}

/** Signs a message in place ([MS-SMB2] 3.1.4.1): before SMB 3 with the session key itself. */
export function sign(bytes: Buffer, sessionKey: Uint8Array): Buffer {
  bytes.writeUInt32LE(bytes.readUInt32LE(16) | FLAG.SIGNED, 16);
  signatureOf(bytes, sessionKey).copy(bytes, SIGNATURE_OFFSET);
  return bytes;
}

/** Throws where a message is not signed with the key ([MS-SMB2] 3.1.5.1). */
export function checkSignature(bytes: Buffer, sessionKey: Uint8Array): void {
  if ((bytes.readUInt32LE(16) & FLAG.SIGNED) === 0) throw new Error('the message is not signed');
  const received = bytes.subarray(SIGNATURE_OFFSET, SIGNATURE_OFFSET + SIGNATURE_LENGTH);
  if (!timingSafeEqual(received, signatureOf(bytes, sessionKey))) throw new Error('the signature is of another key');
}

/** Each message goes with its length before it ([MS-SMB2] 2.1). */
export function frame(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The messages of a connection, without their lengths. */
export async function* messagesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let pending = Buffer.alloc(0);
  for await (const chunk of chunks) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE(0)) {
      const end = 4 + pending.readUInt32BE(0);
      yield Buffer.from(pending.subarray(4, end));
      pending = pending.subarray(end);
    }
  }
}

/** A body of numbers, each with its size in bytes. */
export function fields(...numbers: readonly (readonly [size: 1 | 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    numbers.map(([size, value]) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(BigInt(value));
      return bytes.subarray(0, size);
    }),
  );
}

function encode({ body, command, messageId, sessionId, status = 0, treeId = 0 }: SmbMessage, flags: number): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  header.writeUInt32BE(PROTOCOL, 0);
  header.writeUInt16LE(HEADER_LENGTH, 4);
  header.writeUInt16LE(1, 6);
  header.writeUInt32LE(status, 8);
  header.writeUInt16LE(command, 12);
  header.writeUInt16LE(CREDITS, 14);
  header.writeUInt32LE(flags, 16);
  header.writeBigUInt64LE(messageId, 24);
  header.writeUInt32LE(treeId, 36);
  header.writeBigUInt64LE(sessionId, 40);
  return Buffer.concat([header, body]);
}

function signatureOf(bytes: Buffer, key: Uint8Array): Buffer {
  const unsigned = Buffer.from(bytes).fill(0, SIGNATURE_OFFSET, SIGNATURE_OFFSET + SIGNATURE_LENGTH);
  // Session.SessionKey is the first 16 bytes ([MS-SMB2] 3.2.5.3.1): Kerberos may have more.
  return createHmac('sha256', key.subarray(0, 16)).update(unsigned).digest().subarray(0, SIGNATURE_LENGTH);
}

/** 0xFE 'SMB'. */
const PROTOCOL = 0xfe534d42;
const CREDITS = 32;
