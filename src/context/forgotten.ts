import process from 'node:process';

let warned = false;

const registry = new FinalizationRegistry<Watch>(({ owner, release }) => {
  if (!warned) {
    warned = true;
    process.emitWarning(`A ${owner} was dropped without close(). Its handle is freed now, but that came late.`, {
      type: 'Secur32Warning',
      code: 'SECUR32_NOT_CLOSED',
      detail: 'Declare it with `await using`, or call close() in a finally block. Further cases are not reported.',
    });
  }
  // A handle that the provider has ended already needs no freeing.
  release().catch(() => {});
});

/**
 * Frees what an object holds if the object is collected first. The warning of it comes once in a process.
 *
 * A FinalizationRegistry costs more than a short exchange does, so an object is registered only when it has lived for a while: most
 * are closed by then. Until then it is not collected.
 */
export class Watch {
  /** The class of the object, for the warning. */
  readonly owner: string;
  readonly release: () => Promise<void>;
  /** Until it is registered, or has given back by itself what it held. */
  #target: object | undefined;
  #registered = false;

  /** `release` gives back what `target` holds; it must not keep the target alive. */
  constructor(target: object, owner: string, release: () => Promise<void>) {
    this.owner = owner;
    this.release = release;
    this.#target = target;
    fresh.push(this);
    if (fresh.length >= MOST_FRESH) registerAll();
    else timer ??= setTimeout(registerAll, FRESH_TIME).unref();
  }

  /** For an object that has given back by itself what it held. */
  end(): void {
    this.#target = undefined;
    if (this.#registered) registry.unregister(this);
  }

  register(): void {
    if (this.#target === undefined) return;
    registry.register(this.#target, this, this);
    this.#registered = true;
    this.#target = undefined;
  }
}

let fresh: Watch[] = [];
let timer: NodeJS.Timeout | undefined;

function registerAll(): void {
  clearTimeout(timer);
  timer = undefined;
  const watches = fresh;
  fresh = [];
  for (const watch of watches) watch.register();
}

const MOST_FRESH = 64;
/** Milliseconds. */
const FRESH_TIME = 500;
