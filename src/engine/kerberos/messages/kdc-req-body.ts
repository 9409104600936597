import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derGeneralizedTime,
  derGeneralString,
  derInteger,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { derFlags, derInt32List, derList, readFlags, readInt32List, readList, readUint32 } from './basic-types.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { derHostAddresses, type HostAddress, readHostAddresses } from './host-address.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';
import { derTicket, readTicket, type Ticket } from './ticket.js';

/**
 *     KDC-REQ-BODY ::= SEQUENCE { kdc-options [0], cname [1] OPTIONAL, realm [2], sname [3] OPTIONAL, from [4] OPTIONAL, till [5],
 *       rtime [6] OPTIONAL, nonce [7] UInt32, etype [8] SEQUENCE OF Int32, addresses [9] OPTIONAL,
 *       enc-authorization-data [10] EncryptedData OPTIONAL, additional-tickets [11] SEQUENCE OF Ticket OPTIONAL }
 *
 * (RFC 4120 5.4.1). `cname` is in AS-REQ only. Times are milliseconds since 1970.
 */
export interface KdcReqBody {
  /** KDC_OPTION bits. */
  readonly kdcOptions: number;
  readonly cname?: PrincipalName | undefined;
  /** Of the server, and in an AS-REQ of the client. */
  readonly realm: string;
  readonly sname?: PrincipalName | undefined;
  readonly from?: number | undefined;
  readonly till: number;
  readonly rtime?: number | undefined;
  readonly nonce: number;
  /** Most wanted first. */
  readonly etypes: readonly number[];
  readonly addresses?: readonly HostAddress[] | undefined;
  readonly encAuthorizationData?: EncryptedData | undefined;
  readonly additionalTickets?: readonly Ticket[] | undefined;
}

export function readKdcReqBody(reader: DerReader): KdcReqBody {
  return reader.sequence(fields => ({
    kdcOptions: fields.field(0, readFlags),
    cname: fields.optionalField(1, readPrincipalName),
    realm: fields.field(2, field => field.generalString()),
    sname: fields.optionalField(3, readPrincipalName),
    from: fields.optionalField(4, field => field.generalizedTime()),
    till: fields.field(5, field => field.generalizedTime()),
    rtime: fields.optionalField(6, field => field.generalizedTime()),
    nonce: fields.field(7, readUint32),
    etypes: fields.field(8, readInt32List),
    addresses: fields.optionalField(9, readHostAddresses),
    encAuthorizationData: fields.optionalField(10, readEncryptedData),
    additionalTickets: fields.optionalField(11, field => readList(field, readTicket)),
  }));
}

export function derKdcReqBody(body: KdcReqBody): DerValue {
  const { cname, sname, from, rtime, addresses, encAuthorizationData, additionalTickets } = body;
  return derSequence(
    derField(0, derFlags(body.kdcOptions)),
    derField(1, cname && derPrincipalName(cname)),
    derField(2, derGeneralString(body.realm)),
    derField(3, sname && derPrincipalName(sname)),
    derField(4, from === undefined ? undefined : derGeneralizedTime(from)),
    derField(5, derGeneralizedTime(body.till)),
    derField(6, rtime === undefined ? undefined : derGeneralizedTime(rtime)),
    derField(7, derInteger(body.nonce)),
    derField(8, derInt32List(body.etypes)),
    derField(9, addresses && derHostAddresses(addresses)),
    derField(10, encAuthorizationData && derEncryptedData(encAuthorizationData)),
    derField(11, additionalTickets && derList(additionalTickets, derTicket)),
  );
}

export function encodeKdcReqBody(body: KdcReqBody): Uint8Array {
  return encodeDer(derKdcReqBody(body));
}
