import type { Awaitable } from '../../../sspi/awaitable.js';
import { ASC_REQ } from '../../../sspi/flags.js';
import { SEC_I } from '../../../sspi/status.js';
import type { ContextLegInput, FirstLeg, LegResult } from '../../security-package.js';
import type { DigestServices } from '../services.js';
import { Authenticator } from './authenticator.js';
import { HttpServerContext, readAuthorization } from './http-server-context.js';
import { noConfidentiality } from './no-confidentiality.js';
import { readServerRequest } from './request-buffers.js';

/**
 * AcceptSecurityContext for HTTP Digest. A first leg is any of these:
 *
 * - no Authorization: SEC_I_CONTINUE_NEEDED with one TOKEN for each WWW-Authenticate field, without the word `Digest`;
 * - the Authorization of a client that has just been challenged, by this process or another with the nonce key: SEC_E_OK;
 * - the same with a nonce that is too old: SEC_I_CONTINUE_NEEDED with challenges that say `stale=true`;
 * - an Authorization that names an established context (`opaque`): that context, with SEC_I_COMPLETE_NEEDED. The request is not
 *   checked then: give its buffers to CompleteAuthToken, and answer it only when that has succeeded;
 * - anything else: an error. One with a token is answered 401 with that challenge, one without 400.
 *
 * Source: RFC 7616; Microsoft Learn, "AcceptSecurityContext (Digest)", "Authenticating Subsequent Requests Using Microsoft Digest".
 */
export class HttpDigestServer {
  readonly #services: DigestServices;
  readonly #authenticator: Authenticator;

  constructor(services: DigestServices) {
    this.#services = services;
    this.#authenticator = new Authenticator(services);
  }

  accept({ input, contextReq }: ContextLegInput): Awaitable<FirstLeg> {
    if (contextReq & ASC_REQ.CONFIDENTIALITY) throw noConfidentiality();
    const request = readServerRequest(input);
    const authorization = readAuthorization(request);
    const kept = authorization && this.#services.http.kept.find(authorization);
    if (kept) {
      return { status: SEC_I.COMPLETE_NEEDED, output: [], contextAttr: kept.contextAttr, context: kept };
    }
    const context = new HttpServerContext(this.#authenticator);
    const begun = authorization
      ? context.authenticate(request, authorization, contextReq)
      : context.challenge(request, contextReq);
    const withContext = (leg: LegResult): FirstLeg => ({ ...leg, context });
    return begun instanceof Promise ? begun.then(withContext) : withContext(begun);
  }
}
