import process from 'node:process';
import { MalformedBytesError } from '../../bytes/errors.js';
import { decodeHex, encodeHex } from '../../bytes/hex.js';
import { nodeEnvironment } from '../../engine/environment.js';
import { loadKeytab } from '../../engine/kerberos/keytab/load-keytab.js';
import { ntHash as hashPassword } from '../../engine/ntlm/responses/password-hash.js';
import { PackageError } from '../../engine/package-error.js';
import { type Command, type CommandCall, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { checkNtlm, type Finding } from '../decode/check/ntlm-check.js';
import { collectNtlm } from '../decode/check/ntlm-exchange.js';
import type { DecodedToken } from '../decode/decoded-token.js';
import { decodeHttpDigest } from '../decode/http-digest.js';
import { KeyRing } from '../decode/kerberos/key-ring.js';
import { recognizeToken } from '../decode/recognize.js';
import { printFields, visible } from '../decode/render-tree.js';
import { readTokenText } from '../decode/token-input.js';
import { hexDump } from '../demo/byte-text.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { countOf } from '../text-layout.js';

const options = {
  password: { type: 'string', value: 'TEXT', description: 'check the responses and the MIC of NTLM with a password' },
  'nt-hash': { type: 'string', value: 'HEX', description: 'the same with the NT hash of a password' },
  keytab: {
    type: 'string',
    value: 'FILE',
    description: 'look into what is encrypted in messages of Kerberos, down to the PAC, with the keys of services',
  },
  verbose: { type: 'boolean', description: 'long values whole, and the bytes of each token' },
  json: JSON_OPTION,
} as const;

export const decode: Command = defineCommand({
  name: 'decode',
  summary: 'show what is in tokens of NTLM, SPNEGO, Kerberos and Digest, and in messages of KDCs',
  positionals: '<token>...',
  options,
  details: [
    '',
    'A token is base64 or hexadecimal, a whole HTTP header ("Authorization: Negotiate ..."), or - for',
    'standard input with one on each line, or with the bytes of one.',
    '',
    'To check a logon give all its tokens in their order: the NT response answers the challenge, and',
    'the MIC covers all three messages.',
    '',
    '  secur32 decode --password "open sesame" TlRMTVNTUAAB... TlRMTVNTUAAC... TlRMTVNTUAAD...',
    '',
    'Of Kerberos, every message is known: tokens of GSS-API and SPNEGO, what goes to KDCs and comes',
    'back, tickets, and parts of them. A key that comes to light in one token is tried on those that',
    'follow: the ticket opens the reply, and the messages after it.',
    '',
    '  secur32 decode --keytab /etc/krb5.keytab "Authorization: Negotiate YIIF..."',
  ],
  run,
});

/** What was pasted, and what it is. */
interface Shown {
  readonly bytes: Uint8Array | undefined;
  readonly decoded: DecodedToken | undefined;
}

async function run({ values, positionals, out, variables }: CommandCall<typeof options>): Promise<ExitCode> {
  const hash = secretOf(values);
  if (positionals.length === 0) throw new UsageError('there is no token to decode');
  const { keytab } = values;
  const ring = new KeyRing(keytab === undefined ? undefined : await loadKeytab(nodeEnvironment({ variables }), keytab));
  const shown: Shown[] = [];
  for (const text of positionals) {
    shown.push(...(text === '-' ? await readStandardInput(ring) : [readToken(text, ring)]));
  }
  const findings = hash ? check(shown, hash) : [];
  if (values.json) printJson(out, shown, findings);
  else printText(out, shown, findings, values.verbose);
  const asItShouldBe = shown.every(({ decoded }) => decoded) && findings.every(({ verdict }) => verdict !== 'bad');
  return asItShouldBe ? EXIT.OK : EXIT.FAILURE;
}

function secretOf(values: CommandCall<typeof options>['values']): Uint8Array | undefined {
  if (values.password !== undefined) return hashPassword(values.password);
  const hex = values['nt-hash'];
  if (hex === undefined) return undefined;
  try {
    const hash = decodeHex(hex);
    if (hash.length === 16) return hash;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
  }
  throw new UsageError('--nt-hash takes 32 hexadecimal digits');
}

function readToken(text: string, ring: KeyRing): Shown {
  const { scheme, bytes } = readTokenText(text);
  if (!bytes) return { bytes, decoded: undefined };
  if (scheme === 'digest') return { bytes, decoded: decodeHttpDigest(bytes) };
  // A scheme without a token is how a server begins, and how HTTP asks for one.
  if (scheme && bytes.length === 0) return { bytes, decoded: { name: `${scheme}, without a token`, fields: [] } };
  return { bytes, decoded: recognizeToken(bytes, ring) };
}

async function readStandardInput(ring: KeyRing): Promise<Shown[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const bytes = new Uint8Array(Buffer.concat(chunks));
  if (!bytes.every(isTextByte)) return [{ bytes, decoded: recognizeToken(bytes, ring) }];
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  return lines.filter(line => line.trim() !== '').map(line => readToken(line, ring));
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function check(shown: readonly Shown[], hash: Uint8Array): Finding[] {
  try {
    return checkNtlm(collectNtlm(shown.flatMap(({ bytes }) => bytes ?? [])), hash);
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    return [{ what: 'the messages', verdict: 'bad', text: error.message }];
  }
}

function printText(
  out: Terminal,
  shown: readonly Shown[],
  findings: readonly Finding[],
  verbose: boolean | undefined,
): void {
  const { bad, quiet, strong } = out.palette;
  for (const [index, { bytes, decoded }] of shown.entries()) {
    if (index > 0) out.line();
    if (!bytes) {
      out.line(bad('this is neither base64 nor hexadecimal'));
      continue;
    }
    const size = quiet(`, ${countOf(bytes.length, 'byte')}`);
    if (decoded) {
      const gist = decoded.gist ? quiet(`: ${visible(decoded.gist)}`) : '';
      out.line(`${strong(decoded.name)}${size}${gist}`);
      printFields(out, decoded.fields, verbose);
    } else out.line(`${bad('no token that is known here')}${size}`);
    if (verbose || !decoded) for (const line of hexDump(bytes)) out.line(quiet(`  ${line}`));
  }
  if (findings.length > 0) out.line();
  const column = Math.max(0, ...findings.map(({ what }) => what.length));
  for (const { what, verdict, text } of findings) {
    out.line(`${mark(out, verdict)} ${strong(what.padEnd(column))}  ${text}`);
  }
}

function mark({ palette }: Terminal, verdict: Finding['verdict']): string {
  switch (verdict) {
    case 'good':
      return palette.good('✓');
    case 'bad':
      return palette.bad('✗');
    case 'open':
      return palette.pending('?');
    case 'known':
      return ' ';
  }
}

function printJson(out: Terminal, shown: readonly Shown[], findings: readonly Finding[]): void {
  const tokens = shown.map(({ bytes, decoded }) => ({ bytes: bytes && encodeHex(bytes), ...decoded }));
  out.line(JSON.stringify({ tokens, findings }, undefined, 2));
}
