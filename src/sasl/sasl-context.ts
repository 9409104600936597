import type { Awaitable } from '../sspi/awaitable.js';
import { bufferType, SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import type { ContextLeg, PackageFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { SaslOptionValues } from '../sspi/sasl.js';
import { SEC_E } from '../sspi/status.js';
import { Turns } from '../sspi/turns.js';
import { InnerContext, type SaslContextCall } from './inner-context.js';
import { type OptionHolder, readOption, writeOption } from './options.js';
import type { SaslExchange } from './profile.js';
import type { CarriedProfile } from './profiles.js';
import { SaslFailure } from './sasl-failure.js';
import type { SaslRole } from './sasl-role.js';
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
  /** Of the first leg. */
  readonly #mayLackToken: boolean;
  readonly #turns = new Turns();
  #state: SaslContextState = 'open';

  constructor(table: PackageFunctionTable, role: SaslRole, carried: CarriedProfile, call: SaslContextCall) {
    this.role = role;
    this.inner = new InnerContext(table, role, new SaslSettings(call.options), call);
    this.exchange = carried.profile.begin(role);
    this.#maxToken = carried.package.maxToken;
    this.#mayLackToken = role === 'client' || carried.profile.emptyResponse !== undefined;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  /** Where it throws, the package's context is gone, and the handle waits for its DeleteSecurityContext. */
  async leg(call: SaslContextCall): Promise<ContextLeg> {
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      if (this.#state !== 'open') throw this.#over();
      try {
        this.inner.call = call;
        const leg = await this.exchange.step(this.inner, this.#inputToken(call.input));
        if (leg.status === SEC_E.OK) this.#state = 'done';
        return leg;
      } catch (error) {
        this.#state = 'failed';
        await this.inner.abandon();
        throw error;
      }
    } finally {
      this.#turns.leave();
    }
  }

  getOption<O extends keyof SaslOptionValues>(option: O): Promise<SaslOptionValues[O]> {
    return this.#use(() => readOption(this, option));
  }

  setOption<O extends keyof SaslOptionValues>(option: O, value: SaslOptionValues[O]): Promise<void> {
    return this.#use(() => writeOption(this, option, value));
  }

  /** Ends the context, and deletes the package's context, after the calls that run. */
  async delete(handle: CtxtHandle): Promise<void> {
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      const failed = this.#state === 'failed';
      this.#state = 'deleted';
      if (!failed) await this.inner.table.deleteSecurityContext(handle);
    } finally {
      this.#turns.leave();
    }
  }

  async #use<T>(use: () => Awaitable<T>): Promise<T> {
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      if (this.#state === 'failed' || this.#state === 'deleted') throw this.#over();
      return await use();
    } finally {
      this.#turns.leave();
    }
  }

  /** Exactly one TOKEN buffer; a client's first call may have no input at all. Source: Microsoft Learn, "SaslAcceptSecurityContext". */
  #inputToken(input: readonly SecBuffer[] = []): Uint8Array | undefined {
    let token: SecBuffer | undefined;
    for (const buffer of input) {
      if (bufferType(buffer) !== SECBUFFER.TOKEN) continue;
      if (token) throw new SaslFailure(SEC_E.INVALID_TOKEN, 'there is more than one TOKEN buffer');
      token = buffer;
    }
    if (!token) {
      if (this.#mayLackToken && this.inner.handle === undefined) return undefined;
      throw new SaslFailure(SEC_E.INVALID_TOKEN, 'there is no TOKEN buffer in the input');
    }
    if (token.data.length > this.#maxToken) {
      throw new SaslFailure(SEC_E.INVALID_TOKEN, `a message is ${this.#maxToken} bytes long at most`);
    }
    return token.data;
  }

  /** What a call meets that comes too late. */
  #over(): SaslFailure {
    switch (this.#state) {
      case 'failed':
        return new SaslFailure(
          SEC_E.INVALID_HANDLE,
          'an earlier call of this context failed',
          'Delete the context and start over with a new one.',
        );
      case 'deleted':
        return new SaslFailure(SEC_E.INVALID_HANDLE, 'the context is closed');
      default:
        return new SaslFailure(SEC_E.OUT_OF_SEQUENCE, 'the exchange is over: its last leg gave SEC_E_OK');
    }
  }
}
