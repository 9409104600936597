import { ASC_RET, ISC_REQ, ISC_RET } from '../../../sspi/flags.js';
import type { SequenceDetection } from '../per-message/sequence-window.js';

/** Flags of the checksum in an authenticator (RFC 4121 4.1.1.1, RFC 4757 7.1). */
export const GSS_FLAG = {
  DELEGATE: 0x01,
  MUTUAL: 0x02,
  REPLAY: 0x04,
  SEQUENCE: 0x08,
  CONFIDENTIALITY: 0x10,
  INTEGRITY: 0x20,
  DCE_STYLE: 0x1000,
  IDENTIFY: 0x2000,
  EXTENDED_ERROR: 0x4000,
} as const;
Object.freeze(GSS_FLAG);

/** The flags that a client's requirements come to, delegation aside. Who wants messages in order or sealed wants them signed. */
export function requestedGssFlags(contextReq: number): number {
  let flags = 0;
  for (const [flag, request] of REQUESTS) if (contextReq & request) flags |= flag;
  if (flags & GSS_FLAG.DCE_STYLE) flags |= GSS_FLAG.MUTUAL;
  const wantsIntegrity = flags & (GSS_FLAG.CONFIDENTIALITY | GSS_FLAG.REPLAY | GSS_FLAG.SEQUENCE);
  return wantsIntegrity && !(contextReq & ISC_REQ.NO_INTEGRITY) ? flags | GSS_FLAG.INTEGRITY : flags;
}

/** ISC_RET bits. */
export function clientAttributes(gssFlags: number): number {
  return attributes(gssFlags, CLIENT_ATTRIBUTES) | ISC_RET.CONNECTION;
}

/** ASC_RET bits. */
export function serverAttributes(gssFlags: number): number {
  return attributes(gssFlags, SERVER_ATTRIBUTES) | ASC_RET.CONNECTION;
}

export function sequenceDetection(gssFlags: number): SequenceDetection {
  if (gssFlags & GSS_FLAG.SEQUENCE) return 'sequence';
  return gssFlags & GSS_FLAG.REPLAY ? 'replay' : 'none';
}

type Row = readonly [gssFlag: number, bit: number];

function attributes(gssFlags: number, rows: readonly Row[]): number {
  let bits = 0;
  for (const [flag, bit] of rows) if (gssFlags & flag) bits |= bit;
  return bits >>> 0;
}

const REQUESTS: readonly Row[] = [
  [GSS_FLAG.MUTUAL, ISC_REQ.MUTUAL_AUTH],
  [GSS_FLAG.REPLAY, ISC_REQ.REPLAY_DETECT],
  [GSS_FLAG.SEQUENCE, ISC_REQ.SEQUENCE_DETECT],
  [GSS_FLAG.CONFIDENTIALITY, ISC_REQ.CONFIDENTIALITY],
  [GSS_FLAG.INTEGRITY, ISC_REQ.INTEGRITY],
  [GSS_FLAG.DCE_STYLE, ISC_REQ.USE_DCE_STYLE],
  [GSS_FLAG.IDENTIFY, ISC_REQ.IDENTIFY],
  [GSS_FLAG.EXTENDED_ERROR, ISC_REQ.EXTENDED_ERROR],
];

const CLIENT_ATTRIBUTES: readonly Row[] = [
  [GSS_FLAG.DELEGATE, ISC_RET.DELEGATE],
  [GSS_FLAG.MUTUAL, ISC_RET.MUTUAL_AUTH],
  [GSS_FLAG.REPLAY, ISC_RET.REPLAY_DETECT],
  [GSS_FLAG.SEQUENCE, ISC_RET.SEQUENCE_DETECT],
  [GSS_FLAG.CONFIDENTIALITY, ISC_RET.CONFIDENTIALITY],
  [GSS_FLAG.INTEGRITY, ISC_RET.INTEGRITY],
  [GSS_FLAG.DCE_STYLE, ISC_RET.USED_DCE_STYLE],
  [GSS_FLAG.IDENTIFY, ISC_RET.IDENTIFY],
  [GSS_FLAG.EXTENDED_ERROR, ISC_RET.EXTENDED_ERROR],
];

const SERVER_ATTRIBUTES: readonly Row[] = [
  [GSS_FLAG.DELEGATE, ASC_RET.DELEGATE],
  [GSS_FLAG.MUTUAL, ASC_RET.MUTUAL_AUTH],
  [GSS_FLAG.REPLAY, ASC_RET.REPLAY_DETECT],
  [GSS_FLAG.SEQUENCE, ASC_RET.SEQUENCE_DETECT],
  [GSS_FLAG.CONFIDENTIALITY, ASC_RET.CONFIDENTIALITY],
  [GSS_FLAG.INTEGRITY, ASC_RET.INTEGRITY],
  [GSS_FLAG.DCE_STYLE, ASC_RET.USED_DCE_STYLE],
  [GSS_FLAG.IDENTIFY, ASC_RET.IDENTIFY],
  [GSS_FLAG.EXTENDED_ERROR, ASC_RET.EXTENDED_ERROR],
];
