import { ArgumentError } from '../sspi/arguments.js';
import type { Awaitable } from '../sspi/awaitable.js';
import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import { SspiError } from '../sspi/error.js';
import type { ContextLeg, SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E, SEC_I, statusName } from '../sspi/status.js';
import { Turns } from '../sspi/turns.js';
import { reportEstablished, reportFailed } from './diagnostics.js';
import { Watch } from './forgotten.js';

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
  establish(context: CtxtHandle, leg: ContextLeg): Promise<unknown>;
}

/** open: steps are to come; failed: a step failed, and the context is deleted; closed: by its owner. */
type ExchangeState = 'open' | 'established' | 'failed' | 'closed';

/**
 * The exchange of tokens that makes a context, and the context's life after it. Steps run one after the other. Whatever fails, the
 * partly made context is deleted, as Microsoft Learn asks of applications that use Schannel.
 */
export class Exchange {
  readonly sspi: SecurityFunctionTable;
  readonly #kind: ExchangeKind;
  readonly #turns = new Turns();
  #context: CtxtHandle | undefined;
  #watch: Watch | undefined;
  #state: ExchangeState = 'open';
  #complete = false;
  #settled = false;
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

  /** Whether it has been established once: what was agreed then stays known after close(). */
  get settled(): boolean {
    return this.#settled;
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
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      if (this.#state !== 'open') throw this.#over();
      const unasked = this.#context === undefined && received === undefined;
      try {
        const leg = await this.#kind.leg(received, this.#context);
        this.#adopt(leg.context);
        if (leg.status !== SEC_E.OK && !(await this.#completes(leg))) return nextStep(leg, unasked);
        this.#complete = true;
        await this.#kind.establish(leg.context, leg);
        this.#establish();
        return lastStep(leg);
      } catch (error) {
        await this.#giveUp(error);
        throw error;
      }
    } finally {
      this.#turns.leave();
    }
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
      this.#release().catch(() => {});
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

  /** From here on the context is ours to delete, even if its owner forgets it. */
  #adopt(context: CtxtHandle | undefined): void {
    if (context === undefined || this.#context !== undefined) return;
    this.#context = context;
    const { sspi } = this;
    this.#watch = new Watch(this, this.#kind.owner, () => sspi.deleteSecurityContext(context));
  }

  async #completes({ status, context, output }: ContextLeg): Promise<boolean> {
    switch (status) {
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

  #establish(): void {
    // The owner may have closed it in the meantime.
    if (this.#state !== 'open') throw this.unusable();
    this.#state = 'established';
    this.#settled = true;
    reportEstablished(this.#kind);
  }

  async #giveUp(error: unknown): Promise<void> {
    if (error instanceof SspiError) this.#adopt(error.context);
    if (this.#state === 'open') this.#state = 'failed';
    try {
      await this.#delete();
    } catch {
      // The provider has ended the context itself; what the caller must learn is why the step failed.
    }
    reportFailed(this.#kind, error);
  }

  async #release(): Promise<void> {
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      await this.#delete();
    } finally {
      this.#turns.leave();
    }
  }

  #delete(): Awaitable<void> {
    const context = this.#context;
    if (context === undefined) return;
    this.#context = undefined;
    this.#watch?.end();
    return this.sspi.deleteSecurityContext(context);
  }

  #over(): SspiError {
    if (this.#state !== 'established') return this.unusable();
    return this.refusal(SEC_E.OUT_OF_SEQUENCE, 'the exchange is over: the last step was done');
  }
}

/** `unasked`: a client's first step, which has nothing to answer: an empty token is no initial response then. */
function nextStep({ output }: ContextLeg, unasked: boolean): StepResult {
  const token = findBuffer(output, SECBUFFER.TOKEN)?.data;
  return token === undefined || (unasked && token.length === 0) ? { done: false } : { token, done: false };
}

function lastStep({ output }: ContextLeg): StepResult {
  const token = findBuffer(output, SECBUFFER.TOKEN)?.data;
  return token?.length ? { token, done: true } : { done: true };
}

const UNUSABLE: Readonly<Record<ExchangeState, string>> = {
  open: 'the context is not established yet',
  established: 'the context is gone',
  failed: 'the context failed, and was deleted',
  closed: 'the context is closed',
};
