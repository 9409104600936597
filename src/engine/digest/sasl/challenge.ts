import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { DirectiveWriter, findDirective } from '../directives.js';
import type { DigestCipher } from '../options.js';
import { DEFAULT_MAX_BUFFER } from './buffer-size.js';
import { isUtf8, malformed, maxBuffer, readFields, required, tokenList } from './fields.js';
import { isCipher } from './layer/ciphers.js';
import { isQop, type Qop } from './qop.js';

/** A server's first message (RFC 2831 2.1.1). Names are octets. */
export interface Challenge {
  /** In the server's order; none where the server has no realms. */
  readonly realms: readonly string[];
  readonly nonce: string;
  /** Those that are known here. */
  readonly qops: readonly Qop[];
  /** Those that are known here; empty where auth-conf is not offered. */
  readonly ciphers: readonly DigestCipher[];
  /** Bytes that the server takes in one protected buffer. */
  readonly maxBuffer: number;
  /** Whether names may be sent in UTF-8. */
  readonly utf8: boolean;
}

/** A challenge is shorter than 2048 bytes (RFC 2831 2.1.1). */
export const MAX_CHALLENGE_LENGTH = 2047;

/**
 * Reads a challenge. Directives, qualities and ciphers that are not known are passed over (RFC 2831 2.1.1). Throws
 * SEC_E_INVALID_TOKEN, and SEC_E_ALGORITHM_MISMATCH for an algorithm other than md5-sess.
 */
export function parseChallenge(token: Uint8Array): Challenge {
  const directives = readFields(token, MAX_CHALLENGE_LENGTH, SINGLE);
  const find = (name: string) => findDirective(directives, name);
  if (required(find('algorithm'), 'algorithm').toLowerCase() !== 'md5-sess') {
    throw new PackageError(SEC_E.ALGORITHM_MISMATCH, 'the server does not use md5-sess');
  }
  const qop = find('qop');
  const qops = qop ? tokenList(qop.value).filter(isQop) : AUTH_ALONE;
  const ciphers = qops.includes('auth-conf') ? tokenList(required(find('cipher'), 'cipher')).filter(isCipher) : [];
  return {
    realms: directives.filter(directive => directive.name === 'realm').map(directive => directive.value),
    nonce: required(find('nonce'), 'nonce'),
    qops,
    ciphers,
    maxBuffer: maxBuffer(find('maxbuf')),
    utf8: isUtf8(find('charset')),
  };
}

/** Writes a challenge, in the order of the example in RFC 2831 4. */
export function buildChallenge(challenge: Challenge): Uint8Array {
  const { realms, nonce, qops, ciphers, maxBuffer, utf8 } = challenge;
  const writer = new DirectiveWriter();
  for (const realm of realms) writer.quoted('realm', realm);
  writer.quoted('nonce', nonce).quoted('qop', qops.join(','));
  if (ciphers.length > 0) writer.quoted('cipher', ciphers.join(','));
  if (maxBuffer !== DEFAULT_MAX_BUFFER) writer.token('maxbuf', String(maxBuffer));
  writer.token('algorithm', 'md5-sess');
  if (utf8) writer.token('charset', 'utf-8');
  const token = writer.toBytes();
  if (token.length > MAX_CHALLENGE_LENGTH) throw malformed('the realms make it too long');
  return token;
}

const AUTH_ALONE: readonly Qop[] = ['auth'];

const SINGLE: ReadonlySet<string> = new Set(['nonce', 'qop', 'stale', 'maxbuf', 'charset', 'algorithm', 'cipher']);
