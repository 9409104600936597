import { parseArgs } from 'node:util';
import { type Command, type OptionSpecs, type OptionValues, UsageError } from './command.js';

/** The parsed arguments of one command. */
export interface CommandLine {
  readonly values: OptionValues<OptionSpecs>;
  readonly positionals: readonly string[];
}

/** Options that every command has. */
export const GLOBAL_OPTIONS: OptionSpecs = {
  help: { type: 'boolean', description: 'show this help' },
  debug: { type: 'boolean', description: 'show the stack of an error' },
};

/** Parses what follows the name of a command. Throws `UsageError`. */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const options: OptionSpecs = { ...command.options, ...GLOBAL_OPTIONS };
  const { numbers, others } = splitNegativeNumbers(args);
  const { values, positionals } = parse(options, [...others, ...numbers]);
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name];
    if (choices && typeof value === 'string' && !choices.includes(value)) {
      throw new UsageError(`--${name} takes ${choices.join(', ')}; not ${JSON.stringify(value)}`);
    }
  }
  if (!command.positionals && positionals.length > 0) {
    throw new UsageError(`${command.name} takes no argument; got ${JSON.stringify(positionals[0])}`);
  }
  return { values, positionals };
}

function parse(options: OptionSpecs, args: string[]): CommandLine {
  const config = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  try {
    return parseArgs({ args, options: { ...config, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    // Node adds advice about "--" in further sentences, which is of no use here.
    throw new UsageError((error as Error).message.split('. ', 1)[0]);
  }
}

/** A status can be a negative number (`-2146893048`), which parseArgs would take for a bundle of short options. */
function splitNegativeNumbers(args: readonly string[]): { numbers: string[]; others: string[] } {
  const numbers = args.filter(isNegativeNumber);
  if (numbers.length === 0) return { numbers, others: [...args] };
  const others = args.filter(arg => !isNegativeNumber(arg));
  return { numbers: others.includes('--') ? numbers : ['--', ...numbers], others };
}

function isNegativeNumber(arg: string): boolean {
  return /^-\d+$/.test(arg);
}
