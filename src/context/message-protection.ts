import type { Sizes } from '../sspi/attribute-values.js';
import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import type { MessageBuffers } from '../sspi/messages.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import {
  isSignedOnly,
  joinSealed,
  type LayoutSizes,
  messageLayout,
  openBuffers,
  openedData,
  sealBuffers,
} from './message-layout.js';
import type { SecurityLayer } from './protection.js';

/** The message functions of an established context, over plain bytes. */
export class MessageProtection {
  readonly #exchange: Exchange;
  readonly layer: SecurityLayer;
  readonly sizes: Sizes;
  readonly #layoutSizes: LayoutSizes;
  readonly #qop: number;

  /** `layer`: what was agreed, which may be less than the context could. */
  constructor(exchange: Exchange, packageName: string, layer: SecurityLayer, sizes: Sizes) {
    const layout = messageLayout(packageName);
    this.#exchange = exchange;
    this.layer = layer;
    this.sizes = sizes;
    this.#layoutSizes = { header: layout.header(sizes), trailer: layout.trailer(sizes) };
    this.#qop = layer === 'integrity' ? layout.integrityQop : 0;
  }

  /** Bytes that stand before a sealed message. */
  get header(): number {
    return this.#layoutSizes.header;
  }

  /** Most bytes that sealing a message adds to it, the header among them. */
  get overhead(): number {
    return this.#layoutSizes.header + this.#layoutSizes.trailer;
  }

  /**
   * Protects the `length` bytes that start `header` bytes behind `at`, in place. `room` has space for all of {@link overhead} there. Returns
   * the length of the protected message, which starts at `at`.
   */
  sealInPlace(room: Uint8Array, at: number, length: number): number {
    const { sspi, context } = this.#exchange;
    const buffers = sealBuffers(room, at, length, this.#layoutSizes);
    return joinSealed(room, at, buffers, sspi.encryptMessageSync(context, { buffers, qop: this.#qop }));
  }

  /** Checks a protected message and returns the plaintext, a view into `message` where the package works in place. */
  openInPlace(message: Uint8Array): Uint8Array {
    const { sspi, context } = this.#exchange;
    return this.#opened(sspi.decryptMessageSync(context, { buffers: openBuffers(message) }));
  }

  async encrypt(plaintext: Uint8Array): Promise<Uint8Array> {
    this.#need('confidentiality');
    const { sspi, context } = this.#exchange;
    const room = new Uint8Array(plaintext.length + this.overhead);
    room.set(plaintext, this.header);
    const buffers = sealBuffers(room, 0, plaintext.length, this.#layoutSizes);
    return room.subarray(0, joinSealed(room, 0, buffers, await sspi.encryptMessage(context, { buffers })));
  }

  async decrypt(message: Uint8Array): Promise<Uint8Array> {
    this.#need('confidentiality');
    const { sspi, context } = this.#exchange;
    const buffers = openBuffers(Uint8Array.from(message));
    return this.#opened(await sspi.decryptMessage(context, { buffers }));
  }

  async sign(message: Uint8Array): Promise<Uint8Array> {
    this.#need('integrity');
    const { sspi, context } = this.#exchange;
    const buffers = [
      { type: SECBUFFER.TOKEN, data: new Uint8Array(this.sizes.maxSignature) },
      { type: SECBUFFER.DATA, data: Uint8Array.from(message) },
    ];
    return findBuffer(await sspi.makeSignature(context, { buffers }), SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
  }

  async verify(message: Uint8Array, signature: Uint8Array): Promise<void> {
    this.#need('integrity');
    const { sspi, context } = this.#exchange;
    const buffers = [
      { type: SECBUFFER.TOKEN, data: Uint8Array.from(signature) },
      { type: SECBUFFER.DATA, data: Uint8Array.from(message) },
    ];
    await sspi.verifySignature(context, { buffers });
  }

  #opened(opened: MessageBuffers): Uint8Array {
    if (opened.status !== SEC_E.OK) {
      throw this.#exchange.refusal(SEC_E.INVALID_TOKEN, 'the message is not whole, or says that the context has ended');
    }
    // RFC 4422 3.7: a layer of confidentiality is not satisfied by a message that everyone could read.
    if (this.layer === 'confidentiality' && isSignedOnly(opened)) {
      throw this.#exchange.refusal(SEC_E.QOP_NOT_SUPPORTED, 'the peer signed a message that it should have encrypted');
    }
    return openedData(opened);
  }

  #need(protection: 'integrity' | 'confidentiality'): void {
    if (this.layer === 'confidentiality' || this.layer === protection) return;
    throw this.#exchange.refusal(
      SEC_E.QOP_NOT_SUPPORTED,
      `the context has no ${protection}`,
      `Ask for it: require: ['${protection}'].`,
    );
  }
}
