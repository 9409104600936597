import { ByteReader } from '../../../bytes/reader.js';
import { decodePac, malformedPac } from './pac-error.js';

/** Types of PAC_INFO_BUFFER ([MS-PAC] 2.4). */
export const PAC_TYPE = {
  LOGON_INFO: 1,
  CREDENTIALS_INFO: 2,
  SERVER_CHECKSUM: 6,
  KDC_CHECKSUM: 7,
  CLIENT_INFO: 10,
  DELEGATION_INFO: 11,
  UPN_DNS_INFO: 12,
  CLIENT_CLAIMS: 13,
  DEVICE_INFO: 14,
  DEVICE_CLAIMS: 15,
  TICKET_CHECKSUM: 16,
  ATTRIBUTES_INFO: 17,
  REQUESTOR: 18,
  FULL_CHECKSUM: 19,
  REQUESTOR_GUID: 20,
} as const;
Object.freeze(PAC_TYPE);

/** One part of a PAC. */
export interface PacBuffer {
  readonly type: number;
  /** Where it begins in the PAC. */
  readonly offset: number;
  readonly data: Uint8Array;
}

/**
 *     PACTYPE ::= cBuffers u32, Version u32 (0), PAC_INFO_BUFFER * cBuffers
 *     PAC_INFO_BUFFER ::= ulType u32, cbBufferSize u32, Offset u64
 *
 * Least significant byte first; offsets count from the beginning and are multiples of 8 ([MS-PAC] 2.3, 2.4).
 */
export class Pac {
  /** All of it. */
  readonly bytes: Uint8Array;
  readonly buffers: readonly PacBuffer[];

  private constructor(bytes: Uint8Array, buffers: readonly PacBuffer[]) {
    this.bytes = bytes;
    this.buffers = buffers;
  }

  /** Throws SEC_E_INVALID_TOKEN. */
  static parse(bytes: Uint8Array): Pac {
    return decodePac('its table', () => new Pac(bytes, readBuffers(bytes)));
  }

  /** The first part of a type: others of the same type have no meaning ([MS-PAC] 2.4). */
  find(type: number): PacBuffer | undefined {
    return this.buffers.find(buffer => buffer.type === type);
  }
}

/** Far more than there are types. */
const MOST_BUFFERS = 64;
const ENTRY_LENGTH = 16;
const HEAD_LENGTH = 8;

function readBuffers(bytes: Uint8Array): PacBuffer[] {
  const reader = new ByteReader(bytes);
  const count = reader.u32le();
  const version = reader.u32le();
  if (version !== 0) throw malformedPac(`version ${version} is not known`);
  if (count > MOST_BUFFERS) throw malformedPac(`it has ${count} parts`);
  const bodyAt = HEAD_LENGTH + count * ENTRY_LENGTH;
  const buffers: PacBuffer[] = [];
  for (let n = 0; n < count; n++) {
    const type = reader.u32le();
    const length = reader.u32le();
    const offset = Number(reader.u64le());
    if (offset % 8 !== 0 || (length > 0 && offset < bodyAt)) throw malformedPac(`part ${type} begins at ${offset}`);
    buffers.push({ type, offset, data: reader.bytesAt(offset, length) });
  }
  refuseOverlaps(buffers);
  return buffers;
}

function refuseOverlaps(buffers: readonly PacBuffer[]): void {
  let end = 0;
  for (const { type, offset, data } of [...buffers].sort((a, b) => a.offset - b.offset)) {
    if (data.length === 0) continue;
    if (offset < end) throw malformedPac(`part ${type} overlaps another`);
    end = offset + data.length;
  }
}
