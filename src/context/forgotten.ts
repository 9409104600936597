import process from 'node:process';

interface Belongings {
  /** The class, for the warning. */
  readonly owner: string;
  /** Gives back what the owner held. It must not keep the owner alive. */
  readonly release: () => Promise<void>;
}

let warned = false;

const registry = new FinalizationRegistry<Belongings>(({ owner, release }) => {
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

/** Frees what an object holds if the object is collected first. The warning of it comes once in a process. */
export function watch(target: object, owner: string, release: () => Promise<void>): void {
  registry.register(target, { owner, release }, target);
}

/** For an object that has given back by itself what it held. */
export function unwatch(target: object): void {
  registry.unregister(target);
}
