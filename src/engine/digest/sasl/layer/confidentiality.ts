import { SEC_E } from '../../../../sspi/status.js';
import { PackageError } from '../../../package-error.js';
import type { CipherSuite, MessageCipher } from './ciphers.js';
import { type DirectionSigners, directionSigners } from './integrity.js';
import { sealingKeys } from './keys.js';
import { checkSealedLength, type LayerParameters, type SecurityLayer } from './layer.js';
import { MAC_LENGTH, SIGNATURE_LENGTH } from './signer.js';

/** Message type and sequence number, which stay in the clear. */
const CLEAR_LENGTH = SIGNATURE_LENGTH - MAC_LENGTH;

/**
 * The layer of auth-conf (RFC 2831 2.4):
 *
 *     SEAL(Ki, Kc, SeqNum, msg) = CIPHER(Kc, { msg, pad, HMAC(Ki, { SeqNum, msg })[0..9] }), 0x0001, SeqNum
 *
 * Block ciphers take 1 to 8 bytes of padding, each of them the number of padding bytes; stream ciphers take none.
 */
export class ConfidentialityLayer implements SecurityLayer {
  readonly blockSize: number;
  readonly trailerLength: number;
  readonly maximumMessage: number;
  readonly #ownMaxBuffer: number;
  readonly #signers: DirectionSigners;
  readonly #send: MessageCipher;
  readonly #receive: MessageCipher;
  #broken = false;

  /** Throws SEC_E_CRYPTO_SYSTEM_INVALID where this Node.js does not have the cipher. */
  constructor(parameters: LayerParameters, suite: CipherSuite) {
    this.blockSize = suite.blockSize;
    this.trailerLength = suite.blockSize === 1 ? SIGNATURE_LENGTH : SIGNATURE_LENGTH + suite.blockSize;
    this.maximumMessage = maximumMessage(parameters.peerMaxBuffer, suite.blockSize);
    this.#ownMaxBuffer = parameters.ownMaxBuffer;
    this.#signers = directionSigners(parameters);
    const { clientToServer, serverToClient } = sealingKeys(parameters.ha1, suite);
    const [send, receive] =
      parameters.role === 'client' ? [clientToServer, serverToClient] : [serverToClient, clientToServer];
    this.#send = suite.encryptor(send);
    this.#receive = suite.decryptor(receive);
    clientToServer.fill(0);
    serverToClient.fill(0);
  }

  sign(signature: Uint8Array, parts: readonly Uint8Array[]): void {
    this.#signers.send.sign(signature, 0, ...parts);
  }

  verify(signature: Uint8Array, parts: readonly Uint8Array[]): void {
    this.#signers.receive.verify(signature, 0, ...parts);
  }

  seal(message: Uint8Array, trailer: Uint8Array): number {
    const padding = this.#paddingLength(message.length);
    trailer.fill(padding, 0, padding);
    this.#signers.send.sign(trailer, padding, message);
    const encrypted = padding + MAC_LENGTH;
    if (padding === 0) {
      this.#send.transform(message);
      this.#send.transform(trailer.subarray(0, encrypted));
    } else {
      const joined = new Uint8Array(message.length + encrypted);
      joined.set(message);
      joined.set(trailer.subarray(0, encrypted), message.length);
      this.#send.transform(joined);
      message.set(joined.subarray(0, message.length));
      trailer.set(joined.subarray(message.length));
    }
    return padding + SIGNATURE_LENGTH;
  }

  unseal(sealed: Uint8Array): Uint8Array {
    if (this.#broken) throw new PackageError(SEC_E.MESSAGE_ALTERED, 'an earlier message could not be decrypted');
    checkSealedLength(sealed.length, this.#minimumLength(), this.#ownMaxBuffer);
    const encrypted = sealed.length - CLEAR_LENGTH;
    if (encrypted % this.blockSize !== 0) {
      throw new PackageError(SEC_E.INVALID_TOKEN, 'the protected buffer is not made of whole blocks');
    }
    // The ciphers run on from message to message: past a message that was not the peer's, nothing can be read any more.
    this.#broken = true;
    this.#receive.transform(sealed.subarray(0, encrypted));
    const macAt = encrypted - MAC_LENGTH;
    const padding = this.blockSize === 1 ? 0 : paddingLength(sealed, macAt);
    // Where the padding is wrong the MAC is computed all the same, so that neither code nor time tells the two apart.
    const message = sealed.subarray(0, macAt - Math.max(padding, 0));
    this.#signers.receive.verify(sealed, macAt, message);
    if (padding < 0) throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the signature does not match the message');
    this.#broken = false;
    return message;
  }

  wipe(): void {
    this.#signers.send.wipe();
    this.#signers.receive.wipe();
    this.#send.wipe();
    this.#receive.wipe();
  }

  #paddingLength(messageLength: number): number {
    return this.blockSize === 1 ? 0 : this.blockSize - ((messageLength + MAC_LENGTH) % this.blockSize);
  }

  #minimumLength(): number {
    return this.#paddingLength(0) + SIGNATURE_LENGTH;
  }
}

/** Bytes of plaintext of which the protected form fits `maxBuffer`; negative where not even an empty message does. */
export function maximumMessage(maxBuffer: number, blockSize: number): number {
  if (blockSize === 1) return maxBuffer - SIGNATURE_LENGTH;
  const blocks = Math.floor((maxBuffer - CLEAR_LENGTH) / blockSize);
  return blocks * blockSize - MAC_LENGTH - 1;
}

/** The bytes of padding before the MAC; -1 where they are not as they must be. Looks at eight bytes whatever they are. */
function paddingLength(decrypted: Uint8Array, macAt: number): number {
  const length = decrypted[macAt - 1]!;
  if (length < 1 || length > 8 || length > macAt) return -1;
  let difference = 0;
  for (let n = 1; n <= length; n++) difference |= decrypted[macAt - n]! ^ length;
  return difference === 0 ? length : -1;
}
