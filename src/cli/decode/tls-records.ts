import { MalformedBytesError } from '../../bytes/errors.js';
import { ByteReader } from '../../bytes/reader.js';
import type { DecodedToken, TokenField } from './decoded-token.js';

/** Tells which records of TLS a flight is made of (RFC 8446 5.1): their headers, and the handshake messages that are in the clear. */
export function decodeTlsRecords(token: Uint8Array): DecodedToken | undefined {
  try {
    const reader = new ByteReader(token);
    const fields: TokenField[] = [];
    while (reader.remaining > 0) {
      const type = reader.u8();
      reader.skip(2);
      const fragment = reader.bytes(reader.u16be());
      fields.push(describeRecord(type, fragment));
    }
    const gist = inShort(fields.map(({ name }) => name));
    return { name: fields.length === 1 ? '1 record' : `${fields.length} records`, fields, gist };
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

/** Names in their order, those that repeat with their number. */
function inShort(names: readonly string[]): string {
  const runs: { name: string; count: number }[] = [];
  for (const name of names) {
    const last = runs.at(-1);
    if (last?.name === name) last.count += 1;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }) => (count === 1 ? name : `${count} ${name}`)).join(', ');
}

function describeRecord(type: number, fragment: Uint8Array): TokenField {
  const value = `${fragment.length} bytes`;
  if (type === 22) {
    const message = MESSAGES.get(fragment[0] ?? -1);
    if (message && fragment[1] === 0) return { name: message, value, meaning: 'a handshake message in the clear' };
    return { name: 'handshake', value, meaning: 'an encrypted handshake message' };
  }
  const [name, meaning] = TYPES.get(type) ?? [`type ${type}`, ''];
  return { name, value, meaning };
}

/** RFC 8446 4, RFC 5246 7.4. */
const MESSAGES: ReadonlyMap<number, string> = new Map([
  [0, 'HelloRequest'],
  [1, 'ClientHello'],
  [2, 'ServerHello'],
  [4, 'Ticket'],
  [11, 'Certificate'],
  [12, 'KeyExchange'],
  [13, 'CertReq'],
  [14, 'HelloDone'],
  [15, 'CertVerify'],
  [16, 'KeyExchange'],
]);

const TYPES: ReadonlyMap<number, readonly [name: string, meaning: string]> = new Map([
  [20, ['CipherSpec', 'what follows is encrypted'] as const],
  [21, ['alert', 'close_notify, or why the peer gives up'] as const],
  [23, ['encrypted', 'a message under the keys of the connection'] as const],
]);
