import {
  ASC_REQ,
  type AuthData,
  applicationProtocols,
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  findBuffer,
  ISC_REQ,
  type MessageBuffers,
  SEC_E,
  SEC_I,
  SECBUFFER,
  SECPKG_ATTR,
  type SecBuffer,
  type SecurityFunctionTable,
  SspiError,
} from 'secur32/raw';

export const ISC_FLAGS: number =
  ISC_REQ.SEQUENCE_DETECT | ISC_REQ.REPLAY_DETECT | ISC_REQ.CONFIDENTIALITY | ISC_REQ.EXTENDED_ERROR | ISC_REQ.STREAM;
export const ASC_FLAGS: number =
  ASC_REQ.SEQUENCE_DETECT | ASC_REQ.REPLAY_DETECT | ASC_REQ.CONFIDENTIALITY | ASC_REQ.EXTENDED_ERROR | ASC_REQ.STREAM;

export const EMPTY: SecBuffer = { type: SECBUFFER.EMPTY, data: new Uint8Array(0) };

export interface SideOptions {
  readonly targetName?: string;
  readonly flags?: number;
  readonly alpn?: readonly string[];
}

/** One side of a Schannel connection, by the documented loop: bytes in, bytes out. */
export class Side {
  readonly sspi: SecurityFunctionTable;
  readonly role: 'client' | 'server';
  readonly credential: CredHandle;
  readonly options: SideOptions;
  context: CtxtHandle | undefined;
  /** The statuses of its legs. */
  readonly statuses: number[] = [];
  contextAttr = 0;
  done = false;
  expired = false;
  /** What the peer has sent and nobody has taken yet. */
  pending: Uint8Array = new Uint8Array(0);
  received: Buffer = Buffer.alloc(0);

  constructor(sspi: SecurityFunctionTable, role: 'client' | 'server', credential: CredHandle, options: SideOptions) {
    this.sspi = sspi;
    this.role = role;
    this.credential = credential;
    this.options = options;
  }

  static async acquire(
    sspi: SecurityFunctionTable,
    role: 'client' | 'server',
    authData: AuthData,
    options: SideOptions = {},
  ): Promise<Side> {
    const credentialUse = role === 'client' ? 'outbound' : 'inbound';
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'Schannel', credentialUse, authData });
    return new Side(sspi, role, credential, options);
  }

  /** Another connection with the same credential. */
  again(options: SideOptions = this.options): Side {
    return new Side(this.sspi, this.role, this.credential, options);
  }

  leg(token: Uint8Array | undefined): Promise<ContextLeg> {
    const { targetName, flags, alpn } = this.options;
    const input: SecBuffer[] = token ? [{ type: SECBUFFER.TOKEN, data: token }, EMPTY] : [];
    if (alpn) input.push({ type: SECBUFFER.APPLICATION_PROTOCOLS, data: applicationProtocols(alpn) });
    const { credential, context } = this;
    if (this.role === 'server') {
      return this.sspi.acceptSecurityContext({ credential, context, input, contextReq: flags ?? ASC_FLAGS });
    }
    return this.sspi.initializeSecurityContext({
      credential,
      context,
      targetName: targetName ?? 'localhost',
      input,
      contextReq: flags ?? ISC_FLAGS,
    });
  }

  start(): Promise<Uint8Array> {
    return this.#legs(undefined);
  }

  /** Takes bytes of the peer, in any split, and gives what goes back. */
  async take(bytes: Uint8Array): Promise<Uint8Array> {
    this.pending = Buffer.concat([this.pending, bytes]);
    if (!this.done) return this.#legs(this.pending);
    return this.#decrypt();
  }

  async #legs(token: Uint8Array | undefined): Promise<Uint8Array> {
    const out: Uint8Array[] = [];
    let next = token;
    for (;;) {
      const { status, context, output, input, contextAttr } = await this.leg(next);
      this.context = context;
      this.contextAttr = contextAttr;
      this.statuses.push(status);
      if (status === SEC_E.INCOMPLETE_MESSAGE) return Buffer.concat(out);
      const sent = findBuffer(output, SECBUFFER.TOKEN)?.data;
      if (sent) out.push(sent);
      if (status === SEC_I.INCOMPLETE_CREDENTIALS) continue;
      const extra = findBuffer(input, SECBUFFER.EXTRA)?.data;
      this.pending = Buffer.from(extra ?? []);
      if (status === SEC_E.OK) {
        this.done = true;
        return this.pending.length > 0 ? Buffer.concat([...out, await this.#decrypt()]) : Buffer.concat(out);
      }
      if (!extra) return Buffer.concat(out);
      next = this.pending;
    }
  }

  async #decrypt(): Promise<Uint8Array> {
    while (this.pending.length > 0) {
      const opened = await this.decryptMessage(this.pending);
      if (opened.status === SEC_E.INCOMPLETE_MESSAGE) break;
      const extra = findBuffer(opened, SECBUFFER.EXTRA)?.data;
      this.pending = Buffer.from(extra ?? []);
      if (opened.status === SEC_I.CONTEXT_EXPIRED) {
        this.expired = true;
        break;
      }
      if (opened.status === SEC_I.RENEGOTIATE) {
        this.done = false;
        return this.#legs(this.pending);
      }
      this.received = Buffer.concat([this.received, findBuffer(opened, SECBUFFER.DATA)!.data]);
    }
    return new Uint8Array(0);
  }

  decryptMessage(bytes: Uint8Array): Promise<MessageBuffers> {
    const buffers = [{ type: SECBUFFER.DATA, data: bytes }, EMPTY, EMPTY, EMPTY];
    return this.sspi.decryptMessage(this.context!, { buffers });
  }

  async encrypt(plaintext: Uint8Array): Promise<Uint8Array> {
    const { header, trailer } = await this.sspi.queryContextAttributes(this.context!, SECPKG_ATTR.STREAM_SIZES);
    const room = new Uint8Array(header + plaintext.length + trailer);
    room.set(plaintext, header);
    const end = header + plaintext.length;
    const sealed = await this.sspi.encryptMessage(this.context!, {
      buffers: [
        { type: SECBUFFER.STREAM_HEADER, data: room.subarray(0, header) },
        { type: SECBUFFER.DATA, data: room.subarray(header, end) },
        { type: SECBUFFER.STREAM_TRAILER, data: room.subarray(end) },
        EMPTY,
      ],
    });
    return Buffer.concat(sealed.map(({ data }) => data));
  }

  async shutDown(): Promise<Uint8Array> {
    await this.sspi.applyControlToken(this.context!, [{ type: SECBUFFER.TOKEN, data: Uint8Array.of(1, 0, 0, 0) }]);
    const { output } = await this.leg(undefined);
    return findBuffer(output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
  }

  async delete(): Promise<void> {
    if (this.context) await this.sspi.deleteSecurityContext(this.context);
    this.context = undefined;
  }
}

/** Cuts bytes into pieces. */
export type Split = (bytes: Uint8Array) => Iterable<Uint8Array>;

export const whole: Split = bytes => [bytes];
export const byteWise: Split = bytes => Array.from(bytes, byte => Uint8Array.of(byte));

/** Lets two sides talk until neither has anything to say. */
export async function converse(client: Side, server: Side, split: Split = whole): Promise<void> {
  let toServer = await client.start();
  while (toServer.length > 0) {
    const toClient = await deliver(server, toServer, split);
    toServer = toClient.length > 0 ? await deliver(client, toClient, split) : new Uint8Array(0);
  }
}

export async function deliver(to: Side, bytes: Uint8Array, split: Split = whole): Promise<Uint8Array> {
  const out: Uint8Array[] = [];
  for (const piece of split(bytes)) out.push(await to.take(piece));
  return Buffer.concat(out);
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<SspiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SspiError) return error;
    throw error;
  }
  throw new Error('it did not reject');
}
