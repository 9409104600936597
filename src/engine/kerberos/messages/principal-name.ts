import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derField, derGeneralString, derInteger, derSequence } from '../../../bytes/der/der-value.js';
import { derList, readInt32, readList } from './basic-types.js';

/** `PrincipalName ::= SEQUENCE { name-type [0] Int32, name-string [1] SEQUENCE OF KerberosString }` (RFC 4120 5.2.2). */
export interface PrincipalName {
  readonly type: number;
  readonly components: readonly string[];
}

export function readPrincipalName(reader: DerReader): PrincipalName {
  return reader.sequence(fields => ({
    type: fields.field(0, readInt32),
    components: fields.field(1, field => readList(field, item => item.generalString())),
  }));
}

export function derPrincipalName({ type, components }: PrincipalName): DerValue {
  return derSequence(derField(0, derInteger(type)), derField(1, derList(components, derGeneralString)));
}

/** Whether two names are the same: the type does not count (RFC 4120 6.2). */
export function samePrincipal(a: PrincipalName, b: PrincipalName): boolean {
  return a.components.length === b.components.length && a.components.every((part, at) => part === b.components[at]);
}
