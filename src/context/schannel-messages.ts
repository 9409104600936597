import type { StreamSizes } from '../sspi/attribute-values.js';
import type { Awaitable } from '../sspi/awaitable.js';
import { SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import { SspiError } from '../sspi/error.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { MessageBuffers } from '../sspi/messages.js';
import { SEC_E } from '../sspi/status.js';

/** EncryptMessage and DecryptMessage of one context: done at once where the provider can, so that a record costs no promise. */
export class SchannelMessages {
  readonly #sspi: SecurityFunctionTable;
  readonly #context: CtxtHandle;
  readonly #sizes: StreamSizes;
  /** Whether the ...Sync functions serve this context: only a call tells. */
  #twins: 'untried' | 'there' | 'missing' = 'untried';

  constructor(sspi: SecurityFunctionTable, context: CtxtHandle, sizes: StreamSizes) {
    this.#sspi = sspi;
    this.#context = context;
    this.#sizes = sizes;
  }

  /** Most bytes that {@link seal} takes. */
  get maximum(): number {
    return this.#sizes.maximumMessage;
  }

  /** The record that carries the bytes. */
  seal(plaintext: Uint8Array): Awaitable<Uint8Array> {
    const { header, trailer } = this.#sizes;
    const end = header + plaintext.length;
    const room = Buffer.allocUnsafeSlow(end + trailer);
    room.set(plaintext, header);
    const sealed = this.#call('encryptMessage', [
      { type: SECBUFFER.STREAM_HEADER, data: room.subarray(0, header) },
      { type: SECBUFFER.DATA, data: room.subarray(header, end) },
      { type: SECBUFFER.STREAM_TRAILER, data: room.subarray(end) },
      EMPTY,
    ]);
    return sealed instanceof Promise ? sealed.then(buffers => used(room, buffers)) : used(room, sealed);
  }

  /** Opens the first record of what was received, in place. */
  open(received: Uint8Array): Awaitable<MessageBuffers> {
    return this.#call('decryptMessage', [{ type: SECBUFFER.DATA, data: received }, EMPTY, EMPTY, EMPTY]);
  }

  #call(name: 'encryptMessage' | 'decryptMessage', buffers: SecBuffer[]): Awaitable<MessageBuffers> {
    if (this.#twins !== 'missing') {
      try {
        const done = this.#sspi[`${name}Sync`](this.#context, { buffers });
        this.#twins = 'there';
        return done;
      } catch (error) {
        if (!this.#isForLater(error)) throw error;
      }
    }
    return this.#sspi[name](this.#context, { buffers });
  }

  /** Whether the call was refused before it began, and its promise form is not. */
  #isForLater(error: unknown): boolean {
    if (!(error instanceof SspiError)) return false;
    // Another call of the context runs, which somebody else has begun: the promise form waits for it.
    if (error.status === SEC_E.OUT_OF_SEQUENCE) return true;
    if (error.status !== SEC_E.UNSUPPORTED_FUNCTION || this.#twins !== 'untried') return false;
    this.#twins = 'missing';
    return true;
  }
}

/** The trailer may have shrunk. */
function used(room: Uint8Array, sealed: MessageBuffers): Uint8Array {
  let length = 0;
  for (const { data } of sealed) length += data.length;
  return room.subarray(0, length);
}

const EMPTY: SecBuffer = { type: SECBUFFER.EMPTY, data: new Uint8Array(0) };
