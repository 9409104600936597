import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** PBKDF2 (RFC 8018 5.2) off the event loop, in bytes that the caller may wipe. */
export async function runPbkdf2(
  digest: 'sha1' | 'sha256' | 'sha384',
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Uint8Array> {
  const key = await derive(password, salt, iterations, length, digest);
  return new Uint8Array(key.buffer, key.byteOffset, key.length);
}
