import type { Socket } from 'node:net';
import { concatBytes } from '../../bytes/concat.js';
import { decodeLatin1, encodeUtf8 } from '../../bytes/text.js';

/** What protects the bytes of a connection once a logon has agreed on it. */
export interface ByteLayer {
  wrap(bytes: Uint8Array): Uint8Array;
  /** Takes any split of the byte stream. */
  unwrap(chunk: Uint8Array): Uint8Array;
}

/** The peer broke the rules of the line protocol. */
export class LineError extends Error {
  override readonly name: string = 'LineError';
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines over a connection, in the clear and later through a security layer. One reader at a time. */
export class LineChannel {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #maxLineLength: number;
  #pending: Uint8Array = new Uint8Array(0);
  #layer: ByteLayer | undefined;

  /** `maxLineLength`: bytes, without the CRLF. */
  constructor(socket: Socket, maxLineLength: number) {
    this.#socket = socket;
    this.#maxLineLength = maxLineLength;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  /** The next line without its CRLF; undefined where the peer has ended the connection. Throws `LineError`. */
  async readLine(): Promise<string | undefined> {
    let scanned = 0;
    for (;;) {
      const end = this.#pending.indexOf(LINE_FEED, scanned);
      if (end >= 0) return this.#takeLine(end);
      scanned = this.#pending.length;
      if (scanned > this.#maxLineLength + 1) throw new LineError('the line is too long');
      const { value, done } = await this.#chunks.next();
      if (done) return undefined;
      const bytes = this.#layer ? this.#layer.unwrap(value) : value;
      this.#pending = concatBytes(this.#pending, bytes);
    }
  }

  /** Writes lines, as one protected message where there is a layer, and waits until they have left this process. */
  async writeLines(...lines: string[]): Promise<void> {
    const plain = encodeUtf8(lines.map(line => `${line}\r\n`).join(''));
    const bytes = this.#layer ? this.#layer.wrap(plain) : plain;
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, error => (error ? reject(error) : resolve()));
    });
  }

  /** From here on both directions are protected. What has come in already is taken for protected, too. */
  secure(layer: ByteLayer): void {
    this.#layer = layer;
    this.#pending = layer.unwrap(this.#pending);
  }

  /** Ends this side of the connection after what was written, and waits for the peer to end the other. */
  async end(): Promise<void> {
    this.#socket.end();
    while (!(await this.#chunks.next()).done);
  }

  #takeLine(end: number): string {
    const line = this.#pending.subarray(0, end);
    this.#pending = this.#pending.slice(end + 1);
    if (line.at(-1) !== CARRIAGE_RETURN) throw new LineError('a line must end in CRLF');
    if (line.length - 1 > this.#maxLineLength) throw new LineError('the line is too long');
    return decodeLatin1(line.subarray(0, -1));
  }
}
