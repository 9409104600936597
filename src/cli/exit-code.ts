/** Exit codes of every command. */
export const EXIT = {
  OK: 0,
  /** The command could not do its work, or what it saw was not what it should have seen. */
  FAILURE: 1,
  /** The command line itself is wrong. */
  USAGE: 2,
} as const;
Object.freeze(EXIT);

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
