import { type SecBuffer, tokenBuffer } from '../../../sspi/buffers.js';
import { PackageError } from '../../package-error.js';
import { quoteString } from '../directives.js';
import type { NonceIssuer, PurposeNonces } from '../nonce.js';
import type { HttpDigestQop } from '../options.js';
import type { Algorithm } from './algorithms.js';
import type { Authorization } from './authorization.js';
import { UPGRADED_NONCE } from './channel-bindings.js';
import { headerBytes } from './header-bytes.js';

/** `stale`: the client knows the password, and only its nonce is used up (RFC 7616 3.3). */
export type ChallengeKind = 'fresh' | 'stale';

/** What a server offers, whoever asks. */
export interface OfferTerms {
  /** Octets. */
  readonly realm: string;
  readonly qops: readonly HttpDigestQop[];
  /** The server has channel bindings to compare. */
  readonly bound: boolean;
  readonly userhash: boolean;
  readonly opaque: string;
}

/** A challenge but for its nonce. */
interface Template {
  readonly algorithm: Algorithm;
  readonly name: string;
  readonly nonces: PurposeNonces;
  readonly beforeNonce: string;
  readonly behindNonce: string;
}

/**
 * The challenges of a server: one for each algorithm (RFC 7616 3.7), each with a nonce that is good for that algorithm, qop list and
 * realm only.
 */
export class Offer {
  readonly terms: OfferTerms;
  readonly #templates: readonly Template[];

  constructor(terms: OfferTerms, algorithms: readonly Algorithm[], nonces: NonceIssuer) {
    this.terms = terms;
    this.#templates = algorithms.map(algorithm => templateOf(terms, algorithm, nonces));
  }

  /** A TOKEN for each algorithm, in the server's order. */
  challenges(kind: ChallengeKind): SecBuffer[] {
    return this.#templates.map(template => tokenBuffer(this.#challenge(template, kind)));
  }

  /** A failure, with a challenge for the client to try again: that of the algorithm it knows, or the first. */
  refusal(status: number, detail: string, algorithm: Algorithm | undefined, kind: ChallengeKind): PackageError {
    const template = this.#templates.find(known => known.algorithm === algorithm) ?? this.#templates[0]!;
    return new PackageError(status, detail, { token: this.#challenge(template, kind) });
  }

  /** The algorithm of a name, if it is offered. */
  algorithm(name: string | undefined): Algorithm | undefined {
    const wanted = name === undefined ? 'md5' : name.toLowerCase();
    for (const template of this.#templates) {
      if (template.name === wanted) return template.algorithm;
    }
    return undefined;
  }

  /** When the nonce of a request was issued, in milliseconds since 1970; undefined for one that was not issued for this offer. */
  issuedAt({ nonce }: Authorization, algorithm: Algorithm): number | undefined {
    const template = this.#templates.find(known => known.algorithm === algorithm);
    if (!template) return undefined;
    if (!this.terms.bound) return template.nonces.verify(nonce);
    if (!nonce.startsWith(UPGRADED_NONCE)) return undefined;
    return template.nonces.verify(nonce.slice(UPGRADED_NONCE.length));
  }

  #challenge({ nonces, beforeNonce, behindNonce }: Template, kind: ChallengeKind): Uint8Array {
    const text = beforeNonce + nonces.issue() + behindNonce;
    return headerBytes(kind === 'stale' ? `${text}, stale=true` : text);
  }
}

function templateOf(terms: OfferTerms, algorithm: Algorithm, nonces: NonceIssuer): Template {
  const { realm, qops, bound, userhash, opaque } = terms;
  const { name } = algorithm;
  return {
    algorithm,
    name: name.toLowerCase(),
    nonces: nonces.for(`http\n${name}\n${qops}\n${bound ? 'bound' : ''}\n${realm}`),
    beforeNonce: `realm=${quoteString(realm)}, nonce="${bound ? UPGRADED_NONCE : ''}`,
    behindNonce: `", opaque="${opaque}", algorithm=${name}, qop="${qops}", charset=UTF-8${userhash ? ', userhash=true' : ''}`,
  };
}
