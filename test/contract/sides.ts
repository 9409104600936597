import { ASC_REQ, type AuthData, ISC_REQ, type SecBuffer } from 'secur32/raw';
import { type ClientSide, Handshake, type Side } from '../native/windows/handshake.js';
import type { Pair } from './pairs.js';
import { identityOf, TARGET } from './people.js';

/** How a test's client differs from alice who wants her messages sealed. */
export interface ClientTerms {
  readonly authData?: AuthData;
  readonly contextReq?: number;
  readonly input?: readonly SecBuffer[];
}

export interface ServerTerms {
  readonly contextReq?: number;
  readonly input?: readonly SecBuffer[];
}

/** A whole exchange, which is closed after the test. */
export function connect(
  pair: Pair,
  packageName: string,
  client: ClientTerms = {},
  server: ServerTerms = {},
): Promise<Handshake> {
  return pair.keep(Handshake.run(clientSide(pair, packageName, client), serverSide(pair, packageName, server)));
}

export function clientSide(pair: Pair, packageName: string, terms: ClientTerms = {}): ClientSide {
  const { authData = identityOf(), contextReq = SEALED.client, input = [] } = terms;
  return {
    table: pair.clientTable,
    credential: { package: packageName, credentialUse: 'outbound', authData },
    contextReq,
    input,
    targetName: TARGET,
  };
}

export function serverSide(pair: Pair, packageName: string, terms: ServerTerms = {}): Side {
  const { contextReq = SEALED.server, input = [] } = terms;
  return {
    table: pair.serverTable,
    credential: { package: packageName, credentialUse: 'inbound' },
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
