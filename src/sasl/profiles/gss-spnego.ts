import { SECPKG_ATTR } from '../../sspi/attributes.js';
import { ASC_RET, ISC_REQ, ISC_RET } from '../../sspi/flags.js';
import type { ContextLeg } from '../../sspi/function-table.js';
import { SEC_E } from '../../sspi/status.js';
import type { InnerContext } from '../inner-context.js';
import type { SaslExchange, SaslProfile } from '../profile.js';
import { SaslFailure } from '../sasl-failure.js';
import type { SaslRole } from '../sasl-role.js';
import { DEFAULT_BUFFER_SIZE } from '../settings.js';

/**
 * GSS-SPNEGO ([MS-ADTS] 5.1.1.1.2): SPNEGO's tokens as they are, client first. There is no cookie as GSSAPI has it (RFC 4752): the
 * layer is what the flags of the context say, nobody is told a size, and nobody can be named to act as.
 */
export const gssSpnego: SaslProfile = {
  name: 'GSS-SPNEGO',
  packages: ['Negotiate'],
  begin: role => new GssSpnegoExchange(role),
};

class GssSpnegoExchange implements SaslExchange {
  /** Nothing is ever announced, so the receive size can be set at any time. */
  readonly announced: boolean = false;
  readonly #role: SaslRole;

  constructor(role: SaslRole) {
    this.#role = role;
  }

  step(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (this.#role === 'client') return this.#initialize(inner, token);
    return token?.length || inner.handle ? inner.leg(token) : this.#wait(inner);
  }

  async sendSize(inner: InnerContext): Promise<number> {
    const layers = this.#role === 'server' ? SERVER_LAYERS : CLIENT_LAYERS;
    if (!(inner.contextAttr & layers)) return DEFAULT_BUFFER_SIZE;
    // A peer that does not say what it takes can be expected to take what everybody takes, with the protection around it.
    const { blockSize, securityTrailer } = await inner.table.queryContextAttributes(
      inner.established,
      SECPKG_ATTR.SIZES,
    );
    return DEFAULT_BUFFER_SIZE - securityTrailer - blockSize;
  }

  receivedAuthzString(): Uint8Array {
    return new Uint8Array(0);
  }

  #initialize(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (inner.settings.authzString.length > 0) {
      throw new SaslFailure(
        SEC_E.UNSUPPORTED_FUNCTION,
        'GSS-SPNEGO has no place for an authorization identity',
        'Log on as the user to act as, or take a mechanism that has it: GSSAPI or DIGEST-MD5.',
      );
    }
    const { call } = inner;
    // A peer takes integrity for a layer: who wants none must not get it for the sake of the negotiation (RFC 4178 3).
    if (!(call.contextReq & PROTECTION)) inner.call = { ...call, contextReq: (call.contextReq | NO_INTEGRITY) >>> 0 };
    return inner.leg(inner.handle ? token : undefined);
  }

  /**
   * The client has sent no initial response, so it gets an empty challenge (RFC 4422 5), and not what Negotiate has to offer by itself:
   * few clients expect that.
   */
  async #wait(inner: InnerContext): Promise<ContextLeg> {
    const { status, contextAttr } = await inner.leg(new Uint8Array(0));
    return inner.ownLeg(status, new Uint8Array(0), contextAttr);
  }
}

const { NO_INTEGRITY } = ISC_REQ;
const PROTECTION = ISC_REQ.INTEGRITY | ISC_REQ.CONFIDENTIALITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
const SERVER_LAYERS = ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY;
const CLIENT_LAYERS = ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY;
