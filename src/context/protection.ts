import { ArgumentError } from '../sspi/arguments.js';
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET } from '../sspi/flags.js';

/**
 * What a context can give besides authentication. Confidentiality brings integrity with it; who asks for integrity asks for the
 * detection of replayed and reordered messages as well, and insists on it by naming it.
 * Source: Microsoft Learn, "Context Requirements".
 */
export type Protection =
  | 'integrity'
  | 'confidentiality'
  | 'mutualAuthentication'
  | 'replayDetection'
  | 'sequenceDetection';

/** The strongest protection of messages that a context, or a SASL security layer, gives. */
export type SecurityLayer = 'none' | 'integrity' | 'confidentiality';

/** Which side of a context one is. */
export type ContextRole = 'client' | 'server';

/** Throws an ArgumentError for a name that is none. */
export function checkProtections(protections: readonly Protection[], option: string): void {
  if (!Array.isArray(protections)) throw new ArgumentError(`${option} must be an array of protections`);
  for (const protection of protections) {
    if (!FLAGS.client.has(protection)) {
      throw new ArgumentError(`${option} may hold ${[...FLAGS.client.keys()].join(', ')}; not ${String(protection)}`);
    }
  }
}

/** The ISC_REQ or ASC_REQ bits that ask for the protections. */
export function requestFlags(role: ContextRole, protections: Iterable<Protection>): number {
  let flags = 0;
  for (const protection of protections) flags |= FLAGS[role].get(protection)!.request;
  return flags >>> 0;
}

/** The protections that ISC_RET or ASC_RET bits report. */
export function grantedProtections(role: ContextRole, contextAttr: number): ReadonlySet<Protection> {
  const granted = new Set<Protection>();
  for (const [protection, { granted: flag }] of FLAGS[role]) {
    if (contextAttr & flag) granted.add(protection);
  }
  if (granted.has('confidentiality')) granted.add('integrity');
  return granted;
}

export function layerOf(protections: ReadonlySet<Protection>): SecurityLayer {
  if (protections.has('confidentiality')) return 'confidentiality';
  return protections.has('integrity') ? 'integrity' : 'none';
}

interface Flags {
  readonly request: number;
  readonly granted: number;
}

/** Who wants signed messages wants them all, once and in their order, too (RFC 4752 3.1 asks for it). */
const INTEGRITY_ISC = ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
const INTEGRITY_ASC = ASC_REQ.INTEGRITY | ASC_REQ.REPLAY_DETECT | ASC_REQ.SEQUENCE_DETECT;

/** Bit positions of the two sides differ from 0x4000 on. Source: sspi.h. */
const FLAGS: Readonly<Record<ContextRole, ReadonlyMap<Protection, Flags>>> = {
  client: new Map<Protection, Flags>([
    ['integrity', { request: INTEGRITY_ISC, granted: ISC_RET.INTEGRITY }],
    ['confidentiality', { request: ISC_REQ.CONFIDENTIALITY | INTEGRITY_ISC, granted: ISC_RET.CONFIDENTIALITY }],
    ['mutualAuthentication', { request: ISC_REQ.MUTUAL_AUTH, granted: ISC_RET.MUTUAL_AUTH }],
    ['replayDetection', { request: ISC_REQ.REPLAY_DETECT, granted: ISC_RET.REPLAY_DETECT }],
    ['sequenceDetection', { request: ISC_REQ.SEQUENCE_DETECT, granted: ISC_RET.SEQUENCE_DETECT }],
  ]),
  server: new Map<Protection, Flags>([
    ['integrity', { request: INTEGRITY_ASC, granted: ASC_RET.INTEGRITY }],
    ['confidentiality', { request: ASC_REQ.CONFIDENTIALITY | INTEGRITY_ASC, granted: ASC_RET.CONFIDENTIALITY }],
    ['mutualAuthentication', { request: ASC_REQ.MUTUAL_AUTH, granted: ASC_RET.MUTUAL_AUTH }],
    ['replayDetection', { request: ASC_REQ.REPLAY_DETECT, granted: ASC_RET.REPLAY_DETECT }],
    ['sequenceDetection', { request: ASC_REQ.SEQUENCE_DETECT, granted: ASC_RET.SEQUENCE_DETECT }],
  ]),
};
