import type { DecodedToken } from '../decode/decoded-token.js';
import type { DescribedCall } from '../trace/describe-call.js';

export type Side = 'client' | 'server';

/** What the demo shows, in its order. Renderers make text or pictures of it. */
export type DemoEvent =
  | OpeningEvent
  | LeftOutEvent
  | SceneEvent
  | CallEvent
  | LineEvent
  | TokenEvent
  | LogonEvent
  | MessageEvent
  | TamperEvent
  | OutcomeEvent
  | SummaryEvent;

export interface OpeningEvent {
  readonly type: 'opening';
  readonly version: string;
  readonly provider: string;
  readonly profiles: readonly string[];
}

/** A profile of the provider that cannot be shown here. */
export interface LeftOutEvent {
  readonly type: 'leftOut';
  readonly profile: string;
  readonly why: string;
}

/** One logon begins. */
export interface SceneEvent {
  readonly type: 'scene';
  readonly profile: string;
  /** The package behind the profile. */
  readonly package: string;
  /** What is special about this logon: `auth-conf`, `a wrong password`. */
  readonly variant: string;
  /** The first scene of a profile is shown whole; later ones leave out what they have in common with it. */
  readonly detail: 'whole' | 'brief';
  /** What one should know before it. */
  readonly note?: string;
}

/** A security function was called. */
export interface CallEvent extends DescribedCall {
  readonly type: 'call';
  readonly side: Side;
}

/** A line of the protocol, in the clear. */
export interface LineEvent {
  readonly type: 'line';
  readonly from: Side;
  readonly text: string;
  /** Why it is there, where that is not plain. */
  readonly remark?: string;
}

/** A token of the mechanism travels. */
export interface TokenEvent {
  readonly type: 'token';
  readonly from: Side;
  readonly bytes: Uint8Array;
  readonly decoded: DecodedToken;
  /** What of the protocol's line stands before its base64: `a1 AUTHENTICATE GSSAPI`. */
  readonly prefix: string;
}

/** The server knows who the client is. */
export interface LogonEvent {
  readonly type: 'logon';
  readonly user: string;
  readonly layer: string;
  /** Bytes: the largest plaintext that the server may send in one message. */
  readonly sendSize?: number;
}

/** A message after the logon, and what of it was on the wire. */
export interface MessageEvent {
  readonly type: 'message';
  readonly from: Side;
  readonly plain: string;
  readonly wire: Uint8Array;
}

/** Somebody on the wire changed one bit of a message of the client. */
export interface TamperEvent {
  readonly type: 'tamper';
  /** Index of the byte, from 0, within the message on the wire. */
  readonly offset: number;
  readonly before: number;
  readonly after: number;
}

/** How a scene ended, against what it should have come to. */
export interface OutcomeEvent {
  readonly type: 'outcome';
  readonly asExpected: boolean;
  readonly text: string;
}

export interface SummaryEvent {
  readonly type: 'summary';
  readonly asExpected: boolean;
  readonly text: string;
}
