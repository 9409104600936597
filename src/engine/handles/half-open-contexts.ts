import type { EngineContext } from './context-handle.js';

/** The contexts of an engine that are not established yet, oldest first: bounded in number and in age. */
export class HalfOpenContexts {
  readonly #contexts = new Set<EngineContext>();
  readonly #maximum: number;
  readonly #lifetime: number;

  /** `lifetime` in milliseconds. */
  constructor(maximum: number, lifetime: number) {
    this.#maximum = maximum;
    this.#lifetime = lifetime;
  }

  get count(): number {
    return this.#contexts.size;
  }

  add(context: EngineContext): void {
    this.#expireBefore(context.begun - this.#lifetime);
    this.#contexts.add(context);
    if (this.#contexts.size > this.#maximum) this.#expireOldest();
  }

  remove(context: EngineContext): void {
    this.#contexts.delete(context);
  }

  /** Gives a context up that is too old at `now`, in milliseconds since 1970. */
  expireOld(context: EngineContext, now: number): void {
    if (context.begun < now - this.#lifetime && this.#contexts.has(context)) this.#expire(context);
  }

  #expireBefore(time: number): void {
    for (const context of this.#contexts) {
      if (context.begun >= time) return;
      this.#expire(context);
    }
  }

  #expireOldest(): void {
    for (const context of this.#contexts) {
      this.#expire(context);
      return;
    }
  }

  #expire(context: EngineContext): void {
    this.#contexts.delete(context);
    context.expire();
  }
}
