import { ByteReader } from '../../../bytes/reader.js';
import { ByteWriter } from '../../../bytes/writer.js';
import type { KerberosKey } from '../../../engine/kerberos/crypto/encryption-type.js';
import type { EncTicketPart } from '../../../engine/kerberos/messages/enc-ticket-part.js';
import { decodeClientInfo } from '../../../engine/kerberos/pac/client-info.js';
import { decodeLogonInfo, type LogonInfo } from '../../../engine/kerberos/pac/logon-info.js';
import { PAC_TYPE, Pac, type PacBuffer } from '../../../engine/kerberos/pac/pac.js';
import { groupSids, userSid } from '../../../engine/kerberos/pac/pac-identity.js';
import { signatureOf, verifyServerSignature } from '../../../engine/kerberos/pac/pac-signature.js';
import { readSid } from '../../../engine/kerberos/pac/sid.js';
import { decodeUpnDnsInfo } from '../../../engine/kerberos/pac/upn-dns-info.js';
import { bytesField, problemField, type TokenField } from '../decoded-token.js';
import { fileTimeText } from '../ntlm/file-time-text.js';
import { attempt, faultText, flagsText, listField, nameOf, textField } from './fields.js';

/** What a PAC can be held against: the ticket that it came in, and the key that opened that. */
export interface PacContext {
  readonly ticket: EncTicketPart;
  readonly key: KerberosKey;
}

/** A PAC ([MS-PAC] 2.3) with all that is known of its parts, and whether its signature is the service's. */
export function pacField(bytes: Uint8Array, context: PacContext | undefined): TokenField {
  const name = 'PAC';
  const parts = attempt(name, bytes, () => {
    const pac = Pac.parse(bytes);
    return pac.buffers.map(buffer => bufferField(pac, buffer, context));
  });
  return { name, value: `${bytes.length} bytes`, meaning: 'who the user is for Windows', parts };
}

function bufferField(pac: Pac, buffer: PacBuffer, context: PacContext | undefined): TokenField {
  const { data, type } = buffer;
  const name = nameOf(PAC_TYPE, type) ?? `part ${type}`;
  switch (type) {
    case PAC_TYPE.LOGON_INFO:
      return listField(
        name,
        attempt(name, data, () => logonFields(decodeLogonInfo(data))),
        'the account and its groups',
      );
    case PAC_TYPE.CLIENT_INFO:
      return listField(
        name,
        attempt(name, data, () => clientFields(data, context)),
        'whose ticket the PAC belongs to',
      );
    case PAC_TYPE.UPN_DNS_INFO:
      return listField(
        name,
        attempt(name, data, () => upnFields(data)),
        '',
      );
    case PAC_TYPE.SERVER_CHECKSUM:
      return listField(
        name,
        attempt(name, data, () => serverSignature(pac, data, context)),
        '',
      );
    case PAC_TYPE.REQUESTOR:
      return listField(
        name,
        attempt(name, data, () => [textField('SID', readSid(new ByteReader(data)), '')]),
        '',
      );
    case PAC_TYPE.KDC_CHECKSUM:
    case PAC_TYPE.TICKET_CHECKSUM:
    case PAC_TYPE.FULL_CHECKSUM:
      return bytesField(name, data, 'under the key of the KDC');
    default:
      return bytesField(name, data, '');
  }
}

function logonFields(info: LogonInfo): TokenField[] {
  const groups = groupSids(info).map(sid => textField('', sid, WELL_KNOWN[sid] ?? wellKnownRid(sid)));
  return [
    textField('account', info.effectiveName, info.fullName),
    textField('domain', info.logonDomainName, info.logonDomainId ?? ''),
    textField('SID', userSid(info) ?? '(none)', "the user's"),
    { name: 'groups', value: String(groups.length), meaning: '', parts: groups },
    textField('server', info.logonServer, 'the domain controller'),
    textField('logon', ticks(info.logonTime), ''),
    textField('password set', ticks(info.passwordLastSet), ''),
    textField('password expires', ticks(info.passwordMustChange), ''),
    textField('account control', flagsText(USER_ACCOUNT, info.userAccountControl), ''),
  ];
}

function clientFields(data: Uint8Array, context: PacContext | undefined): TokenField[] {
  const { clientId, name } = decodeClientInfo(data);
  const fields = [textField('name', name, ''), textField('time', ticks(clientId), 'of the logon')];
  if (!context) return fields;
  const authtime = BigInt(context.ticket.authtime) * 10_000n + EPOCH;
  return clientId === authtime ? fields : [...fields, problemField('the ticket has another time of logon')];
}

function upnFields(data: Uint8Array): TokenField[] {
  const { dnsDomainName, isConstructed, samName, sid, userPrincipalName } = decodeUpnDnsInfo(data);
  return [
    textField('UPN', userPrincipalName, isConstructed ? 'made of the account’s name: it has no UPN of its own' : ''),
    textField('domain', dnsDomainName, ''),
    ...(samName === undefined ? [] : [textField('account', samName, '')]),
    ...(sid === undefined ? [] : [textField('SID', sid, '')]),
  ];
}

function serverSignature(pac: Pac, data: Uint8Array, context: PacContext | undefined): TokenField[] {
  const signature = signatureOf(pac, PAC_TYPE.SERVER_CHECKSUM);
  const shown = bytesField('signature', signature?.signature ?? data, 'under the key of the service');
  if (!context) return [shown];
  try {
    verifyServerSignature(pac, context.key);
    return [shown, textField('verdict', 'good', 'the PAC is as the KDC made it')];
  } catch (error) {
    return [shown, problemField(faultText(error))];
  }
}

function ticks(time: bigint): string {
  if (time === 0n || time === NEVER) return 'never';
  const value = new ByteWriter(8).u32le(Number(time & 0xffff_ffffn)).u32le(Number(time >> 32n));
  return fileTimeText(value.toBytes()).replace('.000Z', 'Z');
}

/** The last part of SIDs of a domain ([MS-DTYP] 2.4.2.4). */
function wellKnownRid(sid: string): string {
  const [, rid = ''] = /^S-1-5-21-\d+-\d+-\d+-(\d+)$/.exec(sid) ?? [];
  return RIDS[rid] ?? '';
}

const RIDS: Readonly<Record<string, string>> = {
  512: 'Domain Admins',
  513: 'Domain Users',
  514: 'Domain Guests',
  515: 'Domain Computers',
  516: 'Domain Controllers',
  518: 'Schema Admins',
  519: 'Enterprise Admins',
  520: 'Group Policy Creator Owners',
  525: 'Protected Users',
  571: 'Allowed RODC Password Replication Group',
  572: 'Denied RODC Password Replication Group',
};

const WELL_KNOWN: Readonly<Record<string, string>> = {
  'S-1-5-2': 'Network',
  'S-1-5-9': 'Enterprise Domain Controllers',
  'S-1-5-11': 'Authenticated Users',
  'S-1-5-32-544': 'Administrators',
  'S-1-5-32-545': 'Users',
  'S-1-18-1': 'authenticated by its own key',
  'S-1-18-2': 'authenticated by a service (S4U)',
};

/** USER_ACCOUNT codes of UserAccountControl ([MS-SAMR] 2.2.1.12). */
const USER_ACCOUNT = {
  DISABLED: 0x0001,
  HOME_DIRECTORY_REQUIRED: 0x0002,
  PASSWORD_NOT_REQUIRED: 0x0004,
  NORMAL_ACCOUNT: 0x0010,
  WORKSTATION_TRUST_ACCOUNT: 0x0080,
  SERVER_TRUST_ACCOUNT: 0x0100,
  PASSWORD_DOES_NOT_EXPIRE: 0x0200,
  LOCKED: 0x0400,
  SMARTCARD_REQUIRED: 0x1000,
  TRUSTED_FOR_DELEGATION: 0x2000,
  NOT_DELEGATED: 0x4000,
  USE_DES_KEY_ONLY: 0x8000,
  PREAUTH_NOT_REQUIRED: 0x10000,
  PASSWORD_EXPIRED: 0x20000,
  TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION: 0x40000,
  NO_AUTH_DATA_REQUIRED: 0x80000,
} as const;

/** 1970 as FILETIME, and the time that stands for none. */
const EPOCH = 116_444_736_000_000_000n;
const NEVER = 0x7fff_ffff_ffff_ffffn;
