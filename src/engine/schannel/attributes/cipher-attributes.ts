import type { EphemeralKeyInfo, TLSSocket } from 'node:tls';
import type { CipherInfo, ConnectionInfo, StreamSizes } from '../../../sspi/attribute-values.js';
import { SP_PROT } from '../../../sspi/schannel.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { RECORD_HEADER } from '../records.js';
import { type CipherSuite, cipherSuite } from './cipher-suites.js';

/** The suite of a connection. Throws SEC_E_ALGORITHM_MISMATCH for one that the package has not offered. */
export function currentSuite(socket: TLSSocket): CipherSuite {
  const { standardName } = socket.getCipher();
  const suite = cipherSuite(standardName);
  if (suite) return suite;
  throw new PackageError(SEC_E.ALGORITHM_MISMATCH, `the cipher suite ${standardName} is not one of this package`);
}

/**
 * What stands before and behind the data of a record: RFC 8446 5.2 (a content type and a tag of 16 bytes), RFC 5288 3 (an explicit nonce
 * of 8), RFC 7905 2 (none), RFC 5246 6.2.3.2 (an initialization vector, a MAC and up to a block of padding).
 */
export function streamSizes({ mode, hash }: CipherSuite, protocol: string | null): StreamSizes {
  const common = { maximumMessage: 16384, bufferCount: 4, blockSize: mode === 'CBC' ? 16 : 1 };
  if (protocol === 'TLSv1.3') return { ...common, header: RECORD_HEADER, trailer: TLS13_TRAILER + KEY_UPDATE_RECORD };
  if (mode === 'CBC') return { ...common, header: RECORD_HEADER + 16, trailer: (hash === 'SHA384' ? 48 : 32) + 16 };
  return { ...common, header: RECORD_HEADER + (mode === 'GCM' ? 8 : 0), trailer: 16 };
}

/** The content type and the tag behind the data of a record of TLS 1.3. */
export const TLS13_TRAILER = 17;

/**
 * A record with a KeyUpdate (RFC 8446 4.6.3). OpenSSL answers a peer that asks for one when it next has something to send: there must be
 * room for it beside the message.
 */
const KEY_UPDATE_RECORD = RECORD_HEADER + 5 + TLS13_TRAILER;

export function connectionInfo(socket: TLSSocket, role: 'client' | 'server'): ConnectionInfo {
  const { cipher, keyLength, mode, hash, exchange } = currentSuite(socket);
  const isTls13 = socket.getProtocol() === 'TLSv1.3';
  const bits =
    role === 'client' ? [SP_PROT.TLS1_2_CLIENT, SP_PROT.TLS1_3_CLIENT] : [SP_PROT.TLS1_2_SERVER, SP_PROT.TLS1_3_SERVER];
  return {
    protocol: bits[isTls13 ? 1 : 0]!,
    cipher: cipher === 'AES' ? (keyLength === 128 ? CALG.AES_128 : CALG.AES_256) : 0,
    cipherStrength: keyLength,
    // The integrity of an AEAD cipher is its own.
    hash: mode === 'CBC' ? (hash === 'SHA384' ? CALG.SHA_384 : CALG.SHA_256) : 0,
    hashStrength: mode === 'CBC' ? hashBits(hash) : 0,
    exchange: exchange === 'any' ? 0 : exchange === 'ECDHE' ? CALG.ECDH_EPHEM : CALG.DH_EPHEM,
    exchangeStrength: exchangeBits(socket),
  };
}

export function cipherInfo(socket: TLSSocket): CipherInfo {
  const { standardName } = socket.getCipher();
  const { number, cipher, keyLength, mode, hash, exchange, certificate } = currentSuite(socket);
  const bits = exchangeBits(socket);
  return {
    protocol: socket.getProtocol() === 'TLSv1.3' ? 0x0304 : 0x0303,
    cipherSuite: number,
    baseCipherSuite: number,
    cipherSuiteName: standardName,
    cipherName: cipher,
    cipherLength: keyLength,
    cipherBlockLength: cipher === 'AES' ? 16 : 0,
    hashName: mode === 'CBC' ? hash : '',
    hashLength: mode === 'CBC' ? hashBits(hash) : 0,
    exchangeName: exchange === 'any' ? '' : exchange === 'ECDHE' ? 'ECDH' : 'DH',
    minExchangeLength: bits,
    maxExchangeLength: bits,
    certificateName: certificate === 'any' ? '' : certificate,
    keyType: 0,
  };
}

/** 0 on a server, where Node.js does not tell. */
function exchangeBits(socket: TLSSocket): number {
  const info = socket.getEphemeralKeyInfo() as Partial<EphemeralKeyInfo> | null;
  return info?.size ?? 0;
}

function hashBits(hash: CipherSuite['hash']): number {
  return hash === 'SHA384' ? 384 : 256;
}

/** ALG_IDs. Source: wincrypt.h. */
const CALG = {
  AES_128: 0x660e,
  AES_256: 0x6610,
  SHA_256: 0x800c,
  SHA_384: 0x800d,
  DH_EPHEM: 0xaa02,
  ECDH_EPHEM: 0xae06,
} as const;
Object.freeze(CALG);
