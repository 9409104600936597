import { ByteReader } from '../../bytes/reader.js';
import { mechanismName } from '../../engine/negotiate/messages/oids.js';
import { bytesField, type DecodedToken, type TokenField } from './decoded-token.js';
import { derField } from './der-tree.js';
import { readGssToken } from './gss-token.js';

/** The outside of a token of Kerberos (RFC 4121 4.1): its mechanism, its kind, and the elements in it. Undefined for other bytes. */
export function decodeKerberos(bytes: Uint8Array): DecodedToken | undefined {
  const token = readGssToken(bytes);
  if (token) return decodeInitial(token.mechanism, token.content);
  const kind = MESSAGES[bytes[0] ?? 0];
  const message = kind === undefined ? undefined : derField('content', bytes);
  return message?.parts ? { name: `Kerberos ${kind}`, fields: message.parts } : undefined;
}

function decodeInitial(mechanism: string, content: Uint8Array): DecodedToken {
  const name = `GSS-API token of ${mechanismName(mechanism)}`;
  const fields: TokenField[] = [{ name: 'mechanism', value: mechanismName(mechanism), meaning: mechanism }];
  if (content.length < 2) return { name, fields: [...fields, bytesField('content', content, '')] };
  const reader = new ByteReader(content);
  const kind = TOKEN_IDS.get(reader.u16be());
  if (kind === undefined) return { name, fields: [...fields, bytesField('content', content, '')] };
  const rest = reader.rest();
  const message = derField(kind, rest) ?? bytesField(kind, rest, '');
  return { name, gist: kind, fields: [...fields, message] };
}

/** TOK_ID (RFC 4121 4.1, RFC 1964 1.1). */
const TOKEN_IDS: ReadonlyMap<number, string> = new Map([
  [0x0100, 'AP-REQ'],
  [0x0200, 'AP-REP'],
  [0x0300, 'KRB-ERROR'],
  [0x0400, 'TGT-REQ'],
  [0x0401, 'TGT-REP'],
]);

/** Application tags of bare messages (RFC 4120 5.10). */
const MESSAGES: Readonly<Record<number, string>> = {
  97: 'Ticket',
  106: 'AS-REQ',
  107: 'AS-REP',
  108: 'TGS-REQ',
  109: 'TGS-REP',
  110: 'AP-REQ',
  111: 'AP-REP',
  118: 'KRB-CRED',
  126: 'KRB-ERROR',
};
