import type { PackageContext } from '../../security-package.js';
import type { Authorization } from './authorization.js';
import { Generations } from './generations.js';

/** An established server context that later requests come back to. */
export interface KeptContext extends PackageContext {
  readonly contextAttr: number;
  /** True where a request names this context's session, and its nonce is still good. */
  isNamedBy(authorization: Authorization): boolean;
}

/** The contexts that were established last, by the nonce of their challenge. One that falls out lives on, but is not found any more. */
export class KeptContexts {
  readonly #byNonce: Generations<KeptContext>;

  constructor(maximum: number) {
    this.#byNonce = new Generations(maximum);
  }

  find(authorization: Authorization): KeptContext | undefined {
    const context = this.#byNonce.get(authorization.nonce);
    return context?.isNamedBy(authorization) ? context : undefined;
  }

  keep(nonce: string, context: KeptContext): void {
    this.#byNonce.set(nonce, context);
  }

  drop(nonce: string, context: KeptContext): void {
    if (this.#byNonce.get(nonce) === context) this.#byNonce.delete(nonce);
  }
}
