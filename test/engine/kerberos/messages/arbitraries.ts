import fc from 'fast-check';
import type { EncryptedData } from '#dist/engine/kerberos/messages/encrypted-data.js';
import type { EncryptionKeyValue } from '#dist/engine/kerberos/messages/encryption-key.js';
import type { KdcReqBody } from '#dist/engine/kerberos/messages/kdc-req-body.js';
import type { PrincipalName } from '#dist/engine/kerberos/messages/principal-name.js';
import { makeTicket, type Ticket } from '#dist/engine/kerberos/messages/ticket.js';

/** Random values of the types that Kerberos messages are made of. */
export const int32: fc.Arbitrary<number> = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
export const uint32: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff_ffff });
export const usec: fc.Arbitrary<number> = fc.integer({ min: 0, max: 999_999 });
export const time: fc.Arbitrary<number> = fc.integer({ min: 0, max: 253402300799 }).map(seconds => seconds * 1000);
export const octets: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 200 });
export const text: fc.Arbitrary<string> = fc.string({ unit: 'grapheme', maxLength: 20 });
export const name: fc.Arbitrary<PrincipalName> = fc.record({
  type: int32,
  components: fc.array(text, { maxLength: 3 }),
});
export const typedOctets = <Bytes extends string>(
  key: Bytes,
): fc.Arbitrary<{ readonly type: number } & Readonly<Record<Bytes, Uint8Array>>> =>
  fc.tuple(int32, octets).map(([type, bytes]) => ({ type, [key]: bytes }) as never);
export const typedList = <Bytes extends string>(
  key: Bytes,
): fc.Arbitrary<({ readonly type: number } & Readonly<Record<Bytes, Uint8Array>>)[]> =>
  fc.array(typedOctets(key), { maxLength: 3 });
export const key: fc.Arbitrary<EncryptionKeyValue> = fc.record({ etype: int32, bytes: octets });
export const encrypted: fc.Arbitrary<EncryptedData> = fc.record({ etype: int32, kvno: opt(uint32), cipher: octets });
export const ticket: fc.Arbitrary<Ticket> = fc.record({ realm: text, sname: name, encPart: encrypted }).map(makeTicket);
export const body: fc.Arbitrary<KdcReqBody> = fc.record({
  kdcOptions: uint32,
  cname: opt(name),
  realm: text,
  sname: opt(name),
  from: opt(time),
  till: time,
  rtime: opt(time),
  nonce: uint32,
  etypes: fc.array(int32, { maxLength: 5 }),
  addresses: opt(typedList('address')),
  encAuthorizationData: opt(encrypted),
  additionalTickets: opt(fc.array(ticket, { maxLength: 2 })),
});

export function opt<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}
