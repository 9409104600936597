import { join } from 'node:path';
import { PROJECT_ROOT } from '../paths.js';
import { JsonProcess } from '../run/json-process.js';

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

export interface GssKrb5Step {
  readonly done: boolean;
  readonly token?: Uint8Array;
  /** Once done. */
  readonly mechanism?: string;
  readonly flags?: readonly string[];
  /** On servers. */
  readonly initiator?: string;
}

/** One end of one context of Kerberos, by MIT's libgssapi or Heimdal's. Calls that it refuses reject with `PeerRefusal`. */
export class GssKrb5 implements AsyncDisposable {
  readonly #process: JsonProcess;

  private constructor(program: JsonProcess) {
    this.#process = program;
  }

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
    const program = new JsonProcess(PYTHON, [join(PROJECT_ROOT, PROGRAMS[library])], {
      env: { ...kdc.environment, ...more, ...env },
    });
    const mechs = mechanism === 'spnego' ? ['krb5'] : [];
    try {
      await program.ask('init', { mech: mechanism, mechs, bindings, ...fields });
      return new GssKrb5(program);
    } catch (cause) {
      await program.close();
      throw cause;
    }
  }

  async step(token?: Uint8Array): Promise<GssKrb5Step> {
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

  /** GSS_Wrap in DCE style: what stands before the data, and the data. */
  async wrapParts(data: Uint8Array, confidential = true): Promise<{ header: Uint8Array; data: Uint8Array }> {
    const answer = await this.#process.ask('wrap_iov', { data, conf: confidential });
    return { header: fromBase64(answer['header']), data: fromBase64(answer['data']) };
  }

  /** GSS_Unwrap in DCE style. */
  async unwrapParts(header: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
    return (await this.#process.askBytes('data', 'unwrap_iov', { header, data }))!;
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

function fromBase64(value: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(value ?? ''), 'base64'));
}

/** The distribution's own: others on the path do not have its modules. */
const PYTHON = '/usr/bin/python3';
const PROGRAMS = { mit: 'test/peers/gss/gss-peer.py', heimdal: 'test/peers/heimdal/gss-heimdal.py' } as const;
