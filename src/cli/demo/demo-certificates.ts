import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { concatBytes } from '../../bytes/concat.js';
import { encodeUtf8 } from '../../bytes/text.js';
import { ByteWriter } from '../../bytes/writer.js';

/** A certificate with its key, both PEM. */
export interface DemoCertificate {
  readonly pem: string;
  readonly key: string;
}

let made: { readonly server: DemoCertificate; readonly client: DemoCertificate } | undefined;

/** A server's certificate for `localhost` and a client's for `alice`, made for this process. Each is its own authority. */
export function demoCertificates(): { readonly server: DemoCertificate; readonly client: DemoCertificate } {
  made ??= { server: selfSigned('localhost', P256), client: selfSigned('alice', P256) };
  return made;
}

/** A server's certificate for `localhost` with a key of RSA, which every Schannel can import. */
export function rsaServerCertificate(): DemoCertificate {
  return selfSigned('localhost', RSA);
}

/** How a certificate is signed. */
interface SignatureKind {
  readonly makeKey: () => KeyObject;
  /** `AlgorithmIdentifier` */
  readonly algorithm: Uint8Array;
}

/** An X.509 certificate of version 3 (RFC 5280 4.1), signed by itself with SHA-256. */
function selfSigned(name: string, { makeKey, algorithm }: SignatureKind): DemoCertificate {
  const privateKey = makeKey();
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const serial = randomBytes(8);
  // A positive number without a leading zero.
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  const distinguishedName = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, encodeUtf8(name)))));
  const validity = der(
    SEQUENCE,
    der(UTC_TIME, encodeUtf8('200101000000Z')),
    der(UTC_TIME, encodeUtf8('491231235959Z')),
  );
  const alternativeName = der(OCTET_STRING, der(SEQUENCE, der(DNS_NAME, encodeUtf8(name))));
  const body = der(
    SEQUENCE,
    der(CONTEXT_0, der(INTEGER, Uint8Array.of(2))),
    der(INTEGER, serial),
    algorithm,
    distinguishedName,
    validity,
    distinguishedName,
    publicKey,
    der(CONTEXT_3, der(SEQUENCE, der(SEQUENCE, SUBJECT_ALT_NAME, alternativeName))),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der(SEQUENCE, body, algorithm, der(BIT_STRING, concatBytes(Uint8Array.of(0), signature)));
  const base64 = Buffer.from(certificate).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return {
    pem: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A value of DER (X.690 10.1). */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...parts);
  const { length } = content;
  const writer = new ByteWriter(length + 4).u8(tag);
  if (length < 0x80) writer.u8(length);
  else if (length < 0x100) writer.u8(0x81).u8(length);
  else writer.u8(0x82).u16be(length);
  return writer.bytes(content).toBytes();
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const DNS_NAME = 0x82;
const CONTEXT_0 = 0xa0;
const CONTEXT_3 = 0xa3;

/** 2.5.4.3 */
const COMMON_NAME = Uint8Array.of(0x06, 3, 0x55, 4, 3);
/** 2.5.29.17 */
const SUBJECT_ALT_NAME = Uint8Array.of(0x06, 3, 0x55, 0x1d, 0x11);

/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758 3.2) */
const P256: SignatureKind = {
  makeKey: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  algorithm: Uint8Array.of(0x30, 10, 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2),
};
/** sha256WithRSAEncryption, 1.2.840.113549.1.1.11, with NULL (RFC 4055 5) */
const RSA: SignatureKind = {
  makeKey: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  algorithm: Uint8Array.of(0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 0x05, 0),
};
