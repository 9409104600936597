import { Buffer } from 'node:buffer';
import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult, randomBytes, sign } from 'node:crypto';

/** A certificate for `localhost` with its key, both PEM. */
export interface SelfSigned {
  readonly certificate: string;
  readonly der: Uint8Array;
  readonly key: string;
}

/** Makes a certificate that is its own issuer (RFC 5280 section 4.1): RSA with SHA-256, valid around today. */
export function selfSigned(commonName = 'localhost'): SelfSigned {
  const { privateKey, publicKey } = keyPair();
  const der = certificate(commonName, privateKey, publicKey);
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    der: new Uint8Array(der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Wine cannot sign with a key whose coefficient (RFC 8017 section 3.2, qInv) begins with a zero: one in 256. */
function keyPair(): KeyPairKeyObjectResult {
  for (;;) {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { qi = '' } = pair.privateKey.export({ format: 'jwk' });
    if (Buffer.from(qi, 'base64url').length === 128) return pair;
  }
}

function certificate(commonName: string, privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const name = sequence(set(sequence(COMMON_NAME, element(0x0c, Buffer.from(commonName)))));
  const now = Date.now();
  const tbs = sequence(
    element(0xa0, element(0x02, Buffer.of(2))),
    element(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    SHA256_WITH_RSA,
    name,
    sequence(time(now - DAY), time(now + DAY)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(
      0xa3,
      sequence(sequence(SUBJECT_ALT_NAME, element(0x04, sequence(element(0x82, Buffer.from('localhost')))))),
    ),
  );
  return sequence(tbs, SHA256_WITH_RSA, element(0x03, Buffer.concat([Buffer.of(0), sign('sha256', tbs, privateKey)])));
}

/** UTCTime. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Uint8Array[]): Buffer {
  return element(0x31, Buffer.concat(parts));
}

function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const DAY = 86_400_000;
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
const SHA256_WITH_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
