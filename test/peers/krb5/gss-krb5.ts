import { join } from 'node:path';
import { GssContext, startGss } from '../gss/gss-context.js';
import { PROJECT_ROOT } from '../paths.js';

/** GSS_C_..._FLAG, as python-gssapi spells them. */
export type GssKrb5Flag =
  | 'mutual_authentication'
  | 'confidentiality'
  | 'integrity'
  | 'replay_detection'
  | 'out_of_sequence_detection'
  | 'dce_style'
  | 'delegate_to_peer';

export interface GssKrb5Options {
  /** Whoever's KDC it is. */
  readonly kdc: { readonly environment: Readonly<Record<string, string>> };
  /** MIT's when left out. */
  readonly library?: 'mit' | 'heimdal';
  /** `krb5` when left out. SPNEGO agrees on Kerberos. */
  readonly mechanism?: 'krb5' | 'spnego';
  /** Application data of the channel bindings, `tls-server-end-point:...`. */
  readonly bindings?: Uint8Array | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export interface GssKrb5ClientOptions extends GssKrb5Options {
  /** A file with its tickets. */
  readonly ccache: string;
  /** `HTTP@localhost` when left out. */
  readonly target?: string;
  /** Mutual authentication, confidentiality and integrity when left out. */
  readonly flags?: readonly GssKrb5Flag[];
}

/** One end of one context of Kerberos, by MIT's libgssapi or Heimdal's. Calls that it refuses reject with `PeerRefusal`. */
export class GssKrb5 extends GssContext {
  static client(options: GssKrb5ClientOptions): Promise<GssKrb5> {
    const { ccache, target = 'HTTP@localhost' } = options;
    const { flags = ['mutual_authentication', 'confidentiality', 'integrity'] } = options;
    const env = { KRB5CCNAME: `FILE:${ccache}` };
    return GssKrb5.#open(options, env, { role: 'client', name: target, flags });
  }

  static server(options: GssKrb5Options): Promise<GssKrb5> {
    return GssKrb5.#open(options, {}, { role: 'server' });
  }

  static async #open(
    { bindings, env, kdc, library = 'mit', mechanism = 'krb5' }: GssKrb5Options,
    more: Readonly<Record<string, string>>,
    fields: Readonly<Record<string, unknown>>,
  ): Promise<GssKrb5> {
    const mechs = mechanism === 'spnego' ? ['krb5'] : [];
    const program = join(PROJECT_ROOT, PROGRAMS[library]);
    const variables = { ...kdc.environment, ...more, ...env };
    return new GssKrb5(await startGss(program, variables, { mech: mechanism, mechs, bindings, ...fields }));
  }

  /** GSS_Wrap in DCE style: what stands before the data, and the data. */
  async wrapParts(data: Uint8Array, confidential = true): Promise<{ header: Uint8Array; data: Uint8Array }> {
    const answer = await this.process.ask('wrap_iov', { data, conf: confidential });
    return { header: fromBase64(answer['header']), data: fromBase64(answer['data']) };
  }

  /** GSS_Unwrap in DCE style. */
  async unwrapParts(header: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
    return (await this.process.askBytes('data', 'unwrap_iov', { header, data }))!;
  }
}

function fromBase64(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(value ?? ''), 'base64'));
}

const PROGRAMS = { mit: 'test/peers/gss/gss-peer.py', heimdal: 'test/peers/heimdal/gss-heimdal.py' } as const;
