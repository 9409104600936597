import { concatBytes } from '../../bytes/concat.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';

interface EarlyMessage {
  /** Bytes of the record that it came in. */
  readonly length: number;
  readonly plaintext: Uint8Array;
}

/**
 * Messages that come in the middle of a renegotiation (RFC 5246 7.4.1.1 lets a peer go on sending): TLS has to take their records where
 * they stand, and whoever made the context gets the records back when the handshake is through, to open them then.
 */
export class EarlyMessages {
  readonly #messages: EarlyMessage[] = [];
  #records: Uint8Array[] = [];
  #size = 0;

  /** Throws SEC_E_ILLEGAL_MESSAGE for a peer that sends on and on, and does not end its handshake. */
  add(record: Uint8Array, plaintext: Uint8Array): void {
    this.#size += record.length;
    if (this.#size > LARGEST_SIZE) {
      throw new PackageError(SEC_E.ILLEGAL_MESSAGE, 'the peer sends data and does not end its renegotiation');
    }
    this.#messages.push({ length: record.length, plaintext });
    this.#records.push(record.slice());
  }

  /** The records since the last call. */
  takeRecords(): Uint8Array {
    const records = this.#records;
    this.#records = [];
    this.#size = 0;
    return concatBytes(...records);
  }

  /** What the record holds that is to be opened next; undefined where TLS has not taken it yet. */
  take(length: number): Uint8Array | undefined {
    const next = this.#messages.shift();
    if (next === undefined || next.length === length) return next?.plaintext;
    throw new PackageError(SEC_E.INVALID_TOKEN, 'these are not the bytes that the renegotiation has left');
  }

  clear(): void {
    this.#messages.length = 0;
    this.#records = [];
  }
}

/** Bytes. What a server has on its way when it asks for a renegotiation, and more. */
const LARGEST_SIZE = 4 << 20;
