import { MalformedBytesError } from '../../bytes/errors.js';
import { encodeHex } from '../../bytes/hex.js';
import { ByteReader } from '../../bytes/reader.js';
import { type DecodedToken, problemField, type TokenField } from './decoded-token.js';

/** The headers of NEGOEX's messages ([MS-NEGOEX] 2.2.6.2), which stand one behind the other. Undefined for other bytes. */
export function decodeNegoex(bytes: Uint8Array): DecodedToken | undefined {
  if (encodeHex(bytes.subarray(0, 8)) !== SIGNATURE) return undefined;
  const messages: TokenField[] = [];
  const problems: TokenField[] = [];
  try {
    const reader = new ByteReader(bytes);
    while (reader.remaining > 0 && messages.length < MOST_MESSAGES) messages.push(readMessage(reader));
    if (reader.remaining > 0) problems.push(problemField('there are more, which are not shown'));
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    problems.push(problemField('a message is cut off'));
  }
  const gist = messages.map(({ name }) => name).join(', ');
  return { name: 'NEGOEX', gist, fields: [...messages, ...problems] };
}

function readMessage(reader: ByteReader): TokenField {
  const start = reader.position;
  reader.skip(8);
  const type = reader.u32le();
  const sequence = reader.u32le();
  reader.u32le();
  const length = reader.u32le();
  reader.skip(16);
  reader.skip(length - (reader.position - start));
  return { name: TYPES[type] ?? `type ${type}`, value: `message ${sequence}, ${length} bytes`, meaning: '' };
}

/** `NEGOEXTS`. */
const SIGNATURE = '4e45474f45585453';
const MOST_MESSAGES = 20;

const TYPES: readonly string[] = [
  'INITIATOR_NEGO',
  'ACCEPTOR_NEGO',
  'INITIATOR_META_DATA',
  'ACCEPTOR_META_DATA',
  'CHALLENGE',
  'AP_REQUEST',
  'VERIFY',
  'ALERT',
];
