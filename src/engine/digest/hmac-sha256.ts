import { hash } from 'node:crypto';
import { SecretBytes } from '../secret-bytes.js';

const BLOCK = 64;
const DIGEST = 32;
/** Bytes of a message that need no memory of their own. */
const ROOM = 448;

/**
 * HMAC-SHA256 (RFC 2104, RFC 6234) of short messages under one key: two one-shot hashes, which cost a third of what an Hmac object of
 * node:crypto does.
 */
export class HmacSha256 {
  /** The key block of the inner hash, and room for the message behind it. */
  readonly #inner: SecretBytes;
  /** The key block of the outer hash, and room for the inner hash behind it. */
  readonly #outer: SecretBytes;

  /** Copies what it needs of the key. */
  constructor(key: Uint8Array) {
    const short = key.length > BLOCK ? Buffer.from(hash('sha256', key, 'hex'), 'hex') : key;
    this.#inner = SecretBytes.own(padded(short, 0x36, BLOCK + ROOM));
    this.#outer = SecretBytes.own(padded(short, 0x5c, BLOCK + DIGEST));
  }

  /** The MAC of some bytes and, behind them, the UTF-8 of a text: 64 hex digits. */
  macHex(bytes: Uint8Array, text: string): string {
    const innerHash = this.#inner.use(block => {
      const message =
        bytes.length + 3 * text.length <= ROOM ? viewOf(block) : Buffer.alloc(BLOCK + bytes.length + 3 * text.length);
      if (message.buffer !== block.buffer) message.set(block.subarray(0, BLOCK));
      message.set(bytes, BLOCK);
      const end = BLOCK + bytes.length;
      return hash('sha256', message.subarray(0, end + message.write(text, end, 'utf8')), 'hex');
    });
    return this.#outer.use(block => {
      const message = viewOf(block);
      message.write(innerHash, BLOCK, 'hex');
      return hash('sha256', message, 'hex');
    });
  }

  wipe(): void {
    this.#inner.wipe();
    this.#outer.wipe();
  }
}

function padded(key: Uint8Array, pad: number, length: number): Uint8Array {
  const block = new Uint8Array(length);
  for (let i = 0; i < BLOCK; i++) block[i] = (key[i] ?? 0) ^ pad;
  return block;
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
