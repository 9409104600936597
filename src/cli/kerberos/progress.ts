import type { Terminal } from '../terminal.js';

/** Milliseconds until a person is told what is being waited for. */
const PATIENCE = 1000;

/** Waits, and says after a second what for, where somebody watches. */
export async function withProgress<T>(errors: Terminal, what: string, work: Promise<T>): Promise<T> {
  if (!errors.interactive) return work;
  const timer = setTimeout(() => errors.line(errors.palette.quiet(`${what} ...`)), PATIENCE);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
