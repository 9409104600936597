import { explainAllStatuses, explainStatus, type StatusExplanation } from '../../sspi/status/explanations.js';
import { statusByName, statusName } from '../../sspi/status.js';
import { type Command, type CommandCall, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { type ErrorExplanation, explainKrbError, krbErrorByName } from '../kerberos/error-explanations.js';
import type { Terminal } from '../terminal.js';
import { wrapText } from '../text-layout.js';

const options = { json: JSON_OPTION } as const;

export const explain: Command = defineCommand({
  name: 'explain',
  positionals: '<status|name>...',
  summary: 'what a status means and what to do about it',
  options,
  details: [
    '',
    'A status is a number as anything prints it (0x80090308, 2148074248, -2146893048) or its name,',
    'with or without the prefix: SEC_E_INVALID_TOKEN, invalid_token. Errors of Kerberos are known by',
    'their names: KDC_ERR_S_PRINCIPAL_UNKNOWN.',
  ],
  run,
});

/** One argument, answered: what it is if anything, and names that look like it if not. */
interface Answer {
  readonly asked: string;
  readonly known: boolean;
  readonly explanation?: StatusExplanation;
  /** For what is an error of Kerberos instead. */
  readonly krbError?: ErrorExplanation;
  readonly similar?: readonly string[];
}

async function run({ values, positionals, out }: CommandCall<typeof options>): Promise<ExitCode> {
  if (positionals.length === 0) throw new UsageError('explain wants a status: secur32 explain 0x80090308');
  const answers = positionals.map(answer);
  if (values.json) out.line(JSON.stringify(answers.map(jsonAnswer), undefined, 2));
  else for (const [index, each] of answers.entries()) printAnswer(out, each, index);
  return answers.every(({ known }) => known) ? EXIT.OK : EXIT.FAILURE;
}

function answer(asked: string): Answer {
  const code = krbErrorByName(asked);
  const krbError = code === undefined ? undefined : explainKrbError(code);
  if (krbError) return { asked, known: true, krbError };
  const status = parseStatus(asked) ?? statusByName(asked);
  if (status === undefined) return { asked, known: false, similar: similarNames(asked) };
  return { asked, known: !statusName(status).startsWith('0x'), explanation: explainStatus(status) };
}

/** A status as a number in any notation; undefined for what is no number. */
function parseStatus(text: string): number | undefined {
  const hex = /^0x([0-9a-f]+)l?$/i.exec(text);
  if (!hex && !/^-?\d+$/.test(text)) return undefined;
  const value = hex ? Number.parseInt(hex[1] ?? '', 16) : Number(text);
  if (value < -0x8000_0000 || value > 0xffff_ffff) throw new UsageError(`${text} does not fit into 32 bits`);
  return value >>> 0;
}

function printAnswer(out: Terminal, { asked, known, explanation, krbError, similar }: Answer, index: number): void {
  const { strong, quiet, good, bad } = out.palette;
  if (index > 0) out.line();
  if (krbError) {
    const { code, hint, meaning, name } = krbError;
    out.line(`${strong(bad(name))}  ${quiet(`KRB-ERROR ${code}`)}`);
    out.line();
    out.line(`  ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`);
    out.line();
    for (const line of wrapText(hint, out.width - 2)) out.line(`  ${line}`);
    return;
  }
  if (!explanation) {
    out.line(`${bad(asked)} is no status that secur32 knows.`);
    if (similar?.length) out.line(quiet(`Did you mean ${similar.join(', ')}?`));
    return;
  }
  const { name, status, message, hint } = explanation;
  const paint = (status | 0) < 0 ? bad : good;
  const numbers = known ? `${hexStatus(status)}  ${status | 0}` : `${status | 0}`;
  out.line(`${strong(paint(name))}  ${quiet(numbers)}`);
  out.line();
  for (const line of wrapText(message, out.width - 2)) out.line(`  ${line}`);
  out.line();
  for (const line of wrapText(hint, out.width - 2)) out.line(`  ${line}`);
}

function jsonAnswer({ asked, known, explanation, krbError, similar }: Answer): object {
  if (krbError) return { asked, known, krbError };
  if (!explanation) return { asked, known, similar };
  const { name, status, message, hint } = explanation;
  return { asked, known, name, status, hex: hexStatus(status), signed: status | 0, message, hint };
}

function hexStatus(status: number): string {
  return `0x${status.toString(16).toUpperCase().padStart(8, '0')}`;
}

function similarNames(asked: string): string[] {
  const wanted = withoutPrefix(asked.toUpperCase());
  const rated = explainAllStatuses()
    .map(({ name }) => ({ name, distance: distance(wanted, withoutPrefix(name)) }))
    .filter(each => each.distance <= Math.max(2, wanted.length / 4));
  return rated
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

function withoutPrefix(name: string): string {
  return name.replace(/^(?:SEC_[EI]|CRYPT_E|CERT_E|TRUST_E|STATUS)_/, '');
}

/** Levenshtein distance; 0 where the one contains the other. */
function distance(a: string, b: string): number {
  if (a.length >= 4 && b.includes(a)) return 0;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
