import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that says what it is told to, line by line, and knows nothing of IMAP. */
export class RawImap {
  readonly socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #text = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  /** Connects and reads the greeting. */
  static async connect(port: number): Promise<RawImap & { greeting: string }> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    const client = new RawImap(socket);
    return Object.assign(client, { greeting: await client.read() });
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** The next line; `(closed)` where the server has ended or cut the connection. */
  async read(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return line;
      }
      const { value, done } = await this.#chunks.next().catch(() => ({ value: undefined, done: true as const }));
      if (done) return '(closed)';
      this.#text += value.toString('latin1');
    }
  }

  /** Says a line and reads the answer up to the first line that is not untagged. */
  async say(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.answer();
  }

  async answer(): Promise<string> {
    for (;;) {
      const line = await this.read();
      if (!line.startsWith('* ') || line.startsWith('* BYE')) return line;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
  }
}
