import { readVectors } from '../../../vectors/read-vectors.js';

interface DigestMd5Vectors {
  readonly source: string;
  readonly user: string;
  readonly realm: string;
  readonly password: string;
  readonly nc: string;
  readonly exchanges: readonly {
    readonly name: string;
    readonly nonce: string;
    readonly cnonce: string;
    readonly digestUri: string;
    readonly ha1: string;
    readonly challenge: string;
    readonly response: string;
    readonly rspauth: string;
  }[];
  readonly derived: {
    readonly source: string;
    readonly proofs: readonly { readonly qop: string; readonly response: string; readonly rspauth: string }[];
    readonly kic: string;
    readonly kis: string;
    readonly message: string;
    readonly layers: readonly {
      readonly qop: string;
      readonly cipher?: string;
      readonly kcc?: string;
      readonly kcs?: string;
      /** Protected buffers, client to server, sequence numbers from 0. */
      readonly messages: readonly string[];
    }[];
  };
}

export const vectors = readVectors<DigestMd5Vectors>('digest-md5');

export function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
