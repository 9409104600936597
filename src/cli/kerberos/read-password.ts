import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream } from 'node:tty';
import { CommandError } from '../command.js';
import type { Terminal } from '../terminal.js';

/** The option of commands that need a password. It never stands on the command line, where every user of the machine can read it. */
export const PASSWORD_FILE_OPTION = {
  type: 'string',
  value: 'FILE',
  description: 'take the password from the first line of a file, - for standard input; else it is asked for',
} as const;

/** The first line of a file, or of standard input where that is no terminal; on a terminal, what is typed without being shown. */
export async function readPassword(errors: Terminal, question: string, file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') return firstLine(await readFileText(file), file);
  if (file === undefined && process.stdin.isTTY) return askPassword(process.stdin as ReadStream, errors, question);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return firstLine(Buffer.concat(chunks).toString(), 'standard input');
}

async function readFileText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`The password cannot be read. ${(error as Error).message}`);
  }
}

function firstLine(text: string, source: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line !== '') return line;
  throw new CommandError(`There is no password in ${source}.`, 'It is the first line.');
}

/** Typed characters are not shown. Ctrl-C ends the program as it does elsewhere, Ctrl-U begins anew. */
async function askPassword(input: ReadStream, errors: Terminal, question: string): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let typed = '';
  input.setRawMode(true);
  errors.write(`${question}: `);
  try {
    for await (const chunk of input) {
      for (const character of decoder.write(chunk as Buffer)) {
        if (character === '\r' || character === '\n') return checkTyped(typed);
        if (character === CTRL_C) throw new Interrupted();
        if (character === CTRL_D && typed === '') return checkTyped(typed);
        if (character === CTRL_U) typed = '';
        else if (BACKSPACES.has(character)) typed = [...typed].slice(0, -1).join('');
        else if (character >= ' ') typed += character;
      }
    }
    return checkTyped(typed);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    input.setRawMode(false);
    process.kill(process.pid, 'SIGINT');
    throw new CommandError('There is no password.');
  } finally {
    input.setRawMode(false);
    errors.line();
  }
}

class Interrupted extends Error {}

function checkTyped(typed: string): string {
  if (typed !== '') return typed;
  throw new CommandError('There is no password.', 'Type one, or name a file that has it: --password-file.');
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACES: ReadonlySet<string> = new Set(['\u007f', '\b']);
