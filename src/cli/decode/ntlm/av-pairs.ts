import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { AV_FLAGS } from '../../../engine/ntlm/messages/av-pairs.js';
import { NTLMSSP } from '../../../engine/ntlm/messages/flags.js';
import { bytesField, problemField, type TokenField } from '../decoded-token.js';
import { fileTimeText } from './file-time-text.js';
import { nameText } from './message-view.js';

/** AV_PAIRs ([MS-NLMP] 2.2.2.1), each a part, and after them what is wrong with the list. */
export function avPairFields(bytes: Uint8Array): TokenField[] {
  const reader = new ByteReader(bytes);
  const fields: TokenField[] = [];
  try {
    for (;;) {
      const id = reader.u16le();
      const value = reader.bytes(reader.u16le());
      if (id === 0) return fields;
      if (fields.length === MOST_PAIRS) return [...fields, problemField('there are more, which are not shown')];
      fields.push(pairField(id, value));
    }
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return [...fields, problemField('the list does not end')];
  }
}

function pairField(id: number, value: Uint8Array): TokenField {
  const pair = PAIRS[id];
  if (!pair) return bytesField(`AvId ${id}`, value, 'not in [MS-NLMP]');
  const { name, meaning, show } = pair;
  return show ? { name, value: show(value), meaning } : bytesField(name, value, meaning);
}

interface Pair {
  readonly name: string;
  readonly meaning: string;
  /** Absent: hexadecimal. */
  readonly show?: (value: Uint8Array) => string;
}

const text = (value: Uint8Array): string => nameText(value, NTLMSSP.UNICODE);

function flagsText(value: Uint8Array): string {
  if (value.length !== 4) return bytesField('', value, '').value;
  const flags = new ByteReader(value).u32le();
  const names = Object.entries(AV_FLAGS)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name);
  return `0x${flags.toString(16)} ${names.join(' ')}`.trimEnd();
}

function bindingsText(value: Uint8Array): string {
  return value.every(byte => byte === 0) ? '(zeros: none)' : bytesField('', value, '').value;
}

/** By AvId. */
const PAIRS: readonly (Pair | undefined)[] = [
  undefined,
  { name: 'MsvAvNbComputerName', meaning: 'the server', show: text },
  { name: 'MsvAvNbDomainName', meaning: 'its domain', show: text },
  { name: 'MsvAvDnsComputerName', meaning: 'the server in DNS', show: text },
  { name: 'MsvAvDnsDomainName', meaning: 'its domain in DNS', show: text },
  { name: 'MsvAvDnsTreeName', meaning: 'its forest', show: text },
  { name: 'MsvAvFlags', meaning: '', show: flagsText },
  { name: 'MsvAvTimestamp', meaning: "the server's time", show: fileTimeText },
  { name: 'MsvAvSingleHost', meaning: 'of this machine only' },
  { name: 'MsvAvTargetName', meaning: 'the service that the client means', show: text },
  { name: 'MsvAvChannelBindings', meaning: 'hash of the TLS channel', show: bindingsText },
];

const MOST_PAIRS = 100;
