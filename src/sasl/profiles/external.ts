import { SECBUFFER, tokenBuffer } from '../../sspi/buffers.js';
import type { ContextLeg } from '../../sspi/function-table.js';
import { SASL_PARAMETER } from '../../sspi/sasl.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import type { InnerContext } from '../inner-context.js';
import { isAuthzString } from '../option-values.js';
import type { SaslExchange, SaslProfile } from '../profile.js';
import { SaslFailure } from '../sasl-failure.js';
import type { SaslRole } from '../sasl-role.js';

/**
 * EXTERNAL (RFC 4422 appendix A): the client says as whom it wants to act, and who it is was proven by the TLS underneath. Client
 * first, one response, no layer.
 */
export const external: SaslProfile = {
  name: 'EXTERNAL',
  packages: ['Schannel'],
  emptyResponse: 'says-something',
  begin: role => new ExternalExchange(role),
};

class ExternalExchange implements SaslExchange {
  readonly #role: SaslRole;
  #announced = false;
  #asked = false;
  #received: Uint8Array = NOTHING;

  constructor(role: SaslRole) {
    this.#role = role;
  }

  get announced(): boolean {
    return this.#announced;
  }

  step(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    return this.#role === 'client' ? this.#respond(inner, token) : this.#accept(inner, token);
  }

  sendSize(): number {
    return 0;
  }

  receivedAuthzString(): Uint8Array {
    return this.#received.slice();
  }

  /** `extern-init-resp`: the authorization identity, which may be empty. */
  async #respond(inner: InnerContext, challenge: Uint8Array | undefined): Promise<ContextLeg> {
    if (challenge?.length) throw new SaslFailure(SEC_E.INVALID_TOKEN, 'the challenge of EXTERNAL is an empty one');
    const response = inner.settings.authzStringToSend();
    const leg = await inner.leg(undefined, [{ type: SASL_PARAMETER.EXTERNAL, data: NOTHING }]);
    this.#announced = true;
    return { ...leg, output: [tokenBuffer(response)] };
  }

  async #accept(inner: InnerContext, response: Uint8Array | undefined): Promise<ContextLeg> {
    this.#announced = true;
    if (response !== undefined && !isAuthzString(response)) {
      throw new SaslFailure(SEC_E.INVALID_TOKEN, 'the authorization identity is not UTF-8 without a NUL');
    }
    if (response === undefined) {
      if (this.#asked) throw new SaslFailure(SEC_E.INVALID_TOKEN, 'there is no TOKEN buffer in the input');
      this.#asked = true;
    }
    if (response?.length) inner.settings.refuseForbidden();
    this.#received = response ?? NOTHING;
    if (inner.handle === undefined) {
      const leg = await inner.leg(undefined, [
        { type: SASL_PARAMETER.EXTERNAL, data: inner.settings.external ?? NOTHING },
      ]);
      // Without an initial response the server asks for it with an empty challenge (RFC 4422 appendix A.1).
      return response === undefined ? { ...leg, status: SEC_I.CONTINUE_NEEDED, output: [EMPTY_TOKEN] } : leg;
    }
    return inner.ownLeg(SEC_E.OK, NOTHING, 0);
  }
}

const NOTHING = new Uint8Array(0);
const EMPTY_TOKEN = { type: SECBUFFER.TOKEN, data: NOTHING };
