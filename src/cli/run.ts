import { PackageError } from '../engine/package-error.js';
import { SspiError } from '../sspi/error.js';
import { explainStatus } from '../sspi/status/explanations.js';
import { statusName } from '../sspi/status.js';
import { type Command, CommandError, UsageError } from './command.js';
import { COMMANDS } from './commands/table.js';
import { visible } from './decode/render-tree.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { printHelp, printOverview } from './help.js';
import { packageVersion } from './package-version.js';
import { parseCommandLine } from './parse-command-line.js';
import type { Terminal } from './terminal.js';

/** What the program takes from the process it runs in. */
export interface ProgramEnvironment {
  readonly out: Terminal;
  readonly errors: Terminal;
  readonly variables: NodeJS.ProcessEnv;
  stopped(): Promise<void>;
}

/** Runs `secur32` with the arguments after the program's name. */
export async function runProgram(args: readonly string[], environment: ProgramEnvironment): Promise<ExitCode> {
  const debug = args.includes('--debug');
  try {
    return await dispatch(args, environment);
  } catch (error) {
    printError(environment.errors, error, debug);
    return error instanceof UsageError ? EXIT.USAGE : EXIT.FAILURE;
  }
}

async function dispatch([name, ...rest]: readonly string[], environment: ProgramEnvironment): Promise<ExitCode> {
  const { out, errors, variables, stopped } = environment;
  if (name === undefined) {
    printOverview(errors, COMMANDS);
    return EXIT.USAGE;
  }
  if (name === '--version' || name === '-v') {
    out.line(packageVersion());
    return EXIT.OK;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const topic = rest[0];
    if (topic === undefined) printOverview(out, COMMANDS);
    else printHelp(out, findCommand(topic));
    return EXIT.OK;
  }
  const command = findCommand(name);
  const { values, positionals } = parseCommandLine(command, rest);
  if (values['help']) {
    printHelp(out, command);
    return EXIT.OK;
  }
  return command.run({ values, positionals, out, errors, variables, stopped });
}

function findCommand(name: string): Command {
  const command = COMMANDS.find(each => each.name === name);
  if (command) return command;
  const names = COMMANDS.map(each => each.name).join(', ');
  throw new UsageError(`there is no command ${JSON.stringify(name)}; there are ${names}`);
}

function printError(errors: Terminal, error: unknown, debug: boolean): void {
  const { bad, quiet } = errors.palette;
  errors.line(`${bad('secur32:')} ${messageOf(error)}`);
  const hint = hintOf(error);
  if (hint) errors.line(quiet(`  ${hint}`));
  if (debug && error instanceof Error) errors.line(error.stack);
}

function messageOf(error: unknown): string {
  if (error instanceof PackageError) return visible(`${error.message} (${statusName(error.status)})`);
  return error instanceof Error ? error.message : String(error);
}

function hintOf(error: unknown): string | undefined {
  if (error instanceof SspiError || error instanceof CommandError) return error.hint;
  if (error instanceof PackageError) return error.details.hint ?? explainStatus(error.status).hint;
  if (error instanceof UsageError) return 'secur32 --help lists the commands, secur32 <command> --help its options.';
  return 'This should not happen; --debug shows where it did.';
}
