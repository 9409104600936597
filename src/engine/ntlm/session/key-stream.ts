import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { md5 } from '../../crypto/weak/md5.js';
import { Rc4 } from '../../crypto/weak/rc4.js';
import { PackageError } from '../../package-error.js';

/** Where the key stream and the sequence number of each message come from. */
export interface KeyStream {
  /** Makes ready for a message and answers its number. `sequence` is the caller's; connections count by themselves. */
  begin(sequence: number): number;
  /** Encrypts or decrypts in place with the stream's next bytes. */
  process(bytes: Uint8Array): void;
  /** Remembers the place for {@link rewind}. */
  mark(): void;
  /** Goes back to the place that was marked. */
  rewind(): void;
  /** The message is good: the next one is due. */
  advance(): void;
  wipe(): void;
}

/** One stream for all messages, which are numbered from 0 on ([MS-NLMP] 3.4.4). */
export class ConnectionStream implements KeyStream {
  readonly #rc4: Rc4;
  readonly #marked: Rc4;
  #next: number;

  /** `next` is the number of the first message. */
  constructor(key: Uint8Array, next = 0) {
    this.#rc4 = new Rc4(key);
    this.#marked = this.#rc4.clone();
    this.#next = next;
  }

  /** Throws SEC_E_CONTEXT_EXPIRED after 2^32 - 1 messages: the numbers must not come around. */
  begin(): number {
    if (this.#next < LAST_SEQUENCE) return this.#next;
    throw new PackageError(SEC_E.CONTEXT_EXPIRED, 'the context has protected as many messages as it can', {
      hint: 'Make a new context: after 2^32 - 1 messages NTLM has no more sequence numbers.',
    });
  }

  process(bytes: Uint8Array): void {
    this.#rc4.process(bytes, bytes);
  }

  mark(): void {
    this.#marked.restore(this.#rc4);
  }

  rewind(): void {
    this.#rc4.restore(this.#marked);
  }

  advance(): void {
    this.#next += 1;
  }

  wipe(): void {
    this.#rc4.wipe();
    this.#marked.wipe();
  }
}

/** A stream for each message, under a key of its number, which the caller gives ([MS-NLMP] 3.4): messages may get lost. */
export class DatagramStream implements KeyStream {
  readonly #key: Uint8Array;
  #rc4: Rc4 | undefined;
  #sequence = 0;

  constructor(key: Uint8Array) {
    this.#key = Uint8Array.from(key);
  }

  begin(sequence: number): number {
    this.#sequence = sequence;
    this.rewind();
    return sequence;
  }

  process(bytes: Uint8Array): void {
    this.#rc4?.process(bytes, bytes);
  }

  mark(): void {}

  rewind(): void {
    const key = md5(this.#key, new ByteWriter(4).u32le(this.#sequence).view());
    this.#rc4?.wipe();
    this.#rc4 = new Rc4(key);
    key.fill(0);
  }

  advance(): void {}

  wipe(): void {
    this.#key.fill(0);
    this.#rc4?.wipe();
  }
}

const LAST_SEQUENCE = 0xffff_ffff;
