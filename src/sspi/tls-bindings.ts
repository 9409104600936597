import { createHash } from 'node:crypto';
import { concatBytes } from '../bytes/concat.js';
import { MalformedBytesError } from '../bytes/errors.js';
import { encodeHex } from '../bytes/hex.js';
import { ByteReader } from '../bytes/reader.js';
import { channelBindings } from './channel-bindings.js';

/** A channel binding type of TLS (RFC 5929, RFC 9266). */
export type TlsBindingType = 'tls-server-end-point' | 'tls-unique' | 'tls-exporter';

/** A SEC_CHANNEL_BINDINGS whose application data is `type ":" data` (RFC 5056 2.1). */
export function tlsBindings(type: TlsBindingType, data: Uint8Array): Uint8Array {
  return channelBindings({ applicationData: concatBytes(new TextEncoder().encode(`${type}:`), data) });
}

/**
 * The `tls-server-end-point` binding of a server's certificate, which is DER: its hash by the hash function of its own signature, or
 * by SHA-256 where that is MD5 or SHA-1 (RFC 5929 4.1). Undefined where the signature uses no hash function, or one that is not known
 * here, for which the RFC defines no binding. Throws `MalformedBytesError` for what is no certificate.
 */
export function endPointBindings(certificate: Uint8Array): Uint8Array | undefined {
  const hash = signatureHash(certificate);
  return hash === undefined
    ? undefined
    : tlsBindings('tls-server-end-point', createHash(hash).update(certificate).digest());
}

/** `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm AlgorithmIdentifier, signatureValue }` (RFC 5280 4.1). */
function signatureHash(certificate: Uint8Array): string | undefined {
  const outer = readValue(new ByteReader(certificate), SEQUENCE);
  readValue(outer, SEQUENCE);
  const algorithm = readValue(outer, SEQUENCE);
  const oid = readOid(algorithm);
  return oid === RSASSA_PSS ? pssHash(algorithm) : SIGNATURE_HASHES.get(oid);
}

/** `RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] HashAlgorithm DEFAULT sha1, ... }` (RFC 4055 3.1). */
function pssHash(algorithm: ByteReader): string | undefined {
  const parameters = readValue(algorithm, SEQUENCE);
  if (parameters.remaining === 0 || parameters.peekU8() !== CONTEXT_0) return 'sha256';
  const oid = readOid(readValue(readValue(parameters, CONTEXT_0), SEQUENCE));
  return PSS_HASHES.get(oid);
}

function readOid(reader: ByteReader): string {
  const oid = readValue(reader, OBJECT_IDENTIFIER);
  return encodeHex(oid.rest());
}

/** A value of DER with a definite length (X.690 8.1, 10.1). */
function readValue(reader: ByteReader, tag: number): ByteReader {
  if (reader.u8() !== tag) throw new MalformedBytesError('the certificate is not what RFC 5280 4.1 says');
  let length = reader.u8();
  if (length >= 0x80) {
    const octets = length - 0x80;
    if (octets < 1 || octets > 4) throw new MalformedBytesError('a length in the certificate is not definite');
    length = 0;
    for (let n = 0; n < octets; n++) length = length * 256 + reader.u8();
  }
  return reader.sub(length);
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const CONTEXT_0 = 0xa0;

/** 1.2.840.113549.1.1.10 (RFC 8017 A.2.3). */
const RSASSA_PSS = '2a864886f70d01010a';

/** Object identifiers of signatures by their content octets (RFC 8017 A.2.4, RFC 5758 3.2), with MD5 and SHA-1 as RFC 5929 has them. */
const SIGNATURE_HASHES: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d010104', 'sha256'], // md5WithRSAEncryption
  ['2a864886f70d010105', 'sha256'], // sha1WithRSAEncryption
  ['2a864886f70d01010b', 'sha256'], // sha256WithRSAEncryption
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a864886f70d01010e', 'sha224'],
  ['2a8648ce3d0401', 'sha256'], // ecdsa-with-SHA1
  ['2a8648ce3d040301', 'sha224'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2a8648ce380403', 'sha256'], // dsa-with-sha1
  ['608648016503040301', 'sha224'], // dsa-with-sha224
  ['608648016503040302', 'sha256'],
]);

/** Hash functions by the content octets of their object identifiers (RFC 4055 2.1). */
const PSS_HASHES: ReadonlyMap<string, string> = new Map([
  ['2b0e03021a', 'sha256'], // SHA-1
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
  ['608648016503040204', 'sha224'],
]);
