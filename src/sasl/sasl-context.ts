import type { Awaitable } from '../sspi/awaitable.js';
import { filterBuffers, SECBUFFER, type SecBuffer, tokenBuffer } from '../sspi/buffers.js';
import type { ContextLeg, PackageFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { SaslOptionValues } from '../sspi/sasl.js';
import { Serial } from '../sspi/serial.js';
import { SEC_E } from '../sspi/status.js';
import { InnerContext, type SaslContextCall } from './inner-context.js';
import { type OptionHolder, readOption, writeOption } from './options.js';
import type { SaslExchange } from './profile.js';
import type { CarriedProfile } from './profiles.js';
import { SaslFailure } from './sasl-failure.js';
import type { SaslRole } from './sasl-step.js';
import { SaslSettings } from './settings.js';

/**
 * open: legs are to come; done: the last leg gave SEC_E_OK; failed: a leg failed, the package's context is gone, and the handle
 * waits for its DeleteSecurityContext; deleted.
 */
type SaslContextState = 'open' | 'done' | 'failed' | 'deleted';

/** A context that a Sasl function made. Its calls run one after the other. */
export class SaslContext implements OptionHolder {
  readonly role: SaslRole;
  readonly inner: InnerContext;
  readonly exchange: SaslExchange;
  readonly #maxToken: number;
  readonly #serial = new Serial();
  #state: SaslContextState = 'open';

  constructor(table: PackageFunctionTable, role: SaslRole, carried: CarriedProfile, call: SaslContextCall) {
    this.role = role;
    this.inner = new InnerContext(table, role, new SaslSettings(call.options), call);
    this.exchange = carried.profile.begin(role);
    this.#maxToken = carried.package.maxToken;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  leg(call: SaslContextCall): Awaitable<ContextLeg> {
    return this.#serial.run(() => this.#leg(call));
  }

  getOption<O extends keyof SaslOptionValues>(option: O): Awaitable<SaslOptionValues[O]> {
    return this.#serial.run(() => {
      this.#refuseDead();
      return readOption(this, option);
    });
  }

  setOption<O extends keyof SaslOptionValues>(option: O, value: SaslOptionValues[O]): Awaitable<void> {
    return this.#serial.run(() => {
      this.#refuseDead();
      writeOption(this, option, value);
    });
  }

  /** Ends the context at once, and deletes the package's context after the calls that run. */
  delete(handle: CtxtHandle): Awaitable<void> {
    const wasFailed = () => this.#state === 'failed';
    return this.#serial.run(() => {
      if (wasFailed()) {
        this.#state = 'deleted';
        return;
      }
      this.#state = 'deleted';
      return this.inner.table.deleteSecurityContext(handle);
    });
  }

  async #leg(call: SaslContextCall): Promise<ContextLeg> {
    this.#refuseDead();
    if (this.#state === 'done') {
      throw new SaslFailure(SEC_E.OUT_OF_SEQUENCE, 'the exchange is over: its last leg gave SEC_E_OK');
    }
    try {
      this.inner.call = call;
      const { token, ...step } = await this.exchange.step(this.inner, this.#inputToken(call.input));
      if (step.status === SEC_E.OK) this.#state = 'done';
      return { ...step, context: this.inner.established, output: [tokenBuffer(token)], input: [] };
    } catch (error) {
      this.#state = 'failed';
      await this.inner.abandon();
      throw error;
    }
  }

  /** Exactly one TOKEN buffer; a client's first call may have no input at all. Source: Microsoft Learn, "SaslAcceptSecurityContext". */
  #inputToken(input: readonly SecBuffer[] | undefined): Uint8Array | undefined {
    const tokens = filterBuffers(input, SECBUFFER.TOKEN);
    const [token] = tokens;
    if (!token) {
      if (this.role === 'client' && this.inner.handle === undefined) return undefined;
      throw new SaslFailure(SEC_E.INVALID_TOKEN, 'there is no TOKEN buffer in the input');
    }
    if (tokens.length > 1) throw new SaslFailure(SEC_E.INVALID_TOKEN, 'there is more than one TOKEN buffer');
    if (token.data.length > this.#maxToken) {
      throw new SaslFailure(SEC_E.INVALID_TOKEN, `a message is ${this.#maxToken} bytes long at most`);
    }
    return token.data;
  }

  #refuseDead(): void {
    if (this.#state === 'failed') {
      throw new SaslFailure(
        SEC_E.INVALID_HANDLE,
        'an earlier call of this context failed',
        'Delete the context and start over with a new one.',
      );
    }
    if (this.#state === 'deleted') throw new SaslFailure(SEC_E.INVALID_HANDLE, 'the context is closed');
  }
}
