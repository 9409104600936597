import { join } from 'node:path';
import { type Account, alice } from '../accounts.js';
import { rootPrefix } from '../apt.js';
import { PROJECT_ROOT } from '../paths.js';
import { JsonProcess } from '../run/json-process.js';

export type GensecFeature = 'SIGN' | 'SEAL' | 'SESSION_KEY' | 'LDAP_STYLE' | 'DCE_STYLE' | 'ASYNC_REPLIES';

export interface GensecOptions {
  /** An smb.conf and its NetBIOS domain: a `SambaConfig`, or that of a domain controller. */
  readonly config: { readonly path: string; readonly domain: string };
  /** `ntlmssp`, `spnego`, `gssapi_krb5`, or `sasl:GSS-SPNEGO` and the like. */
  readonly mechanism: string;
  /** What to ask for; sealing and a session key when left out. */
  readonly features?: readonly GensecFeature[];
  /** Parameters of smb.conf for this peer alone: `{ 'client ntlmv2 auth': 'no' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes of a token at most: a longer one comes in pieces, each asked for with an empty token. */
  readonly longestToken?: number;
}

export interface GensecClientOptions extends GensecOptions {
  /** alice when left out. */
  readonly account?: Account;
  readonly domain?: string;
  /** The server's name; GENSEC does no Kerberos with `localhost`. */
  readonly host?: string;
  /** `host` when left out. */
  readonly service?: string;
  /** `no` when left out. */
  readonly kerberos?: 'no' | 'auto' | 'must';
}

export interface GensecStep {
  readonly done: boolean;
  readonly token?: Uint8Array;
}

/** One end of one exchange, by Samba's GENSEC. A server needs a domain controller's smb.conf.
 * Refusals reject with `PeerRefusal`. */
export class GensecPeer implements AsyncDisposable {
  readonly #process: JsonProcess;

  private constructor(program: JsonProcess) {
    this.#process = program;
  }

  static client(options: GensecClientOptions): Promise<GensecPeer> {
    const { account = alice, config, host = 'localhost', service = 'host', kerberos = 'no' } = options;
    const { user, password } = account;
    const { domain = config.domain } = options;
    return GensecPeer.#open(options, { role: 'client', user, password, domain, host, service, kerberos });
  }

  /** Takes root's rights, or sudo without a password: the accounts are in files of the domain controller. */
  static server(options: GensecOptions): Promise<GensecPeer> {
    return GensecPeer.#open(options, { role: 'server' }, rootPrefix());
  }

  static async #open(
    options: GensecOptions,
    fields: Readonly<Record<string, unknown>>,
    prefix: readonly string[] = [],
  ): Promise<GensecPeer> {
    const { config, mechanism, features = ['SEAL', 'SESSION_KEY'], parameters, env = {}, longestToken } = options;
    // sudo passes no environment on.
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const [command = 'env', ...args] = [...prefix, 'env', ...variables, PYTHON, PROGRAM];
    const program = new JsonProcess(command, args);
    try {
      await program.ask('init', {
        conf: config.path,
        options: parameters,
        mech: mechanism,
        features,
        most: longestToken,
        ...fields,
      });
      return new GensecPeer(program);
    } catch (cause) {
      await program.close();
      throw cause;
    }
  }

  async step(token?: Uint8Array): Promise<GensecStep> {
    const answer = await this.#process.ask('step', { token });
    const made = answer['token'] as string | null;
    const done = answer['done'] === true;
    return made ? { done, token: new Uint8Array(Buffer.from(made, 'base64')) } : { done };
  }

  /** Signs or seals, as was agreed: for NTLM the signature and then the data. */
  async wrap(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'wrap', { data }))!;
  }

  async unwrap(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'unwrap', { data }))!;
  }

  /** The signature alone. */
  async sign(data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('signature', 'sign', { data }))!;
  }

  async check(data: Uint8Array, signature: Uint8Array): Promise<void> {
    await this.#process.ask('check', { data, signature });
  }

  async sessionKey(): Promise<Uint8Array> {
    return (await this.#process.askBytes('key', 'sesskey'))!;
  }

  /** What was agreed of SIGN, SEAL and SESSION_KEY. */
  async features(): Promise<string[]> {
    return (await this.#process.ask('features'))['features'] as string[];
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const PYTHON = '/usr/bin/python3';
const PROGRAM = join(PROJECT_ROOT, 'test/peers/samba/gensec-peer.py');
