import { decodeLatin1 } from '../../../bytes/text.js';
import { TICKET_FLAG } from '../../../engine/kerberos/constants/flags.js';
import { encryptionTypeName } from '../../../engine/kerberos/crypto/encryption-types.js';
import type { EncTicketPart } from '../../../engine/kerberos/messages/enc-ticket-part.js';
import type { EncryptedData } from '../../../engine/kerberos/messages/encrypted-data.js';
import type { Ticket } from '../../../engine/kerberos/messages/ticket.js';
import { formatPrincipal } from '../../../engine/kerberos/names/principal.js';
import { problemField, type TokenField } from '../decoded-token.js';
import { authorizationField } from './authorization.js';
import {
  addressText,
  attempt,
  flagsField,
  keyField,
  listField,
  optional,
  principalField,
  textField,
  timeField,
} from './fields.js';
import type { KeyRing } from './key-ring.js';
import type { PacContext } from './pac.js';

/** A ticket (RFC 4120 5.3), and what is in it where a key opens it. */
export function ticketFields(ticket: Ticket, ring: KeyRing): TokenField[] {
  const { encPart, realm, sname } = ticket;
  const fields = [
    principalField('service', sname, realm, 'not protected: the key decides'),
    cipherField('ticket', encPart),
  ];
  if (ring.isEmpty) return fields;
  const result = ring.openTicket(ticket);
  if ('problem' in result) {
    // That the key of a KDC is not in a keytab is as it should be.
    if (sname.components[0] === 'krbtgt') return fields;
    return [...fields, { ...problemField(result.problem), meaning: result.hint }];
  }
  const { key, opener, part } = result;
  const who = formatPrincipal(part.cname, part.crealm);
  ring.learn(part.key, `the session key of ${who}`);
  const parts = ticketPartFields(part, { ticket: part, key });
  return [...fields, listField('in the ticket', parts, `opened with ${opener}`)];
}

/** EncTicketPart. */
export function ticketPartFields(part: EncTicketPart, context: PacContext | undefined): TokenField[] {
  const { authorizationData, authtime, caddr, endtime, renewTill, starttime, transited } = part;
  return [
    principalField('client', part.cname, part.crealm, 'whom the KDC has logged on'),
    flagsField('flags', TICKET_FLAG, part.flags, ''),
    keyField('session key', part.key, 'shared by client and service'),
    timeField('logon', authtime, 'with a password or a key'),
    ...optional(starttime, time => timeField('good from', time, '')),
    timeField('good until', endtime, ''),
    ...optional(renewTill, time => timeField('renewable until', time, '')),
    ...(transited.contents.length > 0
      ? [textField('realms between', decodeLatin1(transited.contents), `in the encoding ${transited.type}`)]
      : []),
    ...optional(caddr, list => textField('addresses', list.map(addressText).join(', '), 'that it may be used from')),
    ...optional(authorizationData, data => authorizationField(data, context)),
  ];
}

/** EncryptedData without what is in it. */
export function cipherField(name: string, { cipher, etype, kvno }: EncryptedData): TokenField {
  const version = kvno === undefined ? '' : `, kvno ${kvno}`;
  return textField(name, `${encryptionTypeName(etype)}${version}, ${cipher.length} bytes`, '');
}

/** EncryptedData, and what `read` makes of it where a key opens it. `usages` are tried in their order. */
export function encryptedFields(
  name: string,
  data: EncryptedData,
  ring: KeyRing,
  usages: readonly number[],
  read: (bytes: Uint8Array) => readonly TokenField[],
): TokenField[] {
  const sealed = cipherField(name, data);
  const opened = ring.open(data, usages);
  if (!opened) return [sealed];
  const parts = attempt('content', opened.bytes, () => read(opened.bytes));
  return [{ ...sealed, meaning: `opened with ${opened.opener}`, parts }];
}
