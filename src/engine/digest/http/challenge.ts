import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { HttpDigestQop } from '../options.js';
import { type Algorithm, findAlgorithm } from './algorithms.js';
import { booleanOf, malformed, uniqueDirectives } from './authorization.js';

/** A WWW-Authenticate challenge (RFC 7616 3.3) as a client needs it: text as octets, unquoted. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly stale: boolean;
  /** As the server has written it, to be sent back so; absent where the server has sent none, which means MD5. */
  readonly algorithmName: string | undefined;
  /** Undefined for one that is not known here. */
  readonly algorithm: Algorithm | undefined;
  /** In lower case; empty in the form of RFC 2069. */
  readonly qops: readonly string[];
  readonly utf8: boolean;
  readonly userhash: boolean;
}

/** What a client answers a challenge with. */
export interface Choice {
  readonly challenge: Challenge;
  readonly algorithm: Algorithm;
  readonly qop: HttpDigestQop;
}

/** Throws SEC_E_INVALID_TOKEN, also where any directive stands twice. */
export function parseChallenge(text: string): Challenge {
  const directives = uniqueDirectives(text);
  const value = (name: string): string | undefined => directives.get(name)?.value;
  const realm = value('realm');
  const nonce = value('nonce');
  if (realm === undefined || !nonce) throw malformed('the challenge has no realm or no nonce');
  const algorithmName = value('algorithm');
  return {
    realm,
    nonce,
    opaque: value('opaque'),
    stale: value('stale')?.toLowerCase() === 'true',
    algorithmName,
    algorithm: findAlgorithm(algorithmName ?? 'MD5'),
    qops: (value('qop') ?? '').split(',').map(qop => qop.trim().toLowerCase()),
    utf8: value('charset')?.toLowerCase() === 'utf-8',
    userhash: booleanOf(directives.get('userhash')),
  };
}

/**
 * The strongest challenge that the client may answer, and of equal ones the first (RFC 7616 3.7). Throws SEC_E_ALGORITHM_MISMATCH
 * where no algorithm will do, and SEC_E_QOP_NOT_SUPPORTED where none of the rest offers a quality of protection out of `qops`,
 * which stand in the order they are wanted in. The form of RFC 2069, without qop, is never answered: it lets anybody replay a request.
 */
export function chooseChallenge(
  challenges: readonly Challenge[],
  allowed: readonly Algorithm[],
  qops: readonly HttpDigestQop[],
): Choice {
  let best: Choice | undefined;
  let known = false;
  for (const challenge of challenges) {
    const { algorithm } = challenge;
    if (!algorithm || !allowed.includes(algorithm)) continue;
    known = true;
    const qop = qops.find(wanted => challenge.qops.includes(wanted));
    if (qop && (!best || algorithm.strength > best.algorithm.strength)) best = { challenge, algorithm, qop };
  }
  if (best) return best;
  if (known) throw new PackageError(SEC_E.QOP_NOT_SUPPORTED, 'the server does not offer the protection that is wanted');
  throw new PackageError(SEC_E.ALGORITHM_MISMATCH, 'the server offers no algorithm that may be used', {
    hint: 'See the engine option `digest.httpAlgorithms`.',
  });
}
