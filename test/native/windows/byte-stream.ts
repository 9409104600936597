import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** Bytes in both directions, read and written in turn. */
export interface ByteStream {
  /** What has arrived; waits for it. Throws at the end. */
  read(): Promise<Uint8Array>;
  write(bytes: Uint8Array): void;
}

export class SocketStream implements ByteStream, Disposable {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.pause();
  }

  async read(): Promise<Uint8Array> {
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

/** Two ends of a pipe in memory. What one writes the other reads in pieces of at most `piece` bytes. */
export function memoryPipe(piece = Number.POSITIVE_INFINITY): [ByteStream, ByteStream] {
  const there = new Direction(piece);
  const back = new Direction(piece);
  return [
    { read: () => back.read(), write: bytes => there.write(bytes) },
    { read: () => there.read(), write: bytes => back.write(bytes) },
  ];
}

class Direction {
  readonly #piece: number;
  #bytes = Buffer.alloc(0);
  #arrived: (() => void) | undefined;

  constructor(piece: number) {
    this.#piece = piece;
  }

  async read(): Promise<Uint8Array> {
    while (this.#bytes.length === 0)
      await new Promise<void>(resolve => {
        this.#arrived = resolve;
      });
    const piece = Uint8Array.from(this.#bytes.subarray(0, this.#piece));
    this.#bytes = this.#bytes.subarray(piece.length);
    return piece;
  }

  write(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    this.#arrived?.();
  }
}
