import { connect } from 'node:net';
import { concatBytes } from '../../bytes/concat.js';
import { ByteReader } from '../../bytes/reader.js';
import { ByteWriter } from '../../bytes/writer.js';
import { boundedExchange } from './settle.js';
import type { Endpoint, ExchangeOptions } from './transport.js';

const LENGTH = 4;

/** RFC 4120 7.2.2: the length in four octets, of which the highest bit is zero, before each message. */
export function tcpExchange(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array> {
  return boundedExchange(`TCP to ${server.host}:${server.port}`, options, ({ resolve, reject }) => {
    const socket = connect({ host: server.host, port: server.port, noDelay: true });
    const reply = new FramedReply(options.maxLength);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    socket.on('connect', () =>
      socket.write(new ByteWriter(LENGTH + request.length).u32be(request.length).bytes(request).view()),
    );
    socket.on('data', chunk => {
      try {
        const message = reply.add(chunk);
        if (message) resolve(message);
      } catch (error) {
        reject(error);
      }
    });
    return () => socket.destroy();
  });
}

/** Collects one message from the pieces that it comes in; takes no more memory than the announced length, which is bounded. */
class FramedReply {
  readonly #maxLength: number;
  #head: Uint8Array = new Uint8Array(0);
  #body: Uint8Array | undefined;
  #filled = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** The message, once it is complete. What comes behind it is dropped. */
  add(chunk: Uint8Array): Uint8Array | undefined {
    let piece = chunk;
    if (!this.#body) {
      const missing = LENGTH - this.#head.length;
      this.#head = concatBytes(this.#head, piece.subarray(0, missing));
      piece = piece.subarray(missing);
      if (this.#head.length < LENGTH) return undefined;
      const length = new ByteReader(this.#head).u32be();
      if (length > this.#maxLength) throw new Error(`an answer of ${length} bytes is announced`);
      this.#body = new Uint8Array(length);
    }
    const taken = piece.subarray(0, this.#body.length - this.#filled);
    this.#body.set(taken, this.#filled);
    this.#filled += taken.length;
    return this.#filled === this.#body.length ? this.#body : undefined;
  }
}
