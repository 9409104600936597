import { ISC_REQ } from '../../../sspi/flags.js';
import type { FirstLeg, InitializeLeg } from '../../security-package.js';
import type { DigestIdentity } from '../credential.js';
import type { DigestServices } from '../services.js';
import { HttpClientContext } from './http-client-context.js';
import { noConfidentiality } from './no-confidentiality.js';

/**
 * InitializeSecurityContext for HTTP Digest, the target name being the request's URI.
 *
 * - Challenges in TOKEN buffers, one for each WWW-Authenticate field without the word `Digest`: the strongest that is allowed is
 *   answered, and the output is the parameters of an Authorization field. SEC_E_OK; with ISC_REQ.MUTUAL_AUTH
 *   SEC_I_CONTINUE_NEEDED until the server has proven itself too.
 * - Later, on the same context: the challenge of a server whose nonce has become stale, or the Authentication-Info field of a response.
 *   A challenge that is not stale is SEC_E_LOGON_DENIED, one that is weaker than the first SEC_E_DOWNGRADE_DETECTED.
 * - MakeSignature makes the Authorization of each later request.
 *
 * Source: RFC 7616; Microsoft Learn, "InitializeSecurityContext (Digest)".
 */
export class HttpDigestClient {
  readonly #services: DigestServices;
  readonly #identity: DigestIdentity;

  constructor(services: DigestServices, identity: DigestIdentity) {
    this.#services = services;
    this.#identity = identity;
  }

  initialize(leg: InitializeLeg): FirstLeg {
    if (leg.contextReq & ISC_REQ.CONFIDENTIALITY) throw noConfidentiality();
    const context = new HttpClientContext(this.#services, this.#identity);
    return { ...context.step(leg), context };
  }
}
