import type { Command, OptionSpec, OptionSpecs } from './command.js';
import { GLOBAL_OPTIONS } from './parse-command-line.js';
import type { Terminal } from './terminal.js';

/** `secur32 --help`. */
export function printOverview(out: Terminal, commands: readonly Command[]): void {
  const { strong, quiet } = out.palette;
  out.line(`${strong('secur32')}  SSPI for Node.js: Secur32.dll on Windows, the same packages in TypeScript elsewhere`);
  out.line();
  out.line(`  secur32 <command> [options]`);
  out.line();
  printRows(
    out,
    commands.map(({ name, positionals, summary }) => [positionals ? `${name} ${positionals}` : name, summary]),
  );
  out.line();
  out.line(quiet('  secur32 <command> --help tells more; secur32 --version prints the version.'));
  out.line(quiet(`  ${EXIT_CODES}`));
}

/** `secur32 <command> --help`. */
export function printHelp(out: Terminal, command: Command): void {
  const { strong, quiet } = out.palette;
  const usage = ['secur32', command.name, command.positionals, '[options]'].filter(Boolean).join(' ');
  out.line(strong(usage));
  out.line();
  out.line(`  ${command.summary}`);
  out.line();
  printRows(out, optionRows({ ...command.options, ...GLOBAL_OPTIONS }));
  for (const line of command.details ?? []) out.line(line === '' ? '' : `  ${line}`);
  out.line();
  out.line(quiet(`  ${EXIT_CODES}`));
}

function optionRows(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([name, option]) => [optionUsage(name, option), option.description]);
}

function optionUsage(name: string, { value, choices }: OptionSpec): string {
  const placeholder = choices ? choices.join('|') : value;
  return placeholder ? `--${name} ${placeholder}` : `--${name}`;
}

function printRows(out: Terminal, rows: readonly (readonly [string, string])[]): void {
  const column = Math.max(...rows.map(([left]) => left.length));
  for (const [left, right] of rows) out.line(`  ${out.palette.client(left.padEnd(column))}  ${right}`);
}

const EXIT_CODES = 'Exit codes: 0 done, 1 failed or not as expected, 2 wrong command line.';
