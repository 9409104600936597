import { hash } from 'node:crypto';
import { encodeLatin1 } from '../../bytes/text.js';
import { md5Hex } from './weak/md5.js';

/** Hashes of HTTP Digest (RFC 7616 section 3.2) under the names that OpenSSL knows them by; `sha512-256` is SHA-512/256, not a cut SHA-512. */
export type HashName = 'md5' | 'sha256' | 'sha512-256';

/** The digest as lower-case hex. Text stands for its UTF-8 bytes. */
export function hashHex(name: HashName, data: string | Uint8Array): string {
  if (name !== 'md5') return hash(name, data, 'hex');
  return md5Hex(typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
}

/** The same of text that stands for its ISO-8859-1 bytes; a character above U+00FF throws InvalidEncodingError. */
export function hashHexLatin1(name: HashName, text: string): string {
  return name === 'md5' ? md5Hex(text) : hash(name, encodeLatin1(text), 'hex');
}
