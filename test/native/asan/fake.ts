import { createRequire } from 'node:module';

/** What becomes of one SecBuffer in a call. */
export interface BufferAnswer {
  readonly type?: number;
  /** The count that is answered, whatever was written. The length of `data` when left out. */
  readonly size?: number;
  /** `kept`: the caller's memory (as far as DATA fits); `none`: null; `fresh`: the package's own; `moved`: the caller's, further on. */
  readonly memory?: 'kept' | 'none' | 'fresh' | 'moved';
  /** Bytes that `moved` moves by. */
  readonly offset?: number;
  readonly data?: Uint8Array;
}

export interface Answer {
  readonly status?: number;
  readonly input?: readonly BufferAnswer[];
  readonly output?: readonly BufferAnswer[];
  /** Context attributes, a quality of protection, or a size, as the function has one. */
  readonly attributes?: number;
  /** Ticks of FILETIME. */
  readonly expiry?: bigint;
  /** One of the lies that the function knows; its source in `fake/` lists them. */
  readonly lie?: string;
  /** Milliseconds that the call takes. */
  readonly nap?: number;
}

/** A Windows that answers by script. */
export interface FakeWindows {
  /** Queues the answer to the next call of a function; without one it answers sensibly. */
  answer(name: string, answer: Answer): void;
  /** What was handed out and not given back, by kind. */
  live(): Readonly<Record<string, number>>;
  /** Drops the answers that nobody asked for. */
  forget(): void;
  /** A mistake, to see that the sanitizers see it. */
  sin(which: 'overflow' | 'undefined' | 'leak' | 'race' | 'none'): void;
}

/** Loads the fake that stands beside the addon. `SECUR32_ASAN_FOLDER` is set by `run.ts`. */
export function loadFakeWindows(): FakeWindows {
  return createRequire(import.meta.url)(`${asanFolder()}/fake-windows.node`);
}

/** The folder of the build with sanitizers. */
export function asanFolder(): string {
  const folder = process.env['SECUR32_ASAN_FOLDER'];
  if (folder === undefined) throw new Error('these suites run in the build with sanitizers: see sanitizers.test.ts');
  return folder;
}
