import fc from 'fast-check';
import { MESSAGE_TYPE } from '#dist/engine/kerberos/constants/message-type.js';
import { decodeApRep, encodeApRep } from '#dist/engine/kerberos/messages/ap-rep.js';
import { decodeApReq, encodeApReq } from '#dist/engine/kerberos/messages/ap-req.js';
import { decodeAuthenticator, encodeAuthenticator } from '#dist/engine/kerberos/messages/authenticator.js';
import { decodeAuthorizationData, encodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import { decodeChangePasswdData, encodeChangePasswdData } from '#dist/engine/kerberos/messages/change-passwd-data.js';
import { decodeEncApRepPart, encodeEncApRepPart } from '#dist/engine/kerberos/messages/enc-ap-rep-part.js';
import { decodeEncKdcRepPart, encodeEncKdcRepPart } from '#dist/engine/kerberos/messages/enc-kdc-rep-part.js';
import { decodeEncKrbCredPart, encodeEncKrbCredPart } from '#dist/engine/kerberos/messages/enc-krb-cred-part.js';
import { decodeEncKrbPrivPart, encodeEncKrbPrivPart } from '#dist/engine/kerberos/messages/enc-krb-priv-part.js';
import { decodeEncTicketPart, encodeEncTicketPart } from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { decodeEncryptedData, encodeEncryptedData } from '#dist/engine/kerberos/messages/encrypted-data.js';
import {
  decodeEtypeInfo,
  decodeEtypeInfo2,
  encodeEtypeInfo,
  encodeEtypeInfo2,
} from '#dist/engine/kerberos/messages/etype-info.js';
import { decodeFastArmoredReq, encodeFastArmoredReq } from '#dist/engine/kerberos/messages/fast-armored-req.js';
import { decodeFastReq, encodeFastReq } from '#dist/engine/kerberos/messages/fast-req.js';
import {
  decodeFastReply,
  decodeFastResponse,
  encodeFastReply,
  encodeFastResponse,
} from '#dist/engine/kerberos/messages/fast-response.js';
import { decodeKdcProxyMessage, encodeKdcProxyMessage } from '#dist/engine/kerberos/messages/kdc-proxy-message.js';
import { decodeKdcRep, encodeKdcRep } from '#dist/engine/kerberos/messages/kdc-rep.js';
import { decodeKdcReq, encodeKdcReq } from '#dist/engine/kerberos/messages/kdc-req.js';
import { encodeKdcReqBody } from '#dist/engine/kerberos/messages/kdc-req-body.js';
import { decodeKerbErrorData, encodeKerbErrorData } from '#dist/engine/kerberos/messages/kerb-error-data.js';
import { decodeKrbCred, encodeKrbCred } from '#dist/engine/kerberos/messages/krb-cred.js';
import { decodeKrbError, encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { decodeKrbPriv, encodeKrbPriv } from '#dist/engine/kerberos/messages/krb-priv.js';
import { decodeKrbSafe, encodeKrbSafe } from '#dist/engine/kerberos/messages/krb-safe.js';
import { decodeMethodData, encodeMethodData } from '#dist/engine/kerberos/messages/pa-data.js';
import { decodePaEncTsEnc, encodePaEncTsEnc } from '#dist/engine/kerberos/messages/pa-enc-timestamp.js';
import { decodePaForUser, encodePaForUser } from '#dist/engine/kerberos/messages/pa-for-user.js';
import { decodePaPacOptions, encodePaPacOptions } from '#dist/engine/kerberos/messages/pa-pac.js';
import {
  decodePaS4uX509User,
  encodePaS4uX509User,
  encodeS4uUserId,
} from '#dist/engine/kerberos/messages/pa-s4u-x509-user.js';
import { decodeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import {
  decodeTgtReply,
  decodeTgtRequest,
  encodeTgtReply,
  encodeTgtRequest,
} from '#dist/engine/kerberos/messages/user-to-user.js';
import {
  body,
  encrypted,
  key,
  name,
  octets,
  opt,
  text,
  ticket,
  time,
  typedList,
  typedOctets,
  uint32,
  usec,
} from './arbitraries.js';

/** A codec, and values that it has to bring back as they were. */
export interface Codec {
  readonly name: string;
  readonly values: fc.Arbitrary<unknown>;
  readonly encode: (value: never) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

function codec<T>(
  name: string,
  values: fc.Arbitrary<T>,
  encode: (value: T) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): Codec {
  return { name, values, encode, decode };
}

const padata = typedList('value');
const addresses = typedList('address');
const checksum = typedOctets('bytes');
const authorizationData = typedList('data');
const tickets = fc.array(ticket, { maxLength: 2 });
const times = { authtime: time, starttime: opt(time), endtime: time, renewTill: opt(time) };

const kdcReq = fc
  .record({ type: fc.constantFrom(MESSAGE_TYPE.AS_REQ, MESSAGE_TYPE.TGS_REQ), padata: opt(padata), body })
  .map(({ body, ...rest }) => ({ ...rest, bodyEncoding: encodeKdcReqBody(body), body }));
const kdcRep = fc.record({
  type: fc.constantFrom(MESSAGE_TYPE.AS_REP, MESSAGE_TYPE.TGS_REP),
  padata: opt(padata),
  crealm: text,
  cname: name,
  ticket,
  encPart: encrypted,
});
const encKdcRepPart = fc.record({
  key,
  lastReq: fc.array(fc.record({ type: fc.integer({ min: -9, max: 9 }), time }), { maxLength: 2 }),
  nonce: uint32,
  keyExpiration: opt(time),
  flags: uint32,
  ...times,
  srealm: text,
  sname: name,
  caddr: opt(addresses),
  encryptedPaData: opt(padata),
});
const encTicketPart = fc.record({
  flags: uint32,
  key,
  crealm: text,
  cname: name,
  transited: fc.record({ type: fc.constant(1), contents: octets }),
  ...times,
  caddr: opt(addresses),
  authorizationData: opt(authorizationData),
});
const authenticator = fc.record({
  crealm: text,
  cname: name,
  checksum: opt(checksum),
  cusec: usec,
  ctime: time,
  subkey: opt(key),
  seqNumber: opt(uint32),
  authorizationData: opt(authorizationData),
});
const krbCredInfo = fc.record({
  key,
  prealm: opt(text),
  pname: opt(name),
  flags: opt(uint32),
  authtime: opt(time),
  starttime: opt(time),
  endtime: opt(time),
  renewTill: opt(time),
  srealm: opt(text),
  sname: opt(name),
  caddr: opt(addresses),
});
const encKrbCredPart = fc.record({
  ticketInfo: fc.array(krbCredInfo, { maxLength: 2 }),
  nonce: opt(uint32),
  timestamp: opt(time),
  usec: opt(usec),
  senderAddress: opt(typedOctets('address')),
  recipientAddress: opt(typedOctets('address')),
});
const encKrbPrivPart = fc.record({
  userData: octets,
  timestamp: opt(time),
  usec: opt(usec),
  seqNumber: opt(uint32),
  senderAddress: typedOctets('address'),
  recipientAddress: opt(typedOctets('address')),
});
const krbError = fc.record({
  ctime: opt(time),
  cusec: opt(usec),
  stime: time,
  susec: usec,
  errorCode: fc.integer({ min: 0, max: 100 }),
  crealm: opt(text),
  cname: opt(name),
  realm: text,
  sname: name,
  eText: opt(fc.string({ maxLength: 20 })),
  eData: opt(octets),
});
const etypeInfo2 = fc.array(
  fc.record({
    etype: fc.integer({ min: -200, max: 200 }),
    salt: opt(text.map(salt => new TextEncoder().encode(salt))),
    parameters: opt(octets),
  }),
  { maxLength: 4 },
);
const etypeInfo = fc.array(fc.record({ etype: fc.integer({ min: -200, max: 200 }), salt: opt(octets) }), {
  maxLength: 4,
});
const s4uUserId = fc.record({
  nonce: uint32,
  cname: opt(name),
  crealm: text,
  certificate: opt(octets),
  options: opt(uint32),
});
const paS4uX509User = fc
  .record({ userId: s4uUserId, checksum })
  .map(value => ({ ...value, userIdEncoding: encodeS4uUserId(value.userId) }));
const finished = fc.record({ timestamp: time, usec, crealm: text, cname: name, ticketChecksum: checksum });

/** Every message of Kerberos that the engine reads. */
export const CODECS: readonly Codec[] = [
  codec('Ticket', ticket, ({ encoding }) => encoding, decodeTicket),
  codec('EncTicketPart', encTicketPart, encodeEncTicketPart, decodeEncTicketPart),
  codec('AP-REQ', fc.record({ apOptions: uint32, ticket, authenticator: encrypted }), encodeApReq, decodeApReq),
  codec('Authenticator', authenticator, encodeAuthenticator, decodeAuthenticator),
  codec('AP-REP', fc.record({ encPart: encrypted }), encodeApRep, decodeApRep),
  codec(
    'EncAPRepPart',
    fc.record({ ctime: time, cusec: usec, subkey: opt(key), seqNumber: opt(uint32) }),
    encodeEncApRepPart,
    decodeEncApRepPart,
  ),
  codec(
    'AS-REQ',
    kdcReq.map(value => ({ ...value, type: MESSAGE_TYPE.AS_REQ })),
    encodeKdcReq,
    bytes => decodeKdcReq(MESSAGE_TYPE.AS_REQ, bytes),
  ),
  codec(
    'TGS-REQ',
    kdcReq.map(value => ({ ...value, type: MESSAGE_TYPE.TGS_REQ })),
    encodeKdcReq,
    bytes => decodeKdcReq(MESSAGE_TYPE.TGS_REQ, bytes),
  ),
  codec(
    'AS-REP',
    kdcRep.map(value => ({ ...value, type: MESSAGE_TYPE.AS_REP })),
    encodeKdcRep,
    bytes => decodeKdcRep(MESSAGE_TYPE.AS_REP, bytes),
  ),
  codec(
    'TGS-REP',
    kdcRep.map(value => ({ ...value, type: MESSAGE_TYPE.TGS_REP })),
    encodeKdcRep,
    bytes => decodeKdcRep(MESSAGE_TYPE.TGS_REP, bytes),
  ),
  codec(
    'EncASRepPart',
    encKdcRepPart,
    value => encodeEncKdcRepPart(MESSAGE_TYPE.ENC_AS_REP_PART, value),
    decodeEncKdcRepPart,
  ),
  codec(
    'EncTGSRepPart',
    encKdcRepPart,
    value => encodeEncKdcRepPart(MESSAGE_TYPE.ENC_TGS_REP_PART, value),
    decodeEncKdcRepPart,
  ),
  codec('KRB-CRED', fc.record({ tickets, encPart: encrypted }), encodeKrbCred, decodeKrbCred),
  codec('EncKrbCredPart', encKrbCredPart, encodeEncKrbCredPart, decodeEncKrbCredPart),
  codec('KRB-SAFE', fc.record({ body: encKrbPrivPart, checksum }), encodeKrbSafe, decodeKrbSafe),
  codec('KRB-PRIV', fc.record({ encPart: encrypted }), encodeKrbPriv, decodeKrbPriv),
  codec('EncKrbPrivPart', encKrbPrivPart, encodeEncKrbPrivPart, decodeEncKrbPrivPart),
  codec('KRB-ERROR', krbError, encodeKrbError, decodeKrbError),
  codec(
    'KERB-ERROR-DATA',
    fc.record({ type: fc.integer({ min: 1, max: 9 }), value: opt(octets) }),
    encodeKerbErrorData,
    bytes => decodeKerbErrorData(bytes)[0],
  ),
  codec('AuthorizationData', authorizationData, encodeAuthorizationData, decodeAuthorizationData),
  codec('METHOD-DATA', padata, encodeMethodData, decodeMethodData),
  codec('EncryptedData', encrypted, encodeEncryptedData, decodeEncryptedData),
  codec('PA-ENC-TS-ENC', fc.record({ timestamp: time, usec: opt(usec) }), encodePaEncTsEnc, decodePaEncTsEnc),
  codec('ETYPE-INFO2', etypeInfo2, encodeEtypeInfo2, decodeEtypeInfo2),
  codec('ETYPE-INFO', etypeInfo, encodeEtypeInfo, decodeEtypeInfo),
  codec('PA-PAC-OPTIONS', uint32, encodePaPacOptions, decodePaPacOptions),
  codec(
    'PA-FOR-USER',
    fc.record({ userName: name, userRealm: text, checksum, authPackage: text }),
    encodePaForUser,
    decodePaForUser,
  ),
  codec(
    'PA-S4U-X509-USER',
    paS4uX509User,
    value => encodePaS4uX509User(value.userIdEncoding, value.checksum),
    decodePaS4uX509User,
  ),
  codec(
    'PA-FX-FAST-REQUEST',
    fc.record({ armor: opt(typedOctets('value')), reqChecksum: checksum, encFastReq: encrypted }),
    encodeFastArmoredReq,
    decodeFastArmoredReq,
  ),
  codec(
    'KrbFastReq',
    fc
      .record({ fastOptions: uint32, padata, body })
      .map(value => ({ ...value, bodyEncoding: encodeKdcReqBody(value.body) })),
    encodeFastReq,
    decodeFastReq,
  ),
  codec('PA-FX-FAST-REPLY', encrypted, encodeFastReply, decodeFastReply),
  codec(
    'KrbFastResponse',
    fc.record({ padata, strengthenKey: opt(key), finished: opt(finished), nonce: uint32 }),
    encodeFastResponse,
    decodeFastResponse,
  ),
  codec('KERB-TGT-REQUEST', fc.record({ serverName: opt(name), realm: opt(text) }), encodeTgtRequest, decodeTgtRequest),
  codec('KERB-TGT-REPLY', ticket, encodeTgtReply, decodeTgtReply),
  codec(
    'KDC-PROXY-MESSAGE',
    fc.record({ kerbMessage: octets, targetDomain: opt(text), dcLocatorHint: opt(uint32) }),
    encodeKdcProxyMessage,
    decodeKdcProxyMessage,
  ),
  codec(
    'ChangePasswdData',
    fc.record({ newPassword: octets, targetName: opt(name), targetRealm: opt(text) }),
    encodeChangePasswdData,
    decodeChangePasswdData,
  ),
];
