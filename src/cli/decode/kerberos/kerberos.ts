import { DerReader } from '../../../bytes/der/der-reader.js';
import { applicationTag, contextTag, DER_TAG } from '../../../bytes/der/tags.js';
import { ByteReader } from '../../../bytes/reader.js';
import { GSS_TOKEN } from '../../../engine/kerberos/ap/gss-token.js';
import { MESSAGE_TYPE } from '../../../engine/kerberos/constants/message-type.js';
import { decodeAuthenticator } from '../../../engine/kerberos/messages/authenticator.js';
import { decodeAuthorizationData } from '../../../engine/kerberos/messages/authorization-data.js';
import { decodeEncTicketPart } from '../../../engine/kerberos/messages/enc-ticket-part.js';
import { decodeKdcProxyMessage } from '../../../engine/kerberos/messages/kdc-proxy-message.js';
import { decodeMethodData } from '../../../engine/kerberos/messages/pa-data.js';
import { decodeTicket } from '../../../engine/kerberos/messages/ticket.js';
import { decodeTgtReply, decodeTgtRequest } from '../../../engine/kerberos/messages/user-to-user.js';
import { PAC_TYPE, Pac } from '../../../engine/kerberos/pac/pac.js';
import { mechanismName } from '../../../engine/negotiate/messages/oids.js';
import { bytesField, type DecodedToken, problemField, type TokenField, tokenField } from '../decoded-token.js';
import { derField } from '../der-tree.js';
import { readGssToken } from '../gss-token.js';
import {
  apRepFields,
  apRepPartFields,
  apReqFields,
  authenticatorFields,
  krbCredFields,
  krbCredPartFields,
  krbPrivFields,
  krbPrivPartFields,
  krbSafeFields,
} from './ap.js';
import { authorizationFields } from './authorization.js';
import { attempt, faultText, listField, optional, principalField, textField } from './fields.js';
import { kdcRepFields, kdcRepPartFields, kdcReqFields } from './kdc.js';
import type { KeyRing } from './key-ring.js';
import { decodeKpasswd } from './kpasswd.js';
import { krbErrorFields } from './krb-error.js';
import { paDataField } from './pa-data.js';
import { pacField } from './pac.js';
import { decodeMessageToken, RC4_TOKEN, rc4MessageFields } from './per-message.js';
import { ticketFields, ticketPartFields } from './ticket.js';

/**
 * A token or message of Kerberos: in the frame of GSS-API (RFC 4121 4.1), bare, with its length before it as TCP has it, in a KDC proxy's
 * message, or a part of one. What the keys of the ring open is shown, too. Undefined for other bytes.
 */
export function decodeKerberos(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  return (
    decodeFramed(bytes, ring) ??
    decodeMessageToken(bytes, ring) ??
    decodeBare(bytes, ring) ??
    decodeWrapped(bytes, ring) ??
    decodeKpasswd(bytes, ring) ??
    decodePart(bytes, ring)
  );
}

function decodeFramed(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  const token = readGssToken(bytes);
  if (!token) return undefined;
  const { content, mechanism } = token;
  const name = `GSS-API token of ${mechanismName(mechanism)}`;
  const fields: TokenField[] = [textField('mechanism', mechanismName(mechanism), mechanism)];
  const id = content.length < 2 ? -1 : new ByteReader(content).u16be();
  const kind = TOKENS.get(id);
  if (!kind) return { name, fields: [...fields, bytesField('content', content, '')] };
  const rest = content.subarray(2);
  const message = attempt('content', rest, () => kind.read(rest, ring, bytes));
  const error = message.find(field => field.name === 'error')?.value;
  const gist = error === undefined ? kind.name : `${kind.name}, ${error}`;
  return { name, gist, fields: [...fields, listField(kind.name, withTree(message, rest), '')] };
}

/** A message by its APPLICATION tag (RFC 4120 5.10). */
function decodeBare(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  const kind = MESSAGES.get(bytes[0] ?? 0);
  if (!kind) return undefined;
  try {
    return { name: `Kerberos ${kind.name}`, fields: kind.read(bytes, ring, bytes) };
  } catch (error) {
    const tree = derField('content', bytes)?.parts;
    const problem = problemField(faultText(error));
    // Bytes that are not even DER are no message of Kerberos' by one byte alone.
    return tree && { name: `Kerberos ${kind.name}`, fields: [problem, ...tree] };
  }
}

/** With the length before it (RFC 4120 7.2.2), or in a KDC-PROXY-MESSAGE ([MS-KKDCP] 2.2.2). */
function decodeWrapped(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  const framed = unframe(bytes);
  const message = framed && decodeBare(framed, ring);
  if (message) return { ...message, name: `${message.name}, with its length before it` };
  if (!isSequenceOf(bytes, contextTag(0), DER_TAG.OCTET_STRING)) return undefined;
  return attemptToken(() => {
    const { dcLocatorHint, kerbMessage, targetDomain } = decodeKdcProxyMessage(bytes);
    const inner = unframe(kerbMessage);
    const decoded = inner && decodeBare(inner, ring);
    return {
      name: 'Kerberos KDC proxy message',
      ...(decoded && { gist: decoded.name }),
      fields: [
        ...optional(targetDomain, realm => textField('realm', realm, 'whose KDC is meant')),
        ...optional(dcLocatorHint, hint => textField('hint', hint, 'for the search of a domain controller')),
        inner && decoded ? tokenField('message', inner, decoded) : bytesField('message', kerbMessage, ''),
      ],
    };
  });
}

/** Lists and structures that have no tag of their own, if they are in their form to the last byte. */
function decodePart(bytes: Uint8Array, ring: KeyRing): DecodedToken | undefined {
  const padata = (): DecodedToken => ({
    name: 'Kerberos PA-DATA',
    fields: decodeMethodData(bytes).map(element => paDataField(element, ring)),
  });
  const authorization = (): DecodedToken => ({
    name: 'Kerberos authorization data',
    fields: authorizationFields(decodeAuthorizationData(bytes), undefined, 0),
  });
  const pac = (): DecodedToken | undefined => {
    const { parts } = pacField(bytes, undefined);
    return Pac.parse(bytes).find(PAC_TYPE.LOGON_INFO) && parts && { name: 'PAC', fields: parts };
  };
  if (bytes[0] !== DER_TAG.SEQUENCE) return bytes.length > 8 ? attemptToken(pac) : undefined;
  const decoded = attemptToken(padata) ?? attemptToken(authorization);
  return decoded && decoded.fields.length > 0 ? decoded : undefined;
}

/** The message behind a length of four bytes that is right. */
function unframe(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < 5) return undefined;
  return new ByteReader(bytes).u32be() === bytes.length - 4 ? bytes.subarray(4) : undefined;
}

/** Whether bytes are a SEQUENCE whose first element has the one tag, with the other in it. */
function isSequenceOf(bytes: Uint8Array, outer: number, inner: number): boolean {
  try {
    const element = new DerReader(new DerReader(bytes).content(DER_TAG.SEQUENCE)).content(outer);
    return element[0] === inner;
  } catch (error) {
    faultText(error);
    return false;
  }
}

function attemptToken(decode: () => DecodedToken | undefined): DecodedToken | undefined {
  try {
    return decode();
  } catch (error) {
    faultText(error);
    return undefined;
  }
}

/** A message that is malformed may be a tree of elements nevertheless. */
function withTree(fields: readonly TokenField[], bytes: Uint8Array): readonly TokenField[] {
  const [first] = fields;
  const tree = first?.name === problemField('').name ? derField('content', bytes)?.parts : undefined;
  return tree && first ? [first, ...tree] : fields;
}

interface Kind {
  readonly name: string;
  /** `token` is the whole token, where `content` is what its frame has in it. */
  read(content: Uint8Array, ring: KeyRing, token: Uint8Array): readonly TokenField[];
}

const readError = (bytes: Uint8Array, ring: KeyRing): readonly TokenField[] =>
  krbErrorFields(bytes, element => paDataField(element, ring));

/** TOK_ID (RFC 4121 4.1, RFC 4757 7, draft-swift-win2k-krb-user2user-03). */
const TOKENS: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [GSS_TOKEN.AP_REQ, { name: 'AP-REQ', read: apReqFields }],
  [GSS_TOKEN.AP_REP, { name: 'AP-REP', read: apRepFields }],
  [GSS_TOKEN.KRB_ERROR, { name: 'KRB-ERROR', read: readError }],
  [GSS_TOKEN.TGT_REQUEST, { name: 'TGT-REQ', read: tgtRequestFields }],
  [GSS_TOKEN.TGT_REPLY, { name: 'TGT-REP', read: (bytes, ring) => ticketFields(decodeTgtReply(bytes), ring) }],
  [
    RC4_TOKEN.MIC,
    { name: 'MIC (RFC 4757)', read: (bytes, ring, token) => rc4MessageFields(RC4_TOKEN.MIC, bytes, token, ring) },
  ],
  [
    RC4_TOKEN.WRAP,
    { name: 'Wrap (RFC 4757)', read: (bytes, ring, token) => rc4MessageFields(RC4_TOKEN.WRAP, bytes, token, ring) },
  ],
]);

function tgtRequestFields(bytes: Uint8Array): TokenField[] {
  const { realm, serverName } = decodeTgtRequest(bytes);
  return [
    ...optional(serverName, name => principalField('service', name, realm, '')),
    ...optional(realm, name => textField('realm', name, '')),
  ];
}

const { AS_REP, AS_REQ, TGS_REP, TGS_REQ } = MESSAGE_TYPE;

const kind = (type: number, name: string, read: Kind['read']): [number, Kind] => [applicationTag(type), { name, read }];

const MESSAGES: ReadonlyMap<number, Kind> = new Map([
  kind(MESSAGE_TYPE.TICKET, 'Ticket', (bytes, ring) => ticketFields(decodeTicket(bytes), ring)),
  kind(MESSAGE_TYPE.AUTHENTICATOR, 'Authenticator', (bytes, ring) =>
    authenticatorFields(decodeAuthenticator(bytes), ring),
  ),
  kind(MESSAGE_TYPE.ENC_TICKET_PART, 'EncTicketPart', bytes => ticketPartFields(decodeEncTicketPart(bytes), undefined)),
  kind(AS_REQ, 'AS-REQ', (bytes, ring) => kdcReqFields(AS_REQ, bytes, ring)),
  kind(AS_REP, 'AS-REP', (bytes, ring) => kdcRepFields(AS_REP, bytes, ring)),
  kind(TGS_REQ, 'TGS-REQ', (bytes, ring) => kdcReqFields(TGS_REQ, bytes, ring)),
  kind(TGS_REP, 'TGS-REP', (bytes, ring) => kdcRepFields(TGS_REP, bytes, ring)),
  kind(MESSAGE_TYPE.AP_REQ, 'AP-REQ', apReqFields),
  kind(MESSAGE_TYPE.AP_REP, 'AP-REP', apRepFields),
  kind(MESSAGE_TYPE.KRB_SAFE, 'KRB-SAFE', krbSafeFields),
  kind(MESSAGE_TYPE.KRB_PRIV, 'KRB-PRIV', krbPrivFields),
  kind(MESSAGE_TYPE.KRB_CRED, 'KRB-CRED', krbCredFields),
  kind(MESSAGE_TYPE.ENC_AS_REP_PART, 'EncASRepPart', kdcRepPartFields),
  kind(MESSAGE_TYPE.ENC_TGS_REP_PART, 'EncTGSRepPart', kdcRepPartFields),
  kind(MESSAGE_TYPE.ENC_AP_REP_PART, 'EncAPRepPart', apRepPartFields),
  kind(MESSAGE_TYPE.ENC_KRB_PRIV_PART, 'EncKrbPrivPart', krbPrivPartFields),
  kind(MESSAGE_TYPE.ENC_KRB_CRED_PART, 'EncKrbCredPart', krbCredPartFields),
  kind(MESSAGE_TYPE.KRB_ERROR, 'KRB-ERROR', readError),
]);
