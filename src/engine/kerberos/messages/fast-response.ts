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
import { readMicroseconds, readUint32 } from './basic-types.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { derEncryptionKey, type EncryptionKeyValue, readEncryptionKey } from './encryption-key.js';
import { decodeMessage } from './message.js';
import { derPaDataList, type PaData, readPaDataList } from './pa-data.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     KrbFastResponse ::= SEQUENCE { padata [0] SEQUENCE OF PA-DATA, strengthen-key [1] EncryptionKey OPTIONAL,
 *       finished [2] KrbFastFinished OPTIONAL, nonce [3] UInt32 }
 *     KrbFastFinished ::= SEQUENCE { timestamp [0], usec [1], crealm [2], cname [3], ticket-checksum [4] Checksum }
 *
 * (RFC 6113 5.4.3).
 */
export interface FastResponse {
  readonly padata: readonly PaData[];
  readonly strengthenKey?: EncryptionKeyValue | undefined;
  readonly finished?: FastFinished | undefined;
  readonly nonce: number;
}

export interface FastFinished {
  readonly timestamp: number;
  readonly usec: number;
  readonly crealm: string;
  readonly cname: PrincipalName;
  readonly ticketChecksum: Checksum;
}

/** The encrypted part of `PA-FX-FAST-REPLY ::= CHOICE { armored-data [0] SEQUENCE { enc-fast-rep [0] EncryptedData } }`. Throws SEC_E_INVALID_TOKEN. */
export function decodeFastReply(bytes: Uint8Array): EncryptedData {
  return decodeMessage('PA-FX-FAST-REPLY', bytes, reader =>
    reader.field(0, choice => choice.sequence(fields => fields.field(0, readEncryptedData))),
  );
}

export function encodeFastReply(encFastRep: EncryptedData): Uint8Array {
  return encodeDer(derField(0, derSequence(derField(0, derEncryptedData(encFastRep)))));
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeFastResponse(bytes: Uint8Array): FastResponse {
  return decodeMessage('KrbFastResponse', bytes, reader =>
    reader.sequence(fields => ({
      padata: fields.field(0, readPaDataList),
      strengthenKey: fields.optionalField(1, readEncryptionKey),
      finished: fields.optionalField(2, readFinished),
      nonce: fields.field(3, readUint32),
    })),
  );
}

export function encodeFastResponse({ padata, strengthenKey, finished, nonce }: FastResponse): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derPaDataList(padata)),
      derField(1, strengthenKey && derEncryptionKey(strengthenKey)),
      derField(2, finished && derFinished(finished)),
      derField(3, derInteger(nonce)),
    ),
  );
}

function readFinished(reader: DerReader): FastFinished {
  return reader.sequence(fields => ({
    timestamp: fields.field(0, field => field.generalizedTime()),
    usec: fields.field(1, readMicroseconds),
    crealm: fields.field(2, field => field.generalString()),
    cname: fields.field(3, readPrincipalName),
    ticketChecksum: fields.field(4, readChecksum),
  }));
}

function derFinished({ timestamp, usec, crealm, cname, ticketChecksum }: FastFinished): DerValue {
  return derSequence(
    derField(0, derGeneralizedTime(timestamp)),
    derField(1, derInteger(usec)),
    derField(2, derGeneralString(crealm)),
    derField(3, derPrincipalName(cname)),
    derField(4, derChecksum(ticketChecksum)),
  );
}
