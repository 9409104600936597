import { signingKeys } from './keys.js';
import { checkSealedLength, type LayerParameters, type SecurityLayer } from './layer.js';
import { SIGNATURE_LENGTH, Signer } from './signer.js';

/** The layer of auth-int (RFC 2831 2.3): the message in the clear, and its signature. */
export class IntegrityLayer implements SecurityLayer {
  readonly blockSize: number = 1;
  readonly trailerLength: number = SIGNATURE_LENGTH;
  readonly maximumMessage: number;
  readonly #ownMaxBuffer: number;
  readonly #signers: DirectionSigners;

  constructor(parameters: LayerParameters) {
    this.maximumMessage = parameters.peerMaxBuffer - SIGNATURE_LENGTH;
    this.#ownMaxBuffer = parameters.ownMaxBuffer;
    this.#signers = directionSigners(parameters);
  }

  sign(signature: Uint8Array, parts: readonly Uint8Array[]): void {
    this.#signers.send.sign(signature, 0, ...parts);
  }

  verify(signature: Uint8Array, parts: readonly Uint8Array[]): void {
    this.#signers.receive.verify(signature, 0, ...parts);
  }

  seal(message: Uint8Array, trailer: Uint8Array): number {
    this.#signers.send.sign(trailer, 0, message);
    return SIGNATURE_LENGTH;
  }

  unseal(sealed: Uint8Array): Uint8Array {
    checkSealedLength(sealed.length, SIGNATURE_LENGTH, this.#ownMaxBuffer);
    const length = sealed.length - SIGNATURE_LENGTH;
    const message = sealed.subarray(0, length);
    this.#signers.receive.verify(sealed, length, message);
    return message;
  }

  wipe(): void {
    this.#signers.send.wipe();
    this.#signers.receive.wipe();
  }
}

export interface DirectionSigners {
  readonly send: Signer;
  readonly receive: Signer;
}

/** The signers of both directions, as one side sees them. */
export function directionSigners({ role, ha1 }: LayerParameters): DirectionSigners {
  const { clientToServer, serverToClient } = signingKeys(ha1);
  const client = new Signer(clientToServer);
  const server = new Signer(serverToClient);
  clientToServer.fill(0);
  serverToClient.fill(0);
  return role === 'client' ? { send: client, receive: server } : { send: server, receive: client };
}
