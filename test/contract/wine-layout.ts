import { Buffer } from 'node:buffer';
import type { CtxtHandle, SecurityFunctionTable } from 'secur32/raw';
import { WINE } from '../native/windows/under-wine.js';

/** Whoever has a context. */
export interface Established {
  readonly table: SecurityFunctionTable;
  readonly context: CtxtHandle;
}

/** A message as it goes to the peer: the package's token, and the data in the clear or not. */
export interface Message {
  readonly token: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * A sealed message as Windows lays it out: the bytes of a Wrap token fill TOKEN, then DATA. Wine's Kerberos fills DATA first, so
 * that its programs understand each other and nobody else; the bytes are the same.
 */
export function fromWine(from: Established, message: Message): Message {
  const { token, data } = message;
  const bytes = Buffer.concat([data, token]);
  if (!isOfWine(from) || !isWrapToken(bytes)) return message;
  return { token: bytes.subarray(0, token.length), data: bytes.subarray(token.length) };
}

export function toWine(to: Established, message: Message): Message {
  const { token, data } = message;
  const bytes = Buffer.concat([token, data]);
  if (!isOfWine(to) || !isWrapToken(bytes)) return message;
  return { data: bytes.subarray(0, data.length), token: bytes.subarray(data.length) };
}

function isOfWine({ table }: Established): boolean {
  return WINE !== undefined && table.provider === 'native';
}

/** RFC 4121 section 4.2.6.2. Those in the style of DCE, which are sealed and have an EC, Wine lays out as Windows does. */
function isWrapToken(bytes: Uint8Array): boolean {
  const [first, second, flags = 0, , high, low] = bytes;
  const isOfDce = (flags & SEALED) !== 0 && (high !== 0 || low !== 0);
  return first === 0x05 && second === 0x04 && !isOfDce;
}

const SEALED = 2;
