import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derField, derInteger, derOctetString, derSequence } from '../../../bytes/der/der-value.js';
import { derList, readInt32, readList } from './basic-types.js';

/** `HostAddress ::= SEQUENCE { addr-type [0] Int32, address [1] OCTET STRING }` (RFC 4120 5.2.5). */
export interface HostAddress {
  readonly type: number;
  readonly address: Uint8Array;
}

/** Address types (RFC 4120 7.5.3). */
export const ADDRESS_TYPE = { IPV4: 2, NETBIOS: 20, IPV6: 24 } as const;
Object.freeze(ADDRESS_TYPE);

export function readHostAddress(reader: DerReader): HostAddress {
  return reader.sequence(fields => ({
    type: fields.field(0, readInt32),
    address: fields.field(1, field => field.octetString()),
  }));
}

export function derHostAddress({ type, address }: HostAddress): DerValue {
  return derSequence(derField(0, derInteger(type)), derField(1, derOctetString(address)));
}

export function readHostAddresses(reader: DerReader): HostAddress[] {
  return readList(reader, readHostAddress);
}

export function derHostAddresses(addresses: readonly HostAddress[]): DerValue {
  return derList(addresses, derHostAddress);
}
