import { createHash, hash } from 'node:crypto';
import { type HashInput, toBytes } from './md5-message.js';

/** In FIPS mode OpenSSL refuses MD5; one refusal is remembered, since each costs an exception. */
let refused = false;

/**
 * MD5 of `bytes` by OpenSSL, or undefined where it refuses. One character per byte: of all forms that node:crypto returns a
 * digest in this is the cheapest, a Buffer costs more than the MD5 of 500 bytes.
 */
export function nativeMd5(bytes: Uint8Array): string | undefined {
  return attempt(() => hash('md5', bytes, 'binary'));
}

/** The same of parts too long to be gathered. */
export function nativeMd5OfParts(parts: readonly HashInput[]): string | undefined {
  const allBytes = parts.map(toBytes);
  return attempt(() => {
    const running = createHash('md5');
    for (const bytes of allBytes) running.update(bytes);
    return running.digest('binary');
  });
}

/** Writes a digest that one of the above returned. */
export function putDigest(digest: string, out: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) out[at + i] = digest.charCodeAt(i);
}

function attempt(compute: () => string): string | undefined {
  if (refused) return undefined;
  try {
    return compute();
  } catch {
    refused = true;
    return undefined;
  }
}
