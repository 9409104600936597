import { ASC_REQ, type AuthData, ISC_REQ, type SecBuffer } from 'secur32/raw';
import { type ClientSide, Handshake, type Side } from '../native/windows/handshake.js';
import type { Mechanism } from './mechanisms.js';
import type { Pair } from './pairs.js';
import { TARGET } from './people.js';

/** How a test's client differs from one that wants its messages sealed. */
export interface ClientTerms {
  readonly authData?: AuthData;
  readonly contextReq?: number;
  readonly input?: readonly SecBuffer[];
  readonly targetName?: string;
}

export interface ServerTerms {
  readonly contextReq?: number;
  readonly input?: readonly SecBuffer[];
}

/** A whole exchange, which is closed after the test. */
export function connect(
  pair: Pair,
  mechanism: Mechanism,
  client: ClientTerms = {},
  server: ServerTerms = {},
): Promise<Handshake> {
  return pair.keep(Handshake.run(clientSide(pair, mechanism, client), serverSide(pair, mechanism, server)));
}

export function clientSide(pair: Pair, mechanism: Mechanism, terms: ClientTerms = {}): ClientSide {
  const { authData = mechanism.authData, contextReq = SEALED.client, input = [], targetName = TARGET } = terms;
  return {
    table: pair.clientTable,
    credential: { package: mechanism.package, credentialUse: 'outbound', ...(authData && { authData }) },
    contextReq: contextReq | mechanism.contextReq,
    input,
    targetName,
  };
}

export function serverSide(pair: Pair, mechanism: Mechanism, terms: ServerTerms = {}): Side {
  const { contextReq = SEALED.server, input = [] } = terms;
  return {
    table: pair.serverTable,
    credential: { package: mechanism.package, credentialUse: 'inbound' },
    contextReq,
    input,
  };
}

export const SIGNED = {
  client: ISC_REQ.INTEGRITY | ISC_REQ.SEQUENCE_DETECT | ISC_REQ.REPLAY_DETECT,
  server: ASC_REQ.INTEGRITY | ASC_REQ.SEQUENCE_DETECT | ASC_REQ.REPLAY_DETECT,
} as const;
Object.freeze(SIGNED);

export const SEALED = {
  client: SIGNED.client | ISC_REQ.CONFIDENTIALITY,
  server: SIGNED.server | ASC_REQ.CONFIDENTIALITY,
} as const;
Object.freeze(SEALED);
