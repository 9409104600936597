import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Side } from './transcript.js';

/** Somebody on the wire: relays every connection to a port, sees all bytes, and can change one. */
export class Wiretap {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #onBytes: (from: Side, bytes: Uint8Array) => void;
  #flip: ((bytes: Uint8Array) => void) | undefined;

  private constructor(target: number, onBytes: (from: Side, bytes: Uint8Array) => void) {
    this.#onBytes = onBytes;
    this.#server = createServer(client => {
      const server = connect(target, '127.0.0.1');
      this.#relay('client', client, server);
      this.#relay('server', server, client);
    });
  }

  static async listen(target: number, onBytes: (from: Side, bytes: Uint8Array) => void): Promise<Wiretap> {
    const wiretap = new Wiretap(target, onBytes);
    await new Promise<void>((resolve, reject) => {
      wiretap.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return wiretap;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Hands the next bytes that a client sends to `change` before they go on. */
  changeNext(change: (bytes: Uint8Array) => void): void {
    this.#flip = change;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #relay(from: Side, source: Socket, sink: Socket): void {
    this.#sockets.add(source);
    source.on('data', bytes => {
      this.#onBytes(from, bytes);
      if (from === 'client') this.#change(bytes);
      sink.write(bytes);
    });
    source.on('end', () => sink.end());
    source.on('error', () => sink.destroy());
    source.once('close', () => this.#sockets.delete(source));
  }

  #change(bytes: Uint8Array): void {
    const flip = this.#flip;
    this.#flip = undefined;
    flip?.(bytes);
  }
}
