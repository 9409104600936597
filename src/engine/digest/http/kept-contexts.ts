import type { PackageContext } from '../../security-package.js';
import type { Authorization } from './authorization.js';
import { Generations } from './generations.js';

/** An established server context that later requests come back to. */
export interface KeptContext extends PackageContext {
  readonly contextAttr: number;
  /** True where a request names this context's session, and its nonce is still good. */
  isNamedBy(authorization: Authorization): boolean;
}

/** The contexts that were established last, by the `opaque` of their challenge. One that falls out lives on, but is not found any more. */
export class KeptContexts {
  readonly #byOpaque: Generations<KeptContext>;

  constructor(maximum: number) {
    this.#byOpaque = new Generations(maximum);
  }

  get size(): number {
    return this.#byOpaque.size;
  }

  find(authorization: Authorization): KeptContext | undefined {
    const context = this.#byOpaque.get(authorization.opaque);
    return context?.isNamedBy(authorization) ? context : undefined;
  }

  keep(opaque: string, context: KeptContext): void {
    this.#byOpaque.set(opaque, context);
  }

  drop(opaque: string, context: KeptContext): void {
    if (this.#byOpaque.get(opaque) === context) this.#byOpaque.delete(opaque);
  }
}
