import { ByteWriter } from '../../bytes/writer.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import type { SecBuffer } from '../../sspi/buffers.js';
import { ASC_REQ, ASC_RET, ISC_RET } from '../../sspi/flags.js';
import { SASL_PARAMETER } from '../../sspi/sasl.js';
import { SEC_E } from '../../sspi/status.js';
import type { InnerContext } from '../inner-context.js';
import type { SaslExchange, SaslProfile } from '../profile.js';
import { SaslFailure } from '../sasl-failure.js';
import type { SaslRole, SaslStep } from '../sasl-step.js';
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
  #begun = false;
  #announced = false;
  #layered = false;

  constructor(role: SaslRole) {
    this.#role = role;
  }

  get announced(): boolean {
    return this.#announced;
  }

  async step(inner: InnerContext, token: Uint8Array | undefined): Promise<SaslStep> {
    if (inner.call.contextReq & HTTP) {
      throw new SaslFailure(
        SEC_E.UNSUPPORTED_FUNCTION,
        'DIGEST-MD5 is not HTTP Digest',
        'Leave the HTTP flag out, or call acceptSecurityContext and initializeSecurityContext for HTTP.',
      );
    }
    if (!this.#begun && this.#role === 'server' && token?.length) throw subsequentAuthentication();
    this.#begun = true;
    const parameters = this.#parameters(inner.settings);
    if (token?.length || this.#role === 'server') this.#announced = true;
    const step = await inner.leg(token, parameters);
    if (step.status === SEC_E.OK) await this.#finish(inner, step);
    return step;
  }

  async sendSize(inner: InnerContext): Promise<number> {
    if (!this.#layered) return DEFAULT_BUFFER_SIZE;
    const sizes = await inner.table.queryContextAttributes(inner.established, SECPKG_ATTR.STREAM_SIZES);
    return Math.max(0, sizes.maximumMessage);
  }

  receivedAuthzString(inner: InnerContext): Promise<Uint8Array> {
    return inner.table.queryContextAttributes(inner.established, SASL_PARAMETER.AUTHZ_STRING);
  }

  #parameters(settings: SaslSettings): SecBuffer[] {
    const parameters: SecBuffer[] = [
      { type: SASL_PARAMETER.RECV_SIZE, data: new ByteWriter(4).u32le(settings.recvSize).toBytes() },
    ];
    if (this.#role === 'client') {
      const authzString = settings.authzStringToSend();
      if (authzString.length > 0) parameters.push({ type: SASL_PARAMETER.AUTHZ_STRING, data: authzString });
    }
    return parameters;
  }

  async #finish(inner: InnerContext, { contextAttr }: SaslStep): Promise<void> {
    const layers =
      this.#role === 'server'
        ? ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY
        : ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY;
    this.#layered = (contextAttr & layers) !== 0;
    if (this.#role === 'client' || !inner.settings.authzForbidden) return;
    const authzString = await this.receivedAuthzString(inner);
    if (authzString.length > 0) inner.settings.refuseForbidden();
  }
}

/** RFC 4422 3: an initial response to a server-first mechanism fails. In DIGEST-MD5 it would be subsequent authentication. */
function subsequentAuthentication(): SaslFailure {
  return new SaslFailure(
    SEC_E.INVALID_TOKEN,
    'the client began a mechanism in which the server speaks first',
    'Subsequent authentication (RFC 2831 2.2) is not supported: answer the challenge of this exchange.',
  );
}
