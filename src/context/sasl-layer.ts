import type { Duplex } from 'node:stream';
import { concatBytes } from '../bytes/concat.js';
import { ByteReader } from '../bytes/reader.js';
import { ArgumentError } from '../sspi/arguments.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import { FrameReader, LENGTH_SIZE, writeLength } from './frames.js';
import { LayerStream } from './layer-stream.js';
import type { MessageProtection } from './message-protection.js';
import { copyBytes, takeBytes } from './slab.js';

const NOTHING = new Uint8Array(0);

/** Sizes of a security layer, in bytes. */
export interface LayerSizes {
  /** The most plaintext that goes into one frame. */
  readonly sendSize: number;
  /** The largest frame that this side takes, without the four bytes of its length. */
  readonly receiveSize: number;
}

/** The security layer that an exchange has agreed on (RFC 4422 3.7). */
export class SaslLayer {
  readonly #exchange: Exchange;
  readonly #messages: MessageProtection;
  readonly #sizes: LayerSizes;
  readonly #frames: FrameReader;

  constructor(exchange: Exchange, messages: MessageProtection, sizes: LayerSizes) {
    this.#exchange = exchange;
    this.#messages = messages;
    this.#sizes = sizes;
    this.#frames = new FrameReader(length => this.#checkLength(length));
  }

  /** Protects bytes, in as many frames as the peer's buffer asks for. */
  wrap(bytes: Uint8Array): Uint8Array {
    if (!(bytes instanceof Uint8Array)) throw new ArgumentError('the bytes to wrap must be a Uint8Array');
    try {
      return this.#wrap(bytes);
    } catch (error) {
      throw this.#exchange.fail(error);
    }
  }

  /** Takes the next bytes of the peer, in any split, and returns the plaintext of the frames that they complete. */
  unwrap(chunk: Uint8Array): Uint8Array {
    if (!(chunk instanceof Uint8Array)) throw new ArgumentError('the bytes to unwrap must be a Uint8Array');
    try {
      return this.#unwrap(chunk);
    } catch (error) {
      throw this.#exchange.fail(error);
    }
  }

  /** Throws SEC_E_INCOMPLETE_MESSAGE where the peer's bytes end inside a frame. */
  end(): void {
    if (!this.#frames.inFrame) return;
    throw this.#exchange.fail(
      this.#exchange.refusal(
        SEC_E.INCOMPLETE_MESSAGE,
        'the bytes of the peer end inside a frame of the security layer',
      ),
    );
  }

  protect(duplex: Duplex, head?: Uint8Array): Duplex {
    return new LayerStream(duplex, {
      wrap: bytes => this.wrap(bytes),
      unwrap: chunk => this.unwrap(chunk),
      end: () => this.end(),
      close: () => this.#exchange.close(),
      head,
    });
  }

  #wrap(bytes: Uint8Array): Uint8Array {
    const { sendSize } = this.#sizes;
    const { header, overhead } = this.#messages;
    if (sendSize < 1) {
      throw this.#exchange.refusal(
        SEC_E.BUFFER_TOO_SMALL,
        'the buffer of the peer does not hold a single protected byte',
      );
    }
    const frames = Math.ceil(bytes.length / sendSize);
    const out = takeBytes(bytes.length + frames * (LENGTH_SIZE + overhead));
    let end = 0;
    for (let start = 0; start < bytes.length; start += sendSize) {
      const piece = frames === 1 ? bytes : bytes.subarray(start, start + sendSize);
      const at = end + LENGTH_SIZE;
      out.set(piece, at + header);
      const length = this.#messages.sealInPlace(out, at, piece.length);
      writeLength(out, end, length);
      end = at + length;
    }
    return end === out.length ? out : out.subarray(0, end);
  }

  #unwrap(chunk: Uint8Array): Uint8Array {
    // Also where the chunk completes no frame: a context that is gone takes no bytes.
    void this.#exchange.context;
    const { begun, whole } = this.#frames.read(chunk);
    if (begun === undefined) return whole.length === 0 ? NOTHING : this.#openAll(copyBytes(whole));
    const first = this.#messages.openInPlace(begun);
    return whole.length === 0 ? first : concatBytes(first, this.#openAll(copyBytes(whole)));
  }

  /** Opens frame after frame in place, and moves the plaintexts together at the start of `frames`. */
  #openAll(frames: Uint8Array): Uint8Array {
    const reader = new ByteReader(frames);
    const first = this.#messages.openInPlace(reader.bytes(reader.u32be()));
    if (reader.remaining === 0) return first;
    frames.set(first);
    let end = first.length;
    while (reader.remaining > 0) {
      const plaintext = this.#messages.openInPlace(reader.bytes(reader.u32be()));
      frames.set(plaintext, end);
      end += plaintext.length;
    }
    return frames.subarray(0, end);
  }

  /** RFC 4422 3.7: a buffer larger than was agreed on ends the connection. No layer has a message without any protection in it. */
  #checkLength(length: number): void {
    const { receiveSize } = this.#sizes;
    if (length > 0 && length <= receiveSize) return;
    throw this.#exchange.refusal(
      SEC_E.INVALID_TOKEN,
      `a frame of the security layer says it is ${length} bytes long; 1 to ${receiveSize} can be`,
      'The peer does not keep to the agreed size, or sends bytes that no layer protects.',
    );
  }
}
