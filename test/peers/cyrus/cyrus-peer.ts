import { LineProcess } from '../run/line-process.js';
import type { CyrusDatabase } from './cyrus-database.js';
import { CyrusError } from './cyrus-status.js';
import { desParityEnvironment, saslPeerProgram } from './programs.js';

/** Security strength factors that select one DIGEST-MD5 layer each: set minSsf and maxSsf to the same one. */
export const SSF = { none: 0, integrity: 1, 'rc4-40': 40, des: 55, 'rc4-56': 56, '3des': 112, rc4: 128 } as const;
Object.freeze(SSF);

export interface CyrusHttpRequest {
  readonly method: string;
  readonly uri: string;
  readonly entity?: Uint8Array;
}

export interface CyrusOptions {
  /** SASL service name; `imap` when left out. */
  readonly service?: string;
  /** The server's host name; `localhost` when left out. */
  readonly fqdn?: string;
  /** Of a server: the realm of its users. Of a client: the realm to choose; the first offered when left out. */
  readonly realm?: string;
  readonly minSsf?: number;
  /** 256 when left out. */
  readonly maxSsf?: number;
  /** The largest frame to receive, in bytes; 65536 when left out. */
  readonly maxBuffer?: number;
  /** SASL_SEC_ flags of <sasl/sasl.h>. */
  readonly securityFlags?: number;
  /** What a TLS layer underneath is said to give. */
  readonly externalSsf?: number;
  readonly externalId?: string;
  /** The last message of the server comes with its success, as HTTP and SASL-aware protocols allow; else without. */
  readonly successData?: boolean;
  /** HTTP Digest in place of SASL: tokens are the text after the word `Digest`. Implies `successData`. */
  readonly http?: CyrusHttpRequest;
  /** Makes the 3des cipher work where OpenSSL 3 refuses its keys. */
  readonly desParityShim?: boolean;
  /** More environment: that of GSS-API mechanisms, for GSSAPI and GSS-SPNEGO. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface CyrusClientOptions extends CyrusOptions {
  readonly authid?: string;
  readonly authzid?: string;
  readonly password?: string;
}

export interface CyrusServerOptions extends CyrusOptions {
  readonly database: CyrusDatabase;
}

export interface CyrusStep {
  readonly done: boolean;
  readonly token?: Uint8Array;
}

export interface CyrusProperties {
  /** With `@realm` behind it on a server whose user realm is not its host name. */
  readonly user?: string;
  readonly authUser?: string;
  readonly realm?: string;
  readonly mechanism?: string;
  /** Strength of the agreed layer. */
  readonly ssf: number;
  /** The most plain bytes that one `encode` may take; 0 without a layer. */
  readonly maxOutput: number;
}

/**
 * One end of one SASL connection, by libsasl2. Every call that libsasl2 refuses rejects with {@link CyrusError}.
 *
 * @example
 * await using client = await CyrusPeer.client({ authid: 'alice', password: 'pw-alice', maxSsf: SSF.integrity });
 * await client.start('DIGEST-MD5');
 * const { token } = await client.step(challenge);
 */
export class CyrusPeer implements AsyncDisposable {
  readonly #process: LineProcess;

  private constructor(program: LineProcess) {
    this.#process = program;
  }

  static client(options: CyrusClientOptions = {}): Promise<CyrusPeer> {
    const { authid, authzid, password } = options;
    return CyrusPeer.#open({ role: 'client', authid, authzid, password, ...commonFields(options) }, options);
  }

  static server(options: CyrusServerOptions): Promise<CyrusPeer> {
    const { database } = options;
    const fields = { role: 'server', ...commonFields({ realm: database.realm, ...options }) };
    return CyrusPeer.#open(fields, options, database.env);
  }

  static async #open(fields: Fields, options: CyrusOptions, env: Readonly<Record<string, string>> = {}) {
    const shim = options.desParityShim === true ? await desParityEnvironment() : {};
    const peer = new CyrusPeer(
      new LineProcess(await saslPeerProgram(), [], { env: { ...env, ...shim, ...options.env } }),
    );
    try {
      await peer.#ask('new', fields);
      return peer;
    } catch (cause) {
      await peer.close();
      throw cause;
    }
  }

  /** The mechanisms that this end can do under its security properties. */
  async list(): Promise<string[]> {
    const { mechs } = await this.#ask('list');
    return mechs?.split(' ') ?? [];
  }

  /** The first call. A client has no token to give; a server gets the client's initial response, if there is one. */
  async start(mechanism: string, token?: Uint8Array): Promise<CyrusStep> {
    return toStep(await this.#ask('start', { mech: mechanism, token: toBase64(token) }));
  }

  /** A later call, with what the other end sent. */
  async step(token?: Uint8Array): Promise<CyrusStep> {
    return toStep(await this.#ask('step', { token: toBase64(token) }));
  }

  /** Protects bytes for the other end: `sasl_encode`. */
  async encode(data: Uint8Array): Promise<Uint8Array> {
    return fromBase64((await this.#ask('encode', { data: toBase64(data) })).data);
  }

  /** Takes any part of what the other end sent and answers the plain bytes that are complete: `sasl_decode`. */
  async decode(data: Uint8Array): Promise<Uint8Array> {
    return fromBase64((await this.#ask('decode', { data: toBase64(data) })).data);
  }

  async props(): Promise<CyrusProperties> {
    const { user, authuser, realm, mech, ssf, maxout } = await this.#ask('props');
    return {
      ...(user !== undefined && { user }),
      ...(authuser !== undefined && { authUser: authuser }),
      ...(realm !== undefined && { realm }),
      ...(mech !== undefined && { mechanism: mech }),
      ssf: Number(ssf ?? 0),
      maxOutput: Number(maxout ?? 0),
    };
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(operation: string, fields: Fields = {}): Promise<Record<string, string>> {
    this.#process.write([operation, ...formatFields(fields)].join('\t'));
    const answer = parseFields(await this.#process.read());
    const rc = Number(answer['rc']);
    if (rc < 0) throw new CyrusError(rc, answer['error'] ?? `${operation}: ${rc}`);
    return answer;
  }
}

/** Lets two peers authenticate to each other, as a proof that both of them work. */
export async function authenticatePair(client: CyrusPeer, server: CyrusPeer, mechanism: string): Promise<void> {
  let fromClient = await client.start(mechanism);
  let fromServer = await server.start(mechanism, fromClient.token);
  while (!fromClient.done) {
    fromClient = await client.step(fromServer.token);
    if (!fromServer.done) fromServer = await server.step(fromClient.token);
  }
}

type Fields = Readonly<Record<string, string | number | undefined>>;

function commonFields(options: CyrusOptions): Fields {
  return {
    service: options.service ?? 'imap',
    fqdn: options.fqdn ?? 'localhost',
    realm: options.realm,
    min: options.minSsf,
    max: options.maxSsf,
    maxbuf: options.maxBuffer,
    flags: options.securityFlags,
    extssf: options.externalSsf,
    extid: options.externalId,
    'success-data': options.successData === true || options.http !== undefined ? 1 : undefined,
    'http-method': options.http?.method,
    'http-uri': options.http?.uri,
    'http-entity': toBase64(options.http?.entity),
  };
}

function formatFields(fields: Fields): string[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (/[\t\r\n]/.test(String(value))) throw new TypeError(`${name} does not fit the line protocol`);
      return `${name}=${value}`;
    });
}

function parseFields(line: string): Record<string, string> {
  const pairs = line.split('\t').map(field => {
    const equals = field.indexOf('=');
    return [field.slice(0, equals), field.slice(equals + 1)];
  });
  return Object.fromEntries(pairs);
}

function toStep(answer: Record<string, string>): CyrusStep {
  const done = answer['rc'] === '0';
  return answer['token'] === undefined ? { done } : { done, token: fromBase64(answer['token']) };
}

function toBase64(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(text ?? '', 'base64'));
}
