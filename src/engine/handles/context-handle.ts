import type { Awaitable } from '../../sspi/awaitable.js';
import type { CtxtHandle } from '../../sspi/handles.js';
import { Serial } from '../../sspi/serial.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { PackageContext, SecurityPackage } from '../security-package.js';
import type { EngineCredential } from './credential-handle.js';

/**
 * half-open: legs are still to come; established: messages and attributes; failed: a leg failed and only deletion is left;
 * expired: it stayed half-open for too long, and its secrets are gone already; deleted: the handle is good for nothing.
 */
type ContextState = 'half-open' | 'established' | 'failed' | 'expired' | 'deleted';

/** Which function made a context: later legs must come through the same one. */
export type ContextRole = 'client' | 'server';

/** The engine's side of a `CtxtHandle`. */
export class EngineContext {
  readonly #owner: object;
  readonly #serial = new Serial();
  readonly #role: ContextRole;
  readonly #credential: EngineCredential;
  readonly #context: PackageContext;
  readonly #begun: number;
  #state: ContextState = 'half-open';
  #closed = false;

  constructor(owner: object, role: ContextRole, credential: EngineCredential, context: PackageContext, begun: number) {
    this.#owner = owner;
    this.#role = role;
    this.#credential = credential;
    this.#context = context;
    this.#begun = begun;
    credential.retain();
    context.engineContext = this;
  }

  /** The engine's side of a package's context that has been seen before. */
  static behind(context: PackageContext): EngineContext | undefined {
    return context.engineContext as EngineContext | undefined;
  }

  /** Throws SEC_E_INVALID_HANDLE for anything but a context of `owner` that is not deleted. */
  static from(owner: object, handle: unknown): EngineContext {
    if (typeof handle === 'object' && handle !== null && #owner in handle) {
      const context = handle as EngineContext;
      if (context.#owner === owner && context.#state !== 'deleted') return context;
    }
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the context is closed or was made elsewhere');
  }

  get handle(): CtxtHandle {
    return this as unknown as CtxtHandle;
  }

  get role(): ContextRole {
    return this.#role;
  }

  get package(): SecurityPackage {
    return this.#credential.package;
  }

  /** The package's context in whatever state. */
  get context(): PackageContext {
    return this.#context;
  }

  /** Milliseconds since 1970. */
  get begun(): number {
    return this.#begun;
  }

  get state(): ContextState {
    return this.#state;
  }

  /** Runs a call of this context after those that came before it. */
  run<T>(call: () => Awaitable<T>): Awaitable<T> {
    return this.#serial.run(call);
  }

  /** The package's context for a leg. */
  forLeg(role: ContextRole): PackageContext {
    this.#refuseDead();
    if (role !== this.#role) throw new PackageError(SEC_E.INVALID_HANDLE, `this is the context of a ${this.#role}`);
    return this.#context;
  }

  /** The package's context for messages, attributes and tokens. */
  forUse(): PackageContext {
    this.#refuseDead();
    if (this.#state !== 'established') {
      throw new PackageError(SEC_E.INVALID_HANDLE, 'the context is not established yet', {
        hint: 'Exchange tokens until the context function returns SEC_E_OK, then use the context.',
      });
    }
    return this.#context;
  }

  /** The package's context for work that is done before the call returns. */
  forUseNow(): PackageContext {
    if (!this.#serial.idle) {
      throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'another call of this context is still running', {
        hint: 'Await the calls of a context before a ...Sync function, or use the promise form, which waits its turn.',
      });
    }
    return this.forUse();
  }

  establish(): void {
    this.#state = 'established';
  }

  fail(): void {
    if (this.#state !== 'deleted' && this.#state !== 'expired') this.#state = 'failed';
    this.#close();
  }

  /** Gives the context up at once, and closes what is behind it when the leg that runs has ended: what comes of it is not used. */
  expire(): void {
    this.#state = 'expired';
    void this.#serial.run(() => this.#close());
  }

  refuseExpired(): void {
    if (this.#state !== 'expired') return;
    throw new PackageError(SEC_E.CONTEXT_EXPIRED, 'the context was not established in time and has been given up', {
      hint: 'The peer was too slow, or too many logons were begun at once: start over, and see the engine option `limits`.',
    });
  }

  /** Ends the handle at once, and closes what is behind it when the calls that run have ended. */
  delete(): Awaitable<void> {
    this.#state = 'deleted';
    return this.#serial.run(() => this.#close());
  }

  #refuseDead(): void {
    this.refuseExpired();
    if (this.#state === 'failed' || this.#state === 'deleted') {
      throw new PackageError(SEC_E.INVALID_HANDLE, 'an earlier call of this context failed', {
        hint: 'Delete the context and start over with a new one.',
      });
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.close();
    this.#credential.release();
  }
}
