import { encodeHex } from '../../../bytes/hex.js';
import { type SecBuffer, tokenBuffer } from '../../../sspi/buffers.js';
import { PackageError } from '../../package-error.js';
import { DirectiveWriter } from '../directives.js';
import type { HttpDigestQop } from '../options.js';
import type { DigestServices } from '../services.js';
import type { Algorithm } from './algorithms.js';
import type { Authorization } from './authorization.js';
import { UPGRADED_NONCE } from './channel-bindings.js';

/** `stale`: the client knows the password, and only its nonce is used up (RFC 7616 3.3). */
export type ChallengeKind = 'fresh' | 'stale';

/**
 * What a server offers for one request: a challenge for each algorithm (RFC 7616 3.7), all with one `opaque`, each with a nonce that
 * is good for that algorithm, `opaque`, qop list and realm only.
 */
export class Offer {
  readonly realm: string;
  readonly qops: readonly HttpDigestQop[];
  /** The server has channel bindings to compare. */
  readonly bound: boolean;
  readonly #services: DigestServices;

  constructor(services: DigestServices, realm: string, qops: readonly HttpDigestQop[], bound: boolean) {
    this.#services = services;
    this.realm = realm;
    this.qops = qops;
    this.bound = bound;
  }

  get userhash(): boolean {
    return this.#services.http.userhash;
  }

  /** A TOKEN for each algorithm, in the server's order. */
  challenges(): SecBuffer[] {
    return this.#challenges(this.#opaque(), 'fresh');
  }

  /** The same for a client that has shown the password, but whose nonce is used up. */
  staleChallenges(): SecBuffer[] {
    return this.#challenges(this.#opaque(), 'stale');
  }

  /** A failure, with a challenge for the client to try again. */
  refusal(status: number, detail: string, algorithm: Algorithm, kind: ChallengeKind): PackageError {
    return new PackageError(status, detail, { token: this.#challenge(algorithm, this.#opaque(), kind) });
  }

  /** The first that is offered. */
  get preferred(): Algorithm {
    return this.#services.http.offered[0]!;
  }

  /** The algorithm of a name, if it is offered. */
  algorithm(name: string | undefined): Algorithm | undefined {
    const wanted = name?.toLowerCase() ?? 'md5';
    return this.#services.http.offered.find(algorithm => algorithm.name.toLowerCase() === wanted);
  }

  /** When the nonce of a request was issued, in milliseconds since 1970; undefined for one that was not issued for this offer. */
  issuedAt({ nonce, opaque }: Authorization, algorithm: Algorithm): number | undefined {
    const signed = this.bound ? nonce.slice(UPGRADED_NONCE.length) : nonce;
    if (this.bound && !nonce.startsWith(UPGRADED_NONCE)) return undefined;
    return this.#services.nonces.verify(signed, this.#purpose(algorithm, opaque));
  }

  #challenges(opaque: string, kind: ChallengeKind): SecBuffer[] {
    return this.#services.http.offered.map(algorithm => tokenBuffer(this.#challenge(algorithm, opaque, kind)));
  }

  #challenge(algorithm: Algorithm, opaque: string, kind: ChallengeKind): Uint8Array {
    const nonce = this.#services.nonces.issue(this.#purpose(algorithm, opaque));
    const writer = new DirectiveWriter(', ')
      .quoted('realm', this.realm)
      .quoted('nonce', this.bound ? `${UPGRADED_NONCE}${nonce}` : nonce)
      .quoted('opaque', opaque)
      .token('algorithm', algorithm.name)
      .quoted('qop', this.qops.join())
      .token('charset', 'UTF-8');
    if (this.userhash) writer.token('userhash', 'true');
    if (kind === 'stale') writer.token('stale', 'true');
    return writer.toBytes();
  }

  #opaque(): string {
    return encodeHex(this.#services.environment.randomBytes(OPAQUE_LENGTH));
  }

  #purpose(algorithm: Algorithm, opaque: string): string {
    return `http\n${algorithm.name}\n${this.qops.join()}\n${this.bound ? 'bound' : ''}\n${opaque}\n${this.realm}`;
  }
}

/** Bytes. */
const OPAQUE_LENGTH = 16;
