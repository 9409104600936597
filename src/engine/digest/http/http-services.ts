import type { DigestOptions, HttpDigestAlgorithm, HttpDigestQop } from '../options.js';
import { ALL_ALGORITHMS, type Algorithm, algorithmNamed } from './algorithms.js';
import { KeptContexts } from './kept-contexts.js';
import { NonceCounts } from './nonce-counts.js';

/** What the HTTP contexts of one package share. */
export interface HttpServices {
  /** What a server offers, in its order. */
  readonly offered: readonly Algorithm[];
  /** What a client answers. */
  readonly allowed: readonly Algorithm[];
  readonly qops: readonly HttpDigestQop[];
  readonly userhash: boolean;
  readonly counts: NonceCounts;
  readonly kept: KeptContexts;
}

/** Throws RangeError for an option that names what there is not. */
export function httpServices(options: DigestOptions): HttpServices {
  const { httpAlgorithms, httpQop = ['auth'], httpUserhash = false } = options;
  if (httpAlgorithms?.length === 0) throw new RangeError('httpAlgorithms is empty');
  if (httpQop.length === 0 || httpQop.some(qop => qop !== 'auth' && qop !== 'auth-int')) {
    throw new RangeError("httpQop is a list of 'auth' and 'auth-int'");
  }
  return {
    offered: (httpAlgorithms ?? DEFAULT_OFFER).map(algorithmNamed),
    allowed: (httpAlgorithms ?? ALL_ALGORITHMS).map(algorithmNamed),
    qops: [...httpQop],
    userhash: httpUserhash,
    counts: new NonceCounts(MAXIMUM_NONCES),
    kept: new KeptContexts(MAXIMUM_KEPT),
  };
}

const DEFAULT_OFFER: readonly HttpDigestAlgorithm[] = ['SHA-256', 'MD5'];
const MAXIMUM_NONCES = 65_536;
const MAXIMUM_KEPT = 10_000;
