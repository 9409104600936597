import { join } from 'node:path';
import { type Account, alice } from '../accounts.js';
import { PROJECT_ROOT } from '../paths.js';
import { JsonProcess } from '../run/json-process.js';
import type { GssUsers } from './gss-users.js';

export type GssMechanism = 'spnego' | 'ntlm' | 'krb5';

/** GSS_C_..._FLAG, as python-gssapi spells them. */
export type GssFlag =
  | 'mutual_authentication'
  | 'confidentiality'
  | 'integrity'
  | 'replay_detection'
  | 'out_of_sequence_detection'
  | 'anonymity';

export interface GssOptions {
  readonly users: GssUsers;
  readonly mechanism: GssMechanism;
  /** What SPNEGO may agree on; a client's is `['ntlm']` when left out, a server's all that it can do. */
  readonly negotiable?: readonly GssMechanism[];
  /** Application data of the channel bindings, `tls-server-end-point:...`. */
  readonly bindings?: Uint8Array;
  /** More environment: KRB5CCNAME, KRB5_CONFIG, ... */
  readonly env?: Readonly<Record<string, string>>;
}

export interface GssClientOptions extends GssOptions {
  /** alice when left out; `null` for whatever the environment has. */
  readonly account?: Account | null;
  /** `HTTP@localhost` when left out. */
  readonly target?: string;
  readonly flags?: readonly GssFlag[];
}

export interface GssStep {
  readonly done: boolean;
  readonly token?: Uint8Array;
  /** Once done: the mechanism's object identifier, the flags that were agreed, and on servers who the client is. */
  readonly mechanism?: string;
  readonly flags?: readonly string[];
  readonly initiator?: string;
}

/**
 * One end of one GSS-API exchange, by MIT's libgssapi and the mechanism gss-ntlmssp. Calls that it refuses reject with `PeerRefusal`.
 *
 * @example
 * await using client = await GssPeer.client({ users: users(), mechanism: 'spnego' });
 * const { token } = await client.step();
 */
export class GssPeer implements AsyncDisposable {
  readonly #process: JsonProcess;

  private constructor(program: JsonProcess) {
    this.#process = program;
  }

  static client(options: GssClientOptions): Promise<GssPeer> {
    const { account = alice, target = 'HTTP@localhost', users } = options;
    const { flags = ['mutual_authentication', 'confidentiality', 'integrity'] } = options;
    const { negotiable = ['ntlm'] } = options;
    const who = account && { user: `${users.domain}\\${account.user}`, password: account.password };
    return GssPeer.#open({ ...options, negotiable }, { role: 'client', name: target, flags, ...who });
  }

  static server(options: GssOptions): Promise<GssPeer> {
    return GssPeer.#open(options, { role: 'server' });
  }

  static async #open(options: GssOptions, fields: Readonly<Record<string, unknown>>): Promise<GssPeer> {
    const { users, mechanism, bindings, negotiable = [] } = options;
    const program = new JsonProcess(PYTHON, [PROGRAM], { env: { ...users.env, ...options.env } });
    const mechs = mechanism === 'spnego' ? negotiable : [];
    try {
      await program.ask('init', { mech: mechanism, mechs, bindings, ...fields });
      return new GssPeer(program);
    } catch (cause) {
      await program.close();
      throw cause;
    }
  }

  async step(token?: Uint8Array): Promise<GssStep> {
    const answer = await this.#process.ask('step', { token });
    const made = answer['token'] as string | null;
    return {
      done: answer['done'] === true,
      ...(made && { token: new Uint8Array(Buffer.from(made, 'base64')) }),
      ...(answer['done'] === true && {
        mechanism: answer['mech'] as string,
        flags: answer['flags'] as string[],
        initiator: answer['initiator'] as string,
      }),
    };
  }

  /** GSS_Wrap. */
  async wrap(data: Uint8Array, confidential = true): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'wrap', { data, conf: confidential }))!;
  }

  /** GSS_Unwrap. */
  async unwrap(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'unwrap', { data }))!;
  }

  /** GSS_GetMIC. */
  async mic(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('mic', 'mic', { data }))!;
  }

  /** GSS_VerifyMIC. */
  async verify(data: Uint8Array, mic: Uint8Array): Promise<void> {
    await this.#process.ask('verify', { data, mic });
  }

  async sessionKey(): Promise<Uint8Array> {
    return (await this.#process.askBytes('key', 'sesskey'))!;
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The distribution's own: others on the path do not have its modules. */
const PYTHON = '/usr/bin/python3';
const PROGRAM = join(PROJECT_ROOT, 'test/peers/gss/gss-peer.py');
