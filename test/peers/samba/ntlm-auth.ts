import { type Account, alice } from '../accounts.js';
import { LineProcess } from '../run/line-process.js';
import type { SambaConfig } from './samba-config.js';

export interface NtlmAuthOptions {
  readonly config: SambaConfig;
  /** Whom a client logs on as, or the one account that a server knows; alice when left out. */
  readonly account?: Account;
  readonly domain?: string;
  /** Parameters of smb.conf for this peer alone: `{ 'client ntlmv2 auth': 'no' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface NtlmAuthStep {
  readonly done: boolean;
  readonly token?: Uint8Array;
  /** On a server, once done: the user as the helper reports it. */
  readonly user?: string;
}

/** The helper refused a logon, or did not like what it got: `code` is `NA` or `BH`, the message its reason. */
export class NtlmAuthRefusal extends Error {
  override readonly name: string = 'NtlmAuthRefusal';
  readonly code: string;
  readonly token: Uint8Array | undefined;

  constructor(code: string, message: string, token: Uint8Array | undefined) {
    super(message);
    this.code = code;
    this.token = token;
  }
}

/** Helper protocols of ntlm_auth(1), by mechanism. */
const PROTOCOLS = {
  client: { ntlmssp: 'ntlmssp-client-1', spnego: 'gss-spnego-client' },
  server: { ntlmssp: 'squid-2.5-ntlmssp', spnego: 'gss-spnego' },
} as const;

/** Samba's `ntlm_auth` as one end of one exchange, without a domain: a server knows the one account it is given. */
export class NtlmAuth implements AsyncDisposable {
  readonly #process: LineProcess;
  readonly #role: 'client' | 'server';
  #begun = false;

  private constructor(role: 'client' | 'server', program: LineProcess) {
    this.#role = role;
    this.#process = program;
  }

  static async client(mechanism: 'ntlmssp' | 'spnego', options: NtlmAuthOptions): Promise<NtlmAuth> {
    return NtlmAuth.#start('client', mechanism, options);
  }

  static async server(mechanism: 'ntlmssp' | 'spnego', options: NtlmAuthOptions): Promise<NtlmAuth> {
    return NtlmAuth.#start('server', mechanism, options);
  }

  static #start(role: 'client' | 'server', mechanism: 'ntlmssp' | 'spnego', options: NtlmAuthOptions): NtlmAuth {
    const { account = alice, config, domain = config.domain, parameters = {} } = options;
    const args = [
      `--configfile=${config.path}`,
      `--helper-protocol=${PROTOCOLS[role][mechanism]}`,
      `--username=${account.user}`,
      `--password=${account.password}`,
      `--domain=${domain}`,
      ...Object.entries(parameters).map(([name, value]) => `--option=${name}=${value}`),
    ];
    return new NtlmAuth(role, new LineProcess('ntlm_auth', args));
  }

  /** The next turn. A client begins without a token. Rejects with {@link NtlmAuthRefusal}. */
  async step(token?: Uint8Array): Promise<NtlmAuthStep> {
    const answer = await this.#say(this.#command(), token);
    return this.#role === 'client' ? clientStep(answer) : serverStep(answer);
  }

  /** The exported session key, once done. */
  async sessionKey(): Promise<Uint8Array> {
    const [, key] = await this.#say('GK');
    return decode(key) ?? new Uint8Array(0);
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #command(): string {
    const first = !this.#begun;
    this.#begun = true;
    if (first) return 'YR';
    return this.#role === 'client' ? 'TT' : 'KK';
  }

  async #say(command: string, token?: Uint8Array): Promise<string[]> {
    this.#process.write(token === undefined ? command : `${command} ${Buffer.from(token).toString('base64')}`);
    const words = (await this.#process.read()).split(' ');
    const [code = ''] = words;
    if (code !== 'NA' && code !== 'BH') return words;
    // SPNEGO's helper has a token before the reason, or an asterisk.
    const hasToken = words.length > 2;
    throw new NtlmAuthRefusal(code, words.slice(hasToken ? 2 : 1).join(' '), hasToken ? decode(words[1]) : undefined);
  }
}

/** `YR token` and `KK token` go on, `AF token` is the last word. */
function clientStep([code, token]: string[]): NtlmAuthStep {
  return toStep(code === 'AF', decode(token));
}

/** `TT token` goes on; `AF user`, or `AF token user` with SPNEGO, is the end. */
function serverStep([code, ...words]: string[]): NtlmAuthStep {
  if (code !== 'AF') return toStep(false, decode(words[0]));
  const [token, ...user] = words.length > 1 ? words : [undefined, ...words];
  return { ...toStep(true, decode(token)), user: user.join(' ') };
}

function toStep(done: boolean, token: Uint8Array | undefined): NtlmAuthStep {
  return token ? { done, token } : { done };
}

function decode(text: string | undefined): Uint8Array | undefined {
  return text === undefined || text === '*' ? undefined : new Uint8Array(Buffer.from(text, 'base64'));
}
