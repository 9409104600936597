import { join } from 'node:path';
import { type Account, alice } from '../accounts.js';
import { PROJECT_ROOT } from '../paths.js';
import { GssContext, startGss } from './gss-context.js';
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

/**
 * One end of one GSS-API exchange, by MIT's libgssapi and the mechanism gss-ntlmssp. Calls that it refuses reject with `PeerRefusal`.
 *
 * @example
 * await using client = await GssPeer.client({ users: users(), mechanism: 'spnego' });
 * const { token } = await client.step();
 */
export class GssPeer extends GssContext {
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
    const mechs = mechanism === 'spnego' ? negotiable : [];
    const env = { ...users.env, ...options.env };
    return new GssPeer(await startGss(PROGRAM, env, { mech: mechanism, mechs, bindings, ...fields }));
  }
}

const PROGRAM = join(PROJECT_ROOT, 'test/peers/gss/gss-peer.py');
