import { encodeHex } from '../../../bytes/hex.js';
import type { EngineEnvironment } from '../../environment.js';
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
  /** Of all challenges of this package: what comes back with it may be a request of a context that stands. */
  readonly opaque: string;
  readonly counts: NonceCounts;
  readonly kept: KeptContexts;
}

/** Throws RangeError for an option that names what there is not. */
export function httpServices(options: DigestOptions, environment: EngineEnvironment): HttpServices {
  const { httpAlgorithms, httpQop = ['auth'], httpUserhash = false } = options;
  if (httpAlgorithms?.length === 0) throw new RangeError('httpAlgorithms is empty');
  if (httpQop.length === 0 || httpQop.some(qop => qop !== 'auth' && qop !== 'auth-int')) {
    throw new RangeError("httpQop is a list of 'auth' and 'auth-int'");
  }
  let opaque: string | undefined;
  return {
    get opaque() {
      opaque ??= encodeHex(environment.randomBytes(OPAQUE_LENGTH));
      return opaque;
    },
    offered: (httpAlgorithms ?? DEFAULT_OFFER).map(algorithmNamed),
    allowed: (httpAlgorithms ?? ALL_ALGORITHMS).map(algorithmNamed),
    qops: [...httpQop],
    userhash: httpUserhash,
    counts: new NonceCounts(MAXIMUM_NONCES),
    kept: new KeptContexts(MAXIMUM_KEPT),
  };
}

const DEFAULT_OFFER: readonly HttpDigestAlgorithm[] = ['SHA-256', 'MD5'];
/** Bytes. */
const OPAQUE_LENGTH = 8;
const MAXIMUM_NONCES = 32_768;
/** Each may hold on to a whole Authorization. Clients beyond are checked against the account store again. */
const MAXIMUM_KEPT = 4_096;
