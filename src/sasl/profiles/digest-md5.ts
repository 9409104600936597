import { SECPKG_ATTR } from '../../sspi/attributes.js';
import type { SecBuffer } from '../../sspi/buffers.js';
import { ASC_REQ, ASC_RET, ISC_RET } from '../../sspi/flags.js';
import type { ContextLeg } from '../../sspi/function-table.js';
import { SASL_PARAMETER } from '../../sspi/sasl.js';
import { SEC_E } from '../../sspi/status.js';
import type { InnerContext } from '../inner-context.js';
import type { SaslExchange, SaslProfile } from '../profile.js';
import { SaslFailure } from '../sasl-failure.js';
import type { SaslRole } from '../sasl-role.js';
import { DEFAULT_BUFFER_SIZE, type SaslSettings } from '../settings.js';

/**
 * DIGEST-MD5 (RFC 2831): server first, and without a cookie, because qop, maxbuf and authzid travel in the mechanism's own messages.
 * WDigest makes those, so receive size and authorization identity are handed to it.
 */
export const digestMd5: SaslProfile = {
  name: 'DIGEST-MD5',
  packages: ['WDigest'],
  begin: role => new DigestMd5Exchange(role),
};

/** One bit, two meanings; as a requirement of WDigest it is HTTP. Source: Microsoft Learn, "AcceptSecurityContext (Digest)". */
const HTTP = ASC_REQ.HTTP;

class DigestMd5Exchange implements SaslExchange {
  readonly #role: SaslRole;
  #announced = false;

  constructor(role: SaslRole) {
    this.#role = role;
  }

  get announced(): boolean {
    return this.#announced;
  }

  step(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (inner.call.contextReq & HTTP) {
      throw new SaslFailure(
        SEC_E.UNSUPPORTED_FUNCTION,
        'DIGEST-MD5 is not HTTP Digest',
        'Leave the HTTP flag out, or call acceptSecurityContext and initializeSecurityContext for HTTP.',
      );
    }
    if (this.#role === 'client') return this.#answer(inner, token);
    return this.#announced ? this.#finish(inner, token) : this.#challenge(inner, token);
  }

  async sendSize(inner: InnerContext): Promise<number> {
    const layers = this.#role === 'server' ? SERVER_LAYERS : CLIENT_LAYERS;
    if (!(inner.contextAttr & layers)) return DEFAULT_BUFFER_SIZE;
    const sizes = await inner.table.queryContextAttributes(inner.established, SECPKG_ATTR.STREAM_SIZES);
    return Math.max(0, sizes.maximumMessage);
  }

  receivedAuthzString(inner: InnerContext): Promise<Uint8Array> {
    return inner.table.queryContextAttributes(inner.established, SASL_PARAMETER.AUTHZ_STRING);
  }

  #challenge(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (token?.length) throw subsequentAuthentication();
    this.#announced = true;
    return inner.leg(token, [receiveSize(inner.settings)]);
  }

  #finish(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    const leg = inner.leg(token);
    return inner.settings.authzForbidden ? this.#withoutAuthzString(inner, leg) : leg;
  }

  async #withoutAuthzString(inner: InnerContext, running: Promise<ContextLeg>): Promise<ContextLeg> {
    const leg = await running;
    if (leg.status === SEC_E.OK) {
      const authzString = await this.receivedAuthzString(inner);
      if (authzString.length > 0) inner.settings.refuseForbidden();
    }
    return leg;
  }

  /** A client's leg. Without a token from the server there is nothing to answer yet, and nothing is settled. */
  #answer(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (this.#announced) return inner.leg(token);
    const parameters = [receiveSize(inner.settings)];
    const data = inner.settings.authzStringToSend();
    if (data.length > 0) parameters.push({ type: SASL_PARAMETER.AUTHZ_STRING, data });
    this.#announced = token !== undefined && token.length > 0;
    return inner.leg(token, parameters);
  }
}

const SERVER_LAYERS = ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY;
const CLIENT_LAYERS = ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY;

/** u32le. */
function receiveSize({ recvSize }: SaslSettings): SecBuffer {
  const data = new Uint8Array(4);
  for (let at = 0; at < 4; at++) data[at] = recvSize >>> (8 * at);
  return { type: SASL_PARAMETER.RECV_SIZE, data };
}

/** RFC 4422 3: an initial response to a server-first mechanism fails. In DIGEST-MD5 it would be subsequent authentication. */
function subsequentAuthentication(): SaslFailure {
  return new SaslFailure(
    SEC_E.INVALID_TOKEN,
    'the client began a mechanism in which the server speaks first',
    'Subsequent authentication (RFC 2831 2.2) is not supported: answer the challenge of this exchange.',
  );
}
