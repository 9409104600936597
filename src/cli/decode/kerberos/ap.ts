import { decodeGssChecksum } from '../../../engine/kerberos/ap/gss-checksum.js';
import { GSS_FLAG } from '../../../engine/kerberos/ap/gss-flags.js';
import { CHECKSUM_TYPE } from '../../../engine/kerberos/constants/checksum-type.js';
import { AP_OPTION, TICKET_FLAG } from '../../../engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '../../../engine/kerberos/constants/key-usage.js';
import { decodeApRep } from '../../../engine/kerberos/messages/ap-rep.js';
import { decodeApReq } from '../../../engine/kerberos/messages/ap-req.js';
import { type Authenticator, decodeAuthenticator } from '../../../engine/kerberos/messages/authenticator.js';
import type { Checksum } from '../../../engine/kerberos/messages/checksum.js';
import { decodeEncApRepPart } from '../../../engine/kerberos/messages/enc-ap-rep-part.js';
import { decodeEncKrbCredPart, type KrbCredInfo } from '../../../engine/kerberos/messages/enc-krb-cred-part.js';
import { decodeEncKrbPrivPart, type EncKrbPrivPart } from '../../../engine/kerberos/messages/enc-krb-priv-part.js';
import { decodeKrbCred } from '../../../engine/kerberos/messages/krb-cred.js';
import { decodeKrbPriv } from '../../../engine/kerberos/messages/krb-priv.js';
import { decodeKrbSafe } from '../../../engine/kerberos/messages/krb-safe.js';
import { bytesField, type TokenField } from '../decoded-token.js';
import { authorizationField } from './authorization.js';
import {
  addressText,
  attempt,
  flagsField,
  keyField,
  listField,
  nameOf,
  optional,
  principalField,
  textField,
  timeField,
} from './fields.js';
import type { KeyRing } from './key-ring.js';
import { encryptedFields, ticketFields } from './ticket.js';

/** AP-REQ (RFC 4120 5.5.1). In the padata of a TGS-REQ, too, where its authenticator has a usage of its own. */
export function apReqFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const { apOptions, authenticator, ticket } = decodeApReq(bytes);
  const usages = [KEY_USAGE.AP_REQ_AUTHENTICATOR, KEY_USAGE.TGS_REQ_AUTHENTICATOR];
  return [
    flagsField('options', AP_OPTION, apOptions, ''),
    ...ticketFields(ticket, ring),
    ...encryptedFields('authenticator', authenticator, ring, usages, plain =>
      authenticatorFields(decodeAuthenticator(plain), ring),
    ),
  ];
}

export function authenticatorFields(authenticator: Authenticator, ring: KeyRing): TokenField[] {
  const { authorizationData, checksum, ctime, cusec, seqNumber, subkey } = authenticator;
  if (subkey) ring.learn(subkey, "the client's subkey");
  return [
    principalField('client', authenticator.cname, authenticator.crealm, 'who speaks'),
    timeField('time', ctime, `and ${cusec} microseconds, by the client's clock`),
    ...optional(checksum, value => checksumField(value, ring)),
    ...optional(subkey, value => keyField('subkey', value, 'for this conversation')),
    ...optional(seqNumber, value => textField('sequence', value, "the client's first number")),
    ...optional(authorizationData, data => authorizationField(data, undefined)),
  ];
}

function checksumField({ bytes, type }: Checksum, ring: KeyRing): TokenField {
  const name = 'checksum';
  if (type !== CHECKSUM_TYPE.GSS) return bytesField(name, bytes, checksumName(type));
  const parts = attempt(name, bytes, () => {
    const { bindings, delegation, flags } = decodeGssChecksum(bytes);
    return [
      flagsField('flags', GSS_FLAG, flags, 'what the client asks for'),
      bindings
        ? bytesField('channel bindings', bindings, 'MD5 of the TLS channel')
        : textField('channel bindings', '(none)', ''),
      ...optional(delegation, value =>
        listField(
          'delegation',
          attempt('KRB-CRED', value, () => krbCredFields(value, ring)),
          '',
        ),
      ),
    ];
  });
  return listField(name, parts, "GSS-API's (RFC 4121 4.1.1)");
}

/** AP-REP (RFC 4120 5.5.2). */
export function apRepFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  return encryptedFields('reply', decodeApRep(bytes).encPart, ring, [KEY_USAGE.AP_REP], plain =>
    apRepPartFields(plain, ring),
  );
}

export function apRepPartFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const { ctime, cusec, seqNumber, subkey } = decodeEncApRepPart(bytes);
  if (subkey) ring.learn(subkey, "the service's subkey");
  return [
    timeField('time', ctime, `and ${cusec} microseconds: the client's, sent back as a proof`),
    ...optional(subkey, value => keyField('subkey', value, 'the key of the context')),
    ...optional(seqNumber, value => textField('sequence', value, "the service's first number")),
  ];
}

/** KRB-CRED (RFC 4120 5.8.1): tickets that are handed on. */
export function krbCredFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const { encPart, tickets } = decodeKrbCred(bytes);
  const parts = tickets.map(ticket => listField('ticket', ticketFields(ticket, ring), ''));
  // Under no encryption at all where the message travels in something that is encrypted.
  if (encPart.etype === 0)
    return [
      ...parts,
      listField(
        'keys',
        attempt('keys', encPart.cipher, () => krbCredPartFields(encPart.cipher, ring)),
        'not encrypted',
      ),
    ];
  return [
    ...parts,
    ...encryptedFields('keys', encPart, ring, [KEY_USAGE.KRB_CRED], plain => krbCredPartFields(plain, ring)),
  ];
}

export function krbCredPartFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const { recipientAddress, senderAddress, ticketInfo, timestamp } = decodeEncKrbCredPart(bytes);
  return [
    ...ticketInfo.map(info => listField('ticket', credInfoFields(info, ring), '')),
    ...optional(timestamp, time => timeField('time', time, '')),
    ...optional(senderAddress, address => textField('sender', addressText(address), '')),
    ...optional(recipientAddress, address => textField('recipient', addressText(address), '')),
  ];
}

function credInfoFields(info: KrbCredInfo, ring: KeyRing): TokenField[] {
  ring.learn(info.key, 'a session key that was handed on');
  return [
    ...optional(info.pname, name => principalField('client', name, info.prealm, '')),
    ...optional(info.sname, name => principalField('service', name, info.srealm, '')),
    keyField('session key', info.key, ''),
    ...optional(info.flags, flags => flagsField('flags', TICKET_FLAG, flags, '')),
    ...optional(info.authtime, time => timeField('logon', time, '')),
    ...optional(info.endtime, time => timeField('good until', time, '')),
    ...optional(info.renewTill, time => timeField('renewable until', time, '')),
  ];
}

/** KRB-PRIV (RFC 4120 5.7.1). */
export function krbPrivFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  return encryptedFields('message', decodeKrbPriv(bytes).encPart, ring, [KEY_USAGE.KRB_PRIV], krbPrivPartFields);
}

export function krbPrivPartFields(bytes: Uint8Array): TokenField[] {
  return userDataFields(decodeEncKrbPrivPart(bytes));
}

/** KRB-SAFE (RFC 4120 5.6.1). */
export function krbSafeFields(bytes: Uint8Array): TokenField[] {
  const { body, checksum } = decodeKrbSafe(bytes);
  return [...userDataFields(body), bytesField('checksum', checksum.bytes, checksumName(checksum.type))];
}

function userDataFields(part: EncKrbPrivPart): TokenField[] {
  const { recipientAddress, senderAddress, seqNumber, timestamp, userData } = part;
  return [
    bytesField('data', userData, ''),
    ...optional(timestamp, time => timeField('time', time, '')),
    ...optional(seqNumber, value => textField('sequence', value, '')),
    textField('sender', addressText(senderAddress), ''),
    ...optional(recipientAddress, address => textField('recipient', addressText(address), '')),
  ];
}

export function checksumName(type: number): string {
  return nameOf(CHECKSUM_TYPE, type) ?? `checksum type ${type}`;
}
