import type { PackageContext } from '../../security-package.js';
import type { Authorization } from './authorization.js';

/** An established server context that later requests come back to. */
export interface KeptContext extends PackageContext {
  readonly contextAttr: number;
  /** True where a request names this context's session, and its nonce is still good. */
  isNamedBy(authorization: Authorization): boolean;
}

/** The contexts that were established last, by the `opaque` of their challenge. One that falls out lives on, but is not found any more. */
export class KeptContexts {
  readonly #maximum: number;
  readonly #byOpaque = new Map<string, KeptContext>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get size(): number {
    return this.#byOpaque.size;
  }

  find(authorization: Authorization): KeptContext | undefined {
    const { opaque } = authorization;
    const context = this.#byOpaque.get(opaque);
    if (!context?.isNamedBy(authorization)) return undefined;
    this.#byOpaque.delete(opaque);
    this.#byOpaque.set(opaque, context);
    return context;
  }

  keep(opaque: string, context: KeptContext): void {
    this.#byOpaque.delete(opaque);
    if (this.#byOpaque.size >= this.#maximum) this.#dropOldest();
    this.#byOpaque.set(opaque, context);
  }

  drop(opaque: string, context: KeptContext): void {
    if (this.#byOpaque.get(opaque) === context) this.#byOpaque.delete(opaque);
  }

  #dropOldest(): void {
    for (const opaque of this.#byOpaque.keys()) {
      this.#byOpaque.delete(opaque);
      return;
    }
  }
}
