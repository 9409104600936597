import { existsSync, readFileSync } from 'node:fs';
import { TemporaryFolder } from '../run/folder.js';
import { type RunResult, runCommand } from '../run/run-command.js';

export interface CurlOptions {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** `digest` when left out. `negotiate` is libgssapi's, which takes its accounts from the environment. */
  readonly scheme?: 'digest' | 'negotiate' | 'ntlm';
  readonly env?: Readonly<Record<string, string>>;
  /** In which encoding curl gets user and password; what it makes of them is its own business. UTF-8 when left out. */
  readonly encoding?: 'utf8' | 'latin1';
  /** More of curl's options. With `--location` it keeps the nonce across a redirection and counts its uses. */
  readonly args?: readonly string[];
}

export interface CurlResponse {
  readonly status: number;
  readonly headers: Headers;
}

export interface CurlResult extends RunResult {
  /** Every response in order: those that asked for authentication too. */
  readonly responses: readonly CurlResponse[];
  /** Every `Authorization` that curl sent, in order. */
  readonly authorizations: readonly string[];
  /** Of the last response. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * Runs `curl --digest`, or with another scheme. With Digest it asks without credentials first and answers the challenge.
 *
 * @example
 * const { status, body } = await curl({ url: `${origin}/secret`, user: 'alice', password: 'pw-alice' });
 */
export async function curl({
  url,
  user,
  password,
  scheme = 'digest',
  env,
  encoding = 'utf8',
  args = [],
}: CurlOptions): Promise<CurlResult> {
  await using folder = new TemporaryFolder('curl');
  const file = (name: string): string => `${folder.path}/${name}`;
  const output = ['--dump-header', file('headers'), '--output', file('body')];
  const options = ['--silent', '--show-error', '--verbose', '--max-time', '20', '--noproxy', '*'];
  const command = ['--disable', ...options, `--${scheme}`, '--config', '-'];
  // Arguments of commands are UTF-8.
  const input = Buffer.from(`user = "${`${user}:${password}`.replace(/["\\]/g, '\\$&')}"\n`, encoding);
  const result = await runCommand('curl', [...command, ...output, ...args, url], { env, input });
  const responses = parseResponses(readIfThere(file('headers')));
  const last = responses.at(-1);
  return {
    ...result,
    responses,
    authorizations: [...result.stderr.matchAll(/^> Authorization: (.*?)\r?$/gim)].map(match => match[1] ?? ''),
    status: last?.status ?? 0,
    headers: last?.headers ?? new Headers(),
    body: readIfThere(file('body')),
  };
}

function parseResponses(text: string): CurlResponse[] {
  return text
    .split('\r\n\r\n')
    .filter(block => block.startsWith('HTTP/'))
    .map(block => {
      const [statusLine = '', ...lines] = block.split('\r\n');
      const headers = new Headers();
      for (const line of lines) headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1));
      return { status: Number(statusLine.split(' ')[1]), headers };
    });
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
