import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf8 } from '../../../bytes/text.js';
import { PAC_OPTION } from '../../../engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '../../../engine/kerberos/constants/key-usage.js';
import { PA_TYPE } from '../../../engine/kerberos/constants/pa-type.js';
import { encryptionTypeName } from '../../../engine/kerberos/crypto/encryption-types.js';
import { decodeEncryptedData } from '../../../engine/kerberos/messages/encrypted-data.js';
import { decodeEtypeInfo, decodeEtypeInfo2, type EtypeInfo } from '../../../engine/kerberos/messages/etype-info.js';
import { decodeFastArmoredReq } from '../../../engine/kerberos/messages/fast-armored-req.js';
import { decodeFastReply } from '../../../engine/kerberos/messages/fast-response.js';
import type { PaData } from '../../../engine/kerberos/messages/pa-data.js';
import { decodePaEncTsEnc } from '../../../engine/kerberos/messages/pa-enc-timestamp.js';
import { decodePaForUser } from '../../../engine/kerberos/messages/pa-for-user.js';
import { decodePaPacOptions, decodePaPacRequest } from '../../../engine/kerberos/messages/pa-pac.js';
import { decodePaS4uX509User, S4U_OPTION } from '../../../engine/kerberos/messages/pa-s4u-x509-user.js';
import { bytesField, type TokenField } from '../decoded-token.js';
import { apReqFields, checksumName } from './ap.js';
import { derOrBytes } from './authorization.js';
import { attempt, flagsField, listField, nameOf, optional, principalField, textField, timeField } from './fields.js';
import type { KeyRing } from './key-ring.js';
import { krbErrorFields } from './krb-error.js';
import { cipherField, encryptedFields } from './ticket.js';

/** One element of pre-authentication data (RFC 4120 5.2.7). */
export function paDataField({ type, value }: PaData, ring: KeyRing): TokenField {
  const name = `PA-${nameOf(PA_TYPE, type)?.replaceAll('_', '-') ?? type}`;
  const meaning = MEANINGS[type] ?? '';
  if (value.length === 0) return textField(name, '(empty)', meaning);
  const read = READERS[type];
  if (!read) return { ...derOrBytes(name, value), meaning };
  return listField(
    name,
    attempt(name, value, () => read(value, ring)),
    meaning,
  );
}

type Reader = (value: Uint8Array, ring: KeyRing) => readonly TokenField[];

const READERS: Readonly<Record<number, Reader>> = {
  [PA_TYPE.TGS_REQ]: apReqFields,
  [PA_TYPE.ENC_TIMESTAMP]: (value, ring) =>
    encryptedFields('proof', decodeEncryptedData(value), ring, [KEY_USAGE.PA_ENC_TIMESTAMP], timestampFields),
  [PA_TYPE.ENCRYPTED_CHALLENGE]: value => [cipherField('proof', decodeEncryptedData(value))],
  [PA_TYPE.PW_SALT]: value => [bytesField('salt', value, '')],
  [PA_TYPE.ETYPE_INFO]: value => decodeEtypeInfo(value).map(etypeField),
  [PA_TYPE.ETYPE_INFO2]: value => decodeEtypeInfo2(value).map(etypeField),
  [PA_TYPE.PAC_REQUEST]: value => [textField('PAC', decodePaPacRequest(value) ? 'wanted' : 'not wanted', '')],
  [PA_TYPE.PAC_OPTIONS]: value => [flagsField('options', PAC_OPTION, decodePaPacOptions(value), '')],
  [PA_TYPE.FOR_USER]: value => forUserFields(value),
  [PA_TYPE.S4U_X509_USER]: value => s4uFields(value),
  [PA_TYPE.FX_FAST]: fastFields,
  [PA_TYPE.FX_ERROR]: (value, ring) => krbErrorFields(value, element => paDataField(element, ring)),
  [PA_TYPE.SUPPORTED_ENCTYPES]: value => [
    value.length === 4
      ? flagsField('types', SUPPORTED, new ByteReader(value).u32le(), 'of the service')
      : bytesField('types', value, ''),
  ],
};

function timestampFields(bytes: Uint8Array): TokenField[] {
  const { timestamp, usec } = decodePaEncTsEnc(bytes);
  return [
    timeField('time', timestamp, `${usec === undefined ? '' : `and ${usec} microseconds, `}by the client's clock`),
  ];
}

function etypeField({ etype, parameters, salt }: EtypeInfo): TokenField {
  const iterations = parameters?.length === 4 ? `, ${new ByteReader(parameters).u32be()} iterations` : '';
  const text = salt === undefined ? 'the default salt' : `salt ${JSON.stringify(saltText(salt))}`;
  return textField(encryptionTypeName(etype), `${text}${iterations}`, '');
}

function saltText(salt: Uint8Array): string {
  try {
    return decodeUtf8(salt);
  } catch {
    return bytesField('', salt, '').value;
  }
}

function forUserFields(value: Uint8Array): TokenField[] {
  const { authPackage, checksum, userName, userRealm } = decodePaForUser(value);
  return [
    principalField('user', userName, userRealm, 'whom the ticket shall be for'),
    bytesField('checksum', checksum.bytes, checksumName(checksum.type)),
    textField('package', authPackage, ''),
  ];
}

function s4uFields(value: Uint8Array): TokenField[] {
  const { checksum, userId } = decodePaS4uX509User(value);
  const { certificate, cname, crealm, nonce, options } = userId;
  return [
    ...optional(cname, name => principalField('user', name, crealm, 'whom the ticket shall be for')),
    ...optional(certificate, bytes => bytesField('certificate', bytes, '')),
    ...optional(options, bits => flagsField('options', S4U_OPTION, bits, '')),
    textField('nonce', nonce, ''),
    bytesField('checksum', checksum.bytes, checksumName(checksum.type)),
  ];
}

/** PA-FX-FAST (RFC 6113 5.4): the request where it can be one, or else the reply. */
function fastFields(value: Uint8Array, ring: KeyRing): TokenField[] {
  try {
    const { armor, encFastReq, reqChecksum } = decodeFastArmoredReq(value);
    return [
      ...optional(armor, ({ value: request }) =>
        listField(
          'armor',
          attempt('armor', request, () => apReqFields(request, ring)),
          'a ticket that protects the request',
        ),
      ),
      bytesField('checksum', reqChecksum.bytes, checksumName(reqChecksum.type)),
      cipherField('request', encFastReq),
    ];
  } catch {
    return [cipherField('reply', decodeFastReply(value))];
  }
}

const MEANINGS: Readonly<Record<number, string>> = {
  [PA_TYPE.TGS_REQ]: 'the ticket-granting ticket',
  [PA_TYPE.ENC_TIMESTAMP]: 'proof of the password: the time, encrypted',
  [PA_TYPE.ETYPE_INFO2]: 'how keys are made of the password',
  [PA_TYPE.PAC_REQUEST]: '',
  [PA_TYPE.FX_COOKIE]: "the KDC's, sent back unchanged",
  [PA_TYPE.FX_FAST]: 'the KDC does FAST; or what it protects',
  [PA_TYPE.FX_ERROR]: 'the error itself',
  [PA_TYPE.PK_AS_REQ]: 'logon with a certificate',
  [PA_TYPE.REQ_ENC_PA_REP]: 'the KDC shall prove what it was asked',
  [PA_TYPE.SPAKE]: 'a proof that nobody can try passwords on',
  [PA_TYPE.FOR_USER]: 'S4U2Self',
  [PA_TYPE.S4U_X509_USER]: 'S4U2Self',
};

/** KerbSupportedEncryptionTypes ([MS-KILE] 2.2.7). */
const SUPPORTED = {
  DES_CBC_CRC: 1,
  DES_CBC_MD5: 2,
  RC4_HMAC: 4,
  AES128_CTS_HMAC_SHA1_96: 8,
  AES256_CTS_HMAC_SHA1_96: 0x10,
  AES256_CTS_HMAC_SHA1_96_SK: 0x20,
  FAST: 0x10000,
  COMPOUND_IDENTITY: 0x20000,
  CLAIMS: 0x40000,
  RESOURCE_SID_COMPRESSION_DISABLED: 0x80000,
} as const;
