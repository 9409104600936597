import { connect, type Socket } from 'node:net';
import type { Party } from '../../peers/run/exchange.js';
import {
  COMMAND,
  checkSignature,
  DIALECTS,
  decodeMessage,
  encodeRequest,
  fields,
  frame,
  HEADER_LENGTH,
  messagesOf,
  NT_STATUS,
  SIGNING_REQUIRED,
  sign,
} from './message.js';

/** A server said no. */
export class SmbError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`NT_STATUS 0x${status.toString(16)}`);
    this.status = status;
  }
}

/** Our end of the logon. */
export interface SmbSide extends Party {
  sessionKey(): Promise<Uint8Array>;
}

/** A client of SMB 2 that logs on with a context and opens IPC$, signed both ways: the server's signatures are checked. */
export class SmbClient implements Disposable {
  readonly #socket: Socket;
  readonly #messages: AsyncGenerator<Buffer, void>;
  #sessionId = 0n;
  #lastId = -1n;
  #key: Uint8Array | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#messages = messagesOf(socket);
  }

  /** Connects, and takes the mechanisms that the server offers in its first answer. */
  static async connect(host: string, port: number): Promise<{ client: SmbClient; hints: Uint8Array }> {
    const socket = connect(port, host);
    socket.setTimeout(20_000, () => socket.destroy(new Error('the server does not answer')));
    await new Promise<void>((resolve, reject) => socket.once('error', reject).once('connect', resolve));
    socket.on('error', () => {});
    const client = new SmbClient(socket);
    return { client, hints: await client.#negotiate() };
  }

  /** Rejects with {@link SmbError} where the server refuses the logon, and where its last answer is not signed with the session key. */
  async logOn(side: SmbSide, hints?: Uint8Array): Promise<void> {
    let { done, token } = await side.step(hints);
    for (;;) {
      const { answer, raw } = await this.#setUp(token ?? new Uint8Array(0));
      const { status } = answer;
      if (status !== NT_STATUS.SUCCESS && status !== NT_STATUS.MORE_PROCESSING_REQUIRED) throw new SmbError(status);
      this.#sessionId = answer.sessionId;
      const made = payloadAt(answer.body, 4);
      if (!done) ({ done, token } = await side.step(made));
      if (status !== NT_STATUS.SUCCESS) continue;
      const sessionKey = await side.sessionKey();
      this.#key = sessionKey;
      checkSignature(raw, sessionKey);
      return;
    }
  }

  /** Opens a share in a signed message; resolves where the server takes the signature and its own is right. */
  async openShare(path: string): Promise<void> {
    const name = Buffer.from(path, 'utf16le');
    const head = fields([2, 9], [2, 0], [2, HEADER_LENGTH + 8], [2, name.length]);
    const { answer } = await this.#ask(COMMAND.TREE_CONNECT, Buffer.concat([head, name]));
    if (answer.status !== NT_STATUS.SUCCESS) throw new SmbError(answer.status);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #negotiate(): Promise<Uint8Array> {
    const noGuidAndTime = Buffer.alloc(24);
    const head = fields([2, 36], [2, DIALECTS.length], [2, SIGNING_REQUIRED], [2, 0], [4, 0]);
    const { answer } = await this.#ask(
      COMMAND.NEGOTIATE,
      Buffer.concat([head, noGuidAndTime, fields(...DIALECTS.map(dialect => [2, dialect] as const))]),
    );
    if (!DIALECTS.includes(answer.body.readUInt16LE(4))) throw new Error('the server has another dialect');
    return payloadAt(answer.body, 56);
  }

  #setUp(token: Uint8Array) {
    const head = fields(
      [2, 25],
      [1, 0],
      [1, SIGNING_REQUIRED],
      [4, 0],
      [4, 0],
      [2, HEADER_LENGTH + 24],
      [2, token.length],
    );
    return this.#ask(COMMAND.SESSION_SETUP, Buffer.concat([head, fields([8, 0]), token]));
  }

  async #ask(command: number, body: Buffer) {
    this.#lastId += 1n;
    const request = encodeRequest({ command, messageId: this.#lastId, sessionId: this.#sessionId, body });
    this.#socket.write(frame(this.#key ? sign(request, this.#key) : request));
    const { value: raw } = await this.#messages.next();
    if (!raw) throw new Error('the server ended the connection');
    if (this.#key) checkSignature(raw, this.#key);
    return { raw, answer: decodeMessage(raw) };
  }
}

/** What offset (from the header) and length at a place of the body point to. */
function payloadAt(body: Buffer, at: number): Buffer {
  const offset = body.readUInt16LE(at) - HEADER_LENGTH;
  return body.subarray(offset, offset + body.readUInt16LE(at + 2));
}
