import type { Awaitable } from '../../../sspi/awaitable.js';
import type { SecBuffer } from '../../../sspi/buffers.js';
import { ASC_REQ } from '../../../sspi/flags.js';
import { SEC_E } from '../../../sspi/status.js';
import type { Account, AccountQuery } from '../../accounts/account-store.js';
import type { PackageError } from '../../package-error.js';
import { withAccount } from '../account-lookup.js';
import { utf8Octets } from '../octets.js';
import type { HttpDigestQop } from '../options.js';
import type { DigestServices } from '../services.js';
import { accountQuery } from '../user-names.js';
import type { Algorithm } from './algorithms.js';
import { type Authorization, malformed } from './authorization.js';
import { checkBindings, checkProxyBindings } from './channel-bindings.js';
import type { DigestInput } from './computation.js';
import { digestInput } from './digest-input.js';
import { textOf } from './names.js';
import { Offer } from './offer.js';
import { provenUserHash } from './proof.js';
import type { RequestBuffers } from './request-buffers.js';
import { HttpSession } from './session.js';

/** What came of an Authorization that has the right digest. */
export type Authenticated =
  | { readonly session: HttpSession; readonly input: DigestInput }
  /** Its nonce is too old, or of another server: these challenges go to the client. */
  | { readonly stale: SecBuffer[] };

/** Checks the first request of a client against the account store. It needs nothing but the request and the nonce key. */
export class Authenticator {
  readonly services: DigestServices;
  readonly #defaultRealm: string;
  #lastOffer: Offer | undefined;

  constructor(services: DigestServices) {
    this.services = services;
    this.#defaultRealm = utf8Octets(services.realms[0] ?? '');
  }

  challenges(request: RequestBuffers, contextReq: number): SecBuffer[] {
    return this.#offer(request, contextReq).challenges('fresh');
  }

  /**
   * Throws, with a challenge as the error's token, SEC_E_LOGON_DENIED, SEC_E_ALGORITHM_MISMATCH and SEC_E_QOP_NOT_SUPPORTED for what
   * was not offered, and SEC_E_OUT_OF_SEQUENCE for a nonce count that was used; without one, SEC_E_INVALID_TOKEN,
   * SEC_E_MESSAGE_ALTERED, SEC_E_BAD_BINDINGS and SEC_E_NO_AUTHENTICATING_AUTHORITY.
   *
   * A server that forgets its key, as one without `nonceKey` does at every start, sees nonces of its own as foreign ones: the right
   * digest over any nonce is answered with stale=true, so that a client tries again without asking its user (RFC 7616 3.3).
   */
  authenticate(request: RequestBuffers, authorization: Authorization, contextReq: number): Awaitable<Authenticated> {
    const offer = this.#offer(request, contextReq);
    const algorithm = offer.algorithm(authorization.algorithm);
    if (!algorithm) {
      throw offer.refusal(SEC_E.ALGORITHM_MISMATCH, 'the algorithm was not offered', undefined, 'fresh');
    }
    const qop = offer.terms.qops.find(offered => offered === authorization.qop);
    if (!qop) throw offer.refusal(SEC_E.QOP_NOT_SUPPORTED, 'the qop was not offered', algorithm, 'fresh');
    if (authorization.hashed && !offer.terms.userhash) throw malformed('a hashed user name was not asked for');
    if (authorization.realm !== offer.terms.realm) throw denied(offer, algorithm);
    const input = digestInput(request, authorization, algorithm, qop);
    if (request.bindings) checkBindings(authorization, request.bindings);
    else if (contextReq & ASC_REQ.PROXY_BINDINGS) checkProxyBindings(authorization);

    const attempt = { offer, authorization, algorithm, qop, input };
    return withAccount(this.services.accounts, this.#query(attempt), account => this.#decide(attempt, account));
  }

  #decide({ offer, authorization, algorithm, qop, input }: Attempt, account: Account | undefined): Authenticated {
    const userHash = provenUserHash(account, authorization, algorithm, input);
    if (!account || userHash === undefined) throw denied(offer, algorithm);

    const { http, environment, nonceLifetime } = this.services;
    const now = environment.now();
    const issued = offer.issuedAt(authorization, algorithm);
    if (issued === undefined || now - issued > nonceLifetime) return { stale: offer.challenges('stale') };
    const counter = http.counts.counter(authorization.nonce, issued);
    if (!counter) return { stale: offer.challenges('stale') };
    if (!counter.take(authorization.count)) {
      throw offer.refusal(SEC_E.OUT_OF_SEQUENCE, 'the nonce count was used before', algorithm, 'stale');
    }

    const established = new Date(now);
    const { bound } = offer.terms;
    const parts = { authorization, algorithm, qop, account, userHash, counter, issued, established, bound };
    return { session: new HttpSession(parts), input };
  }

  /** Servers mostly offer the same again and again. */
  #offer(request: RequestBuffers, contextReq: number): Offer {
    const { http, nonces } = this.services;
    const realm = request.realm ?? this.#defaultRealm;
    const qops = contextReq & ASC_REQ.INTEGRITY ? INTEGRITY_ONLY : http.qops;
    const bound = request.bindings !== undefined || (contextReq & ASC_REQ.PROXY_BINDINGS) !== 0;
    const last = this.#lastOffer?.terms;
    if (!this.#lastOffer || last?.realm !== realm || last.qops !== qops || last.bound !== bound) {
      const terms = { realm, qops, bound, userhash: http.userhash, opaque: http.opaque };
      this.#lastOffer = new Offer(terms, http.offered, nonces);
    }
    return this.#lastOffer;
  }

  #query({ authorization: { name, hashed }, offer, algorithm }: Attempt): AccountQuery {
    const realm = textOf(offer.terms.realm);
    if (!hashed) return accountQuery(name, realm, this.services.realms);
    return { user: '', userHash: { algorithm: algorithm.base, realm, hash: name } };
  }
}

/** An Authorization with what it was found to be. */
interface Attempt {
  readonly offer: Offer;
  readonly authorization: Authorization;
  readonly algorithm: Algorithm;
  readonly qop: HttpDigestQop;
  readonly input: DigestInput;
}

function denied(offer: Offer, algorithm: Algorithm): PackageError {
  return offer.refusal(SEC_E.LOGON_DENIED, 'the user or the password is wrong', algorithm, 'fresh');
}

const INTEGRITY_ONLY: readonly HttpDigestQop[] = ['auth-int'];
