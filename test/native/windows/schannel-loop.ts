import { Buffer } from 'node:buffer';
import type { ContextLeg, CredHandle, CtxtHandle, SecBuffer, SecurityFunctionTable } from 'secur32/raw';
import {
  ASC_REQ,
  filterBuffers,
  findBuffer,
  ISC_REQ,
  SEC_E,
  SEC_I,
  SECBUFFER,
  SECPKG_ATTR,
  SspiError,
  tokenBuffer,
} from 'secur32/raw';
import type { ByteStream } from './byte-stream.js';

// The client's and the server's loop as Microsoft Learn describes them: "Creating an Schannel Security Context",
// "Encrypting a Message (Schannel)", "Decrypting a Message (Schannel)" and "Shutting Down an Schannel Connection".

export interface SchannelSide {
  readonly table: SecurityFunctionTable;
  readonly credential: CredHandle;
  readonly stream: ByteStream;
  /** Further input buffers, the same on every leg: APPLICATION_PROTOCOLS. */
  readonly input?: readonly SecBuffer[];
  /** Further requirements. */
  readonly contextReq?: number;
}

export class SchannelConnection {
  readonly #side: SchannelSide;
  readonly #targetName: string | undefined;
  #context: CtxtHandle | undefined;
  /** Ciphertext that is not worked on yet. */
  #received: Uint8Array = new Uint8Array(0);
  last: ContextLeg | undefined;

  private constructor(side: SchannelSide, targetName?: string) {
    this.#side = side;
    this.#targetName = targetName;
  }

  static async connect(side: SchannelSide, targetName: string): Promise<SchannelConnection> {
    const connection = new SchannelConnection(side, targetName);
    return connection.#established(async () => {
      const status = await connection.#leg(side.input);
      if (status !== SEC_E.OK) await connection.#handshake();
    });
  }

  static async accept(side: SchannelSide): Promise<SchannelConnection> {
    const connection = new SchannelConnection(side);
    return connection.#established(() => connection.#handshake());
  }

  get context(): CtxtHandle {
    return this.#context!;
  }

  async send(plaintext: Uint8Array): Promise<void> {
    const { table, stream } = this.#side;
    const { header, trailer } = await table.queryContextAttributes(this.context, SECPKG_ATTR.STREAM_SIZES);
    const sealed = await table.encryptMessage(this.context, {
      buffers: [
        { type: SECBUFFER.STREAM_HEADER, data: new Uint8Array(header) },
        { type: SECBUFFER.DATA, data: Uint8Array.from(plaintext) },
        { type: SECBUFFER.STREAM_TRAILER, data: new Uint8Array(trailer) },
        { type: SECBUFFER.EMPTY, data: new Uint8Array(0) },
      ],
    });
    stream.write(Buffer.concat(sealed.map(({ data }) => data)));
  }

  /** The plaintext of the next record that has some; undefined after the peer's close_notify. */
  async receive(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#received.length === 0) this.#received = await this.#side.stream.read();
      const isAlert = this.#received[0] === TLS_ALERT;
      const opened = await this.#side.table.decryptMessage(this.context, {
        buffers: [{ type: SECBUFFER.DATA, data: this.#received }, EMPTY, EMPTY, EMPTY],
      });
      if (opened.status === SEC_E.INCOMPLETE_MESSAGE) {
        await this.#readMore();
        continue;
      }
      this.#received = findBuffer(opened, SECBUFFER.EXTRA)?.data ?? new Uint8Array(0);
      if (opened.status === SEC_I.CONTEXT_EXPIRED) return undefined;
      if (opened.status === SEC_I.RENEGOTIATE) {
        // Where nothing is left over, the message itself is what the handshake goes on with ("DecryptMessage (Schannel)").
        if (this.#received.length === 0) this.#received = findBuffer(opened, SECBUFFER.DATA)?.data ?? this.#received;
        await this.#handshake();
        continue;
      }
      const plaintext = Buffer.concat(filterBuffers(opened, SECBUFFER.DATA).map(({ data }) => data));
      if (plaintext.length > 0) return plaintext;
      // Wine makes an empty message of close_notify.
      if (isAlert) return undefined;
    }
  }

  async shutDown(): Promise<void> {
    const { table } = this.#side;
    await table.applyControlToken(this.context, [tokenBuffer(Uint8Array.of(1, 0, 0, 0))]);
    await this.#leg();
  }

  /** On any failure the alert goes to the peer, where there is one, and the context is deleted. */
  async #established(handshake: () => Promise<void>): Promise<this> {
    try {
      await handshake();
      return this;
    } catch (error) {
      if (error instanceof SspiError && error.token !== undefined) this.#side.stream.write(error.token);
      if (this.#context !== undefined) await this.#side.table.deleteSecurityContext(this.#context);
      throw error;
    }
  }

  async #handshake(): Promise<void> {
    for (;;) {
      if (this.#received.length === 0) await this.#readMore();
      const status = await this.#leg([tokenBuffer(this.#received), EMPTY, ...(this.#side.input ?? [])]);
      if (status === SEC_E.INCOMPLETE_MESSAGE) {
        await this.#readMore();
        continue;
      }
      this.#received = findBuffer(this.last?.input, SECBUFFER.EXTRA)?.data ?? new Uint8Array(0);
      if (status === SEC_E.OK) return;
    }
  }

  async #leg(input: readonly SecBuffer[] = []): Promise<number> {
    const { table, credential, stream, contextReq = 0 } = this.#side;
    const context = this.#context === undefined ? {} : { context: this.#context };
    const leg =
      this.#targetName === undefined
        ? await table.acceptSecurityContext({ credential, ...context, input, contextReq: contextReq | SERVER })
        : await table.initializeSecurityContext({
            ...{ credential, ...context, targetName: this.#targetName, input },
            contextReq: contextReq | CLIENT,
          });
    this.last = leg;
    this.#context = leg.context;
    stream.write(findBuffer(leg.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0));
    return leg.status;
  }

  async #readMore(): Promise<void> {
    this.#received = Buffer.concat([this.#received, await this.#side.stream.read()]);
  }
}

/** RFC 5246 section 6.2.1, ContentType. */
const TLS_ALERT = 21;
const EMPTY: SecBuffer = { type: SECBUFFER.EMPTY, data: new Uint8Array(0) };
const CLIENT =
  ISC_REQ.SEQUENCE_DETECT | ISC_REQ.REPLAY_DETECT | ISC_REQ.CONFIDENTIALITY | ISC_REQ.EXTENDED_ERROR | ISC_REQ.STREAM;
const SERVER =
  ASC_REQ.SEQUENCE_DETECT | ASC_REQ.REPLAY_DETECT | ASC_REQ.CONFIDENTIALITY | ASC_REQ.EXTENDED_ERROR | ASC_REQ.STREAM;
