import { ArgumentError } from '../sspi/arguments.js';
import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import { SspiError } from '../sspi/error.js';
import type { ContextLeg, SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { Serial } from '../sspi/serial.js';
import { SEC_E, SEC_I, statusName } from '../sspi/status.js';
import { reportEstablished, reportFailed } from './diagnostics.js';
import { unwatch, watch } from './forgotten.js';

/** What one step gave. */
export interface StepResult {
  /**
   * Bytes for the peer. Absent: there is nothing to say. An empty one can come only while `done` is false; in SASL it is an empty
   * challenge or response.
   */
  readonly token?: Uint8Array;
  /** Whether the context is established; a token that comes with it must still go to the peer. */
  readonly done: boolean;
}

/** How a kind of context makes its legs, and what must hold at the end of them. */
export interface ExchangeKind {
  /** The class, for diagnostics: `ServerContext`. */
  readonly owner: string;
  /** The official name of the function that makes the legs. */
  readonly syscall: string;
  readonly packageName: string;
  leg(received: Uint8Array | undefined, context: CtxtHandle | undefined): Promise<ContextLeg>;
  /** Checks the policy once the package is content. It throws, and the context is gone. */
  establish(context: CtxtHandle, leg: ContextLeg): Promise<void>;
}

/** open: steps are to come; failed: a step failed, and the context is deleted; closed: by its owner. */
type ExchangeState = 'open' | 'established' | 'failed' | 'closed';

/**
 * The exchange of tokens that makes a context, and the context's life after it. Steps run one after the other. Whatever fails, the
 * partly made context is deleted (Microsoft Learn, "Schannel": "delete the partial context").
 */
export class Exchange {
  readonly sspi: SecurityFunctionTable;
  readonly #kind: ExchangeKind;
  readonly #serial = new Serial();
  #context: CtxtHandle | undefined;
  #state: ExchangeState = 'open';
  #complete = false;
  #closing: Promise<void> | undefined;

  constructor(sspi: SecurityFunctionTable, kind: ExchangeKind) {
    this.sspi = sspi;
    this.#kind = kind;
  }

  get state(): ExchangeState {
    return this.#state;
  }

  /** Whether the package is content: it wants no more legs. The policy may still have refused what came of them. */
  get complete(): boolean {
    return this.#complete;
  }

  get established(): boolean {
    return this.#state === 'established';
  }

  /** The context for use. Throws SEC_E_INVALID_HANDLE before the last step, after a failure and after close(). */
  get context(): CtxtHandle {
    if (this.#context === undefined || this.#state !== 'established') throw this.unusable();
    return this.#context;
  }

  async step(received: Uint8Array | undefined): Promise<StepResult> {
    if (received !== undefined && !(received instanceof Uint8Array)) {
      throw new ArgumentError('the received token must be a Uint8Array');
    }
    return this.#serial.run(() => this.#step(received));
  }

  /** What a call meets that comes too early or too late. */
  unusable(): SspiError {
    return this.refusal(SEC_E.INVALID_HANDLE, UNUSABLE[this.#state]);
  }

  /** A refusal by policy, in the name of the function that made the context. */
  refusal(status: number, detail: string, hint?: string): SspiError {
    const { syscall } = this.#kind;
    return new SspiError({
      status,
      syscall,
      provider: this.sspi.provider,
      detail,
      ...(hint !== undefined && { hint }),
    });
  }

  /** Ends the context because a message of the peer cannot be trusted; returns what is to be thrown. */
  fail(error: unknown): unknown {
    if (this.#state === 'established') {
      this.#state = 'failed';
      // The handle goes after what runs; that it cannot be deleted any more changes nothing for the caller.
      void this.#release().catch(() => {});
      reportFailed(this.#kind, error);
    }
    return error;
  }

  /** Deletes the context, after the step that runs. Doing it again is harmless. */
  close(): Promise<void> {
    if (this.#state !== 'failed') this.#state = 'closed';
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #step(received: Uint8Array | undefined): Promise<StepResult> {
    if (this.#state === 'established') {
      throw this.refusal(SEC_E.OUT_OF_SEQUENCE, 'the exchange is over: the last step was done');
    }
    if (this.#state !== 'open') throw this.unusable();
    const first = this.#context === undefined;
    try {
      const leg = await this.#leg(received);
      const token = findBuffer(leg.output, SECBUFFER.TOKEN)?.data;
      if (!(await this.#completes(leg))) {
        const silent = token === undefined || (first && received === undefined && token.length === 0);
        return silent ? { done: false } : { token, done: false };
      }
      this.#complete = true;
      await this.#kind.establish(leg.context, leg);
      this.#refuseClosed();
      this.#state = 'established';
      reportEstablished(this.#kind);
      return token?.length ? { token, done: true } : { done: true };
    } catch (error) {
      if (this.#state === 'open') this.#state = 'failed';
      await this.#delete().catch(() => {});
      reportFailed(this.#kind, error);
      throw error;
    }
  }

  async #leg(received: Uint8Array | undefined): Promise<ContextLeg> {
    try {
      const leg = await this.#kind.leg(received, this.#context);
      this.#adopt(leg.context);
      return leg;
    } catch (error) {
      if (error instanceof SspiError) this.#adopt(error.context);
      throw error;
    }
  }

  /** From here on the context is ours to delete, even if its owner forgets it. */
  #adopt(context: CtxtHandle | undefined): void {
    if (context === undefined || this.#context !== undefined) return;
    this.#context = context;
    const { sspi } = this;
    watch(this, this.#kind.owner, () => sspi.deleteSecurityContext(context));
  }

  async #completes({ status, context, output }: ContextLeg): Promise<boolean> {
    switch (status) {
      case SEC_E.OK:
        return true;
      case SEC_I.CONTINUE_NEEDED:
        return false;
      case SEC_I.COMPLETE_NEEDED:
        await this.sspi.completeAuthToken(context, output);
        return true;
      case SEC_I.COMPLETE_AND_CONTINUE:
        await this.sspi.completeAuthToken(context, output);
        return false;
      default:
        throw this.refusal(
          SEC_E.UNSUPPORTED_FUNCTION,
          `a leg ended with ${statusName(status)}, which only streams such as Schannel's use`,
        );
    }
  }

  #refuseClosed(): void {
    if (this.#state === 'closed') throw this.unusable();
  }

  async #release(): Promise<void> {
    await this.#serial.run(() => this.#delete());
  }

  async #delete(): Promise<void> {
    const context = this.#context;
    if (context === undefined) return;
    this.#context = undefined;
    unwatch(this);
    await this.sspi.deleteSecurityContext(context);
  }
}

const UNUSABLE: Readonly<Record<ExchangeState, string>> = {
  open: 'the context is not established yet',
  established: 'the context is gone',
  failed: 'the context failed, and was deleted',
  closed: 'the context is closed',
};
