import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** A socket that is read and written in turn. */
export class ByteStream implements Disposable {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.pause();
  }

  /** Whatever has arrived; waits for the first byte. Throws at the end of the stream. */
  async read(): Promise<Buffer> {
    for (;;) {
      const chunk: Buffer | null = this.#socket.read();
      if (chunk !== null) return chunk;
      if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('the stream has ended');
      await Promise.race([once(this.#socket, 'readable'), once(this.#socket, 'end')]);
    }
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#socket.write(Buffer.from(bytes));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
