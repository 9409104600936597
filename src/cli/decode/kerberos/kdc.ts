import { KDC_OPTION, TICKET_FLAG } from '../../../engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '../../../engine/kerberos/constants/key-usage.js';
import { MESSAGE_TYPE } from '../../../engine/kerberos/constants/message-type.js';
import { encryptionTypeName } from '../../../engine/kerberos/crypto/encryption-types.js';
import { decodeAuthorizationData } from '../../../engine/kerberos/messages/authorization-data.js';
import { decodeEncKdcRepPart } from '../../../engine/kerberos/messages/enc-kdc-rep-part.js';
import { decodeKdcRep, type KdcRepType } from '../../../engine/kerberos/messages/kdc-rep.js';
import { decodeKdcReq, type KdcReqType } from '../../../engine/kerberos/messages/kdc-req.js';
import type { KdcReqBody } from '../../../engine/kerberos/messages/kdc-req-body.js';
import type { TokenField } from '../decoded-token.js';
import { authorizationFields } from './authorization.js';
import {
  addressText,
  flagsField,
  keyField,
  listField,
  optional,
  principalField,
  textField,
  timeField,
} from './fields.js';
import type { KeyRing } from './key-ring.js';
import { paDataField } from './pa-data.js';
import { encryptedFields, ticketFields } from './ticket.js';

/** AS-REQ and TGS-REQ (RFC 4120 5.4.1). */
export function kdcReqFields(type: KdcReqType, bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const { body, padata = [] } = decodeKdcReq(type, bytes);
  return [...bodyFields(body, ring), ...padata.map(element => paDataField(element, ring))];
}

/** KDC-REQ-BODY. */
export function bodyFields(body: KdcReqBody, ring: KeyRing): TokenField[] {
  const { additionalTickets = [], addresses, cname, encAuthorizationData, from, rtime, sname } = body;
  const usages = [KEY_USAGE.TGS_REQ_AUTH_DATA_SUBKEY, KEY_USAGE.TGS_REQ_AUTH_DATA_SESSION_KEY];
  return [
    ...optional(cname, name => principalField('client', name, body.realm, 'who logs on')),
    ...optional(sname, name => principalField('service', name, body.realm, 'that the ticket is for')),
    flagsField('options', KDC_OPTION, body.kdcOptions, 'asked for'),
    ...optional(from, time => timeField('from', time, '')),
    timeField('until', body.till, ''),
    ...optional(rtime, time => timeField('renewable until', time, '')),
    textField('nonce', body.nonce, 'the reply must have it, too'),
    textField('encryption', body.etypes.map(encryptionTypeName).join(', '), 'most wanted first'),
    ...optional(addresses, list => textField('addresses', list.map(addressText).join(', '), '')),
    ...(encAuthorizationData
      ? encryptedFields('authorization', encAuthorizationData, ring, usages, plain =>
          authorizationFields(decodeAuthorizationData(plain), undefined, 0),
        )
      : []),
    ...additionalTickets.map(ticket => listField('another ticket', ticketFields(ticket, ring), 'user-to-user, or S4U')),
  ];
}

/** AS-REP and TGS-REP (RFC 4120 5.4.2). */
export function kdcRepFields(type: KdcRepType, bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const { cname, crealm, encPart, padata = [], ticket } = decodeKdcRep(type, bytes);
  const usages =
    type === MESSAGE_TYPE.AS_REP ? [KEY_USAGE.AS_REP] : [KEY_USAGE.TGS_REP_SUBKEY, KEY_USAGE.TGS_REP_SESSION_KEY];
  return [
    principalField('client', cname, crealm, 'whose ticket it is'),
    ...ticketFields(ticket, ring),
    ...encryptedFields('for the client', encPart, ring, usages, plain => kdcRepPartFields(plain, ring)),
    ...padata.map(element => paDataField(element, ring)),
  ];
}

/** EncASRepPart and EncTGSRepPart. */
export function kdcRepPartFields(bytes: Uint8Array, ring: KeyRing): TokenField[] {
  const part = decodeEncKdcRepPart(bytes);
  const { encryptedPaData = [], keyExpiration, renewTill, starttime } = part;
  ring.learn(part.key, 'the session key of a reply');
  return [
    principalField('service', part.sname, part.srealm, 'protected'),
    keyField('session key', part.key, ''),
    textField('nonce', part.nonce, ''),
    flagsField('flags', TICKET_FLAG, part.flags, ''),
    timeField('logon', part.authtime, ''),
    ...optional(starttime, time => timeField('good from', time, '')),
    timeField('good until', part.endtime, ''),
    ...optional(renewTill, time => timeField('renewable until', time, '')),
    ...optional(keyExpiration, time => timeField('password expires', time, '')),
    ...encryptedPaData.map(element => paDataField(element, ring)),
  ];
}
