import type { ExitCode } from './exit-code.js';
import type { Terminal } from './terminal.js';

/** An option of a command, as `--help` shows it. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  readonly description: string;
  /** What stands for the value of a string option in the help: `N`, `FILE`. */
  readonly value?: string;
  /** The values that a string option takes. */
  readonly choices?: readonly string[];
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The values of parsed options: undefined where an option was not given. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [Name in keyof O]?: OptionValue<O[Name]['type']> | undefined;
};

type OptionValue<Type> = Type extends 'boolean' ? boolean : string;

/** What a command is called with. */
export interface CommandCall<O extends OptionSpecs = OptionSpecs> {
  readonly values: OptionValues<O>;
  readonly positionals: readonly string[];
  readonly out: Terminal;
  /** For questions and progress: what is no result. */
  readonly errors: Terminal;
  readonly variables: NodeJS.ProcessEnv;
  /** Waits until the user ends the program (SIGINT, SIGTERM); without this call a signal ends it at once. */
  stopped(): Promise<void>;
}

/** One command of `secur32`. */
export interface Command<O extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The positional arguments: `<status|name>...`. */
  readonly positionals?: string;
  readonly options: O;
  /** Lines that `--help` ends with. */
  readonly details?: readonly string[];
  run(call: CommandCall<O>): Promise<ExitCode>;
}

/** Makes a command out of its parts, with the types of the option values taken from the options. */
export function defineCommand<const O extends OptionSpecs>(command: Command<O>): Command {
  return command as unknown as Command;
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** The command cannot do its work, for a reason that needs no stack: exit code 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
