import { createCipheriv } from 'node:crypto';
import { uninitialized } from '../parts.js';
import { nFold } from '../rfc3961/n-fold.js';
import { usageConstant } from '../rfc3961/usage-constant.js';
import { AES_BLOCK } from './aes-cts.js';

/**
 * DK(base key, constant) for each of the constants, which are of one block (RFC 3961 5.1; random-to-key of AES changes nothing, RFC 3962 6).
 * All are done in the same calls of the cipher: it is the calls that cost.
 */
export function deriveKeys(baseKey: Uint8Array, constants: readonly Uint8Array[]): Uint8Array[] {
  const cipher = createCipheriv(`aes-${baseKey.length * 8}-ecb`, baseKey, null).setAutoPadding(false);
  const keys = constants.map(() => new Uint8Array(baseKey.length));
  let blocks = uninitialized(constants.length * AES_BLOCK);
  for (const [index, constant] of constants.entries()) blocks.set(constant, index * AES_BLOCK);
  for (let at = 0; at < baseKey.length; at += AES_BLOCK) {
    const { buffer, byteOffset, length } = cipher.update(blocks);
    blocks = new Uint8Array(buffer, byteOffset, length);
    let from = 0;
    for (const key of keys) for (let i = 0; i < AES_BLOCK; i++) key[at + i] = blocks[from++]!;
  }
  blocks.fill(0);
  return keys;
}

const foldedUsages = new Map<number, Uint8Array>();

/** The well-known constant of a usage as one block; kept, as there are only the usages of the protocol. */
export function foldedUsage(usage: number, purpose: number): Uint8Array {
  const id = usage * 0x100 + purpose;
  let folded = foldedUsages.get(id);
  if (!folded) {
    folded = nFold(usageConstant(usage, purpose), AES_BLOCK);
    foldedUsages.set(id, folded);
  }
  return folded;
}
