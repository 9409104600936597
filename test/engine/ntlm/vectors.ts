import { readVectors } from '../../vectors/read-vectors.js';

/** Binary values are hex; flags are hex numbers. */
interface NtlmVectors {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  readonly workstation: string;
  readonly serverChallenge: string;
  readonly clientChallenge: string;
  readonly randomSessionKey: string;
  readonly plaintext: string;
  readonly lmHash: string;
  readonly ntHash: string;
  readonly v1: {
    readonly flags: string;
    readonly ntResponse: string;
    readonly lmResponse: string;
    readonly sessionBaseKey: string;
    readonly keyExchange: readonly {
      readonly flag: '' | 'REQUEST_NON_NT_SESSION_KEY' | 'LM_KEY';
      readonly keyExchangeKey: string;
      readonly encryptedSessionKey: string;
    }[];
    readonly challenge: string;
    readonly authenticate: string;
    readonly sealed: string;
    readonly signature: string;
  };
  readonly v1Ess: {
    readonly flags: string;
    readonly ntResponse: string;
    readonly lmResponse: string;
    readonly keyExchangeKey: string;
    readonly sealKey: string;
    readonly signKey: string;
    readonly sealed: string;
    readonly signature: string;
  };
  readonly v2: {
    readonly flags: string;
    readonly ntlmV2Key: string;
    readonly temp: string;
    readonly proof: string;
    readonly sessionBaseKey: string;
    readonly lmResponse: string;
    readonly encryptedSessionKey: string;
    readonly challenge: string;
    readonly authenticate: string;
    readonly sealKey: string;
    readonly signKey: string;
    readonly sealed: string;
    readonly signature: string;
  };
  readonly derived: {
    readonly serverSignKey: string;
    readonly serverSealKey: string;
    readonly secondSealed: string;
    readonly secondSignature: string;
    readonly signedOnly: string;
  };
  readonly withMic: {
    readonly targetName: string;
    readonly applicationData: string;
    readonly channelBindings: string;
    readonly negotiate: string;
    readonly challenge: string;
    readonly authenticate: string;
    readonly proof: string;
    readonly sessionBaseKey: string;
    readonly mic: string;
  };
}

export const vectors: NtlmVectors = readVectors<NtlmVectors>('ntlm');

export function unhex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

export function utf16(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'utf16le'));
}
