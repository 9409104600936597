import { decodeLatin1 } from '../../../bytes/text.js';
import type { DigestAlgorithm } from '../../accounts/account-store.js';
import { hashHexLatin1 } from '../../crypto/hash.js';
import { md5Hex } from '../../crypto/weak/md5.js';
import type { HttpDigestAlgorithm } from '../options.js';

/**
 * An `algorithm` of HTTP Digest (RFC 7616 3.3). All text is octets: one character U+0000 to U+00FF for each.
 */
export interface Algorithm {
  readonly name: HttpDigestAlgorithm;
  readonly base: DigestAlgorithm;
  /** `-sess`: A1 takes in the nonce and the cnonce (RFC 7616 3.4.2). */
  readonly session: boolean;
  readonly strength: number;
  /** Bits of the hash. */
  readonly hashBits: number;
  /** Lower-case hex of the hash of the parts, one after the other. */
  hash(...parts: (string | Uint8Array)[]): string;
}

/** Undefined for what is not among them; the names match in any case, as Windows sends and takes them. */
export function findAlgorithm(name: string): Algorithm | undefined {
  return ALGORITHMS.get(name) ?? ALGORITHMS.get(name.toLowerCase());
}

/** The algorithm of a name that is known to be one. */
export function algorithmNamed(name: HttpDigestAlgorithm): Algorithm {
  const algorithm = findAlgorithm(name);
  if (!algorithm) throw new RangeError(`HTTP Digest has no algorithm ${JSON.stringify(name)}`);
  return algorithm;
}

function sha(name: 'sha256' | 'sha512-256'): Algorithm['hash'] {
  return (...parts) => hashHexLatin1(name, parts.map(octetText).join(''));
}

function octetText(part: string | Uint8Array): string {
  return typeof part === 'string' ? part : decodeLatin1(part);
}

function pair(algorithm: Omit<Algorithm, 'name' | 'session'>): Algorithm[] {
  return [
    { ...algorithm, name: algorithm.base, session: false },
    { ...algorithm, name: `${algorithm.base}-sess`, session: true },
  ];
}

/** Under their own names and, for names in another case, their lower-case ones. */
const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map(
  [
    ...pair({ base: 'MD5', strength: 0, hashBits: 128, hash: md5Hex }),
    ...pair({ base: 'SHA-256', strength: 1, hashBits: 256, hash: sha('sha256') }),
    ...pair({ base: 'SHA-512-256', strength: 2, hashBits: 256, hash: sha('sha512-256') }),
  ].flatMap(algorithm => [
    [algorithm.name, algorithm],
    [algorithm.name.toLowerCase(), algorithm],
  ]),
);

export const ALL_ALGORITHMS: readonly HttpDigestAlgorithm[] = [
  'SHA-512-256',
  'SHA-512-256-sess',
  'SHA-256',
  'SHA-256-sess',
  'MD5',
  'MD5-sess',
];
