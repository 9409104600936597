import { createEngine, memoryAccounts } from 'secur32/engine';
import {
  ASC_REQ,
  type ContextLeg,
  type CredHandle,
  findBuffer,
  ISC_REQ,
  type SaslContextOptions,
  SECBUFFER,
  type SecurityFunctionTable,
  tokenBuffer,
} from 'secur32/raw';

export const TARGET = 'imap/mail.example.com';
export const PASSWORD = 'open sesame';

/** An engine that knows alice, and a credential of each direction. */
export interface RawPair {
  readonly sspi: SecurityFunctionTable;
  readonly inbound: CredHandle;
  readonly outbound: CredHandle;
}

export async function rawPair(password: string = PASSWORD): Promise<RawPair> {
  const accounts = memoryAccounts([{ user: 'alice', password: PASSWORD }]);
  const sspi = createEngine({ accounts, digest: { realms: ['example.com'] } });
  const authData = { kind: 'password', user: 'alice', password } as const;
  const [server, client] = await Promise.all([
    sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' }),
    sspi.acquireCredentialsHandle({ package: 'wdigest', credentialUse: 'outbound', authData }),
  ]);
  return { sspi, inbound: server.credential, outbound: client.credential };
}

export interface LegOptions {
  readonly contextReq?: number;
  readonly options?: SaslContextOptions;
}

/** A leg of the server; without an earlier leg, its first. */
export function accept(
  pair: RawPair,
  previous: ContextLeg | undefined,
  token: Uint8Array,
  { contextReq = ASC_REQ.CONFIDENTIALITY, options = {} }: LegOptions = {},
): Promise<ContextLeg> {
  return pair.sspi.saslAcceptSecurityContext({
    credential: pair.inbound,
    ...(previous && { context: previous.context }),
    input: [tokenBuffer(token)],
    contextReq,
    options,
  });
}

/** A leg of the client; without a token, one without input. */
export function initialize(
  pair: RawPair,
  previous: ContextLeg | undefined,
  token: Uint8Array | undefined,
  { contextReq = ISC_REQ.CONFIDENTIALITY, options = {} }: LegOptions = {},
): Promise<ContextLeg> {
  return pair.sspi.saslInitializeSecurityContext({
    credential: pair.outbound,
    ...(previous && { context: previous.context }),
    targetName: TARGET,
    ...(token && { input: [tokenBuffer(token)] }),
    contextReq,
    options,
  });
}

export const NOTHING: Uint8Array = new Uint8Array(0);

/** The bytes that a leg has for the peer. */
export function tokenOf(leg: ContextLeg): Uint8Array {
  const token = findBuffer(leg.output, SECBUFFER.TOKEN);
  if (!token || leg.output.length !== 1) throw new Error('a SASL leg must give exactly one TOKEN buffer');
  return token.data;
}

/** The legs of a whole exchange, by the names of the fact sheet of RFC 2831: S1 challenge, C1 response, S2 rspauth, C2. */
export async function exchange(pair: RawPair, client: LegOptions = {}, server: LegOptions = {}) {
  const s1 = await accept(pair, undefined, NOTHING, server);
  const c1 = await initialize(pair, undefined, tokenOf(s1), client);
  const s2 = await accept(pair, s1, tokenOf(c1), server);
  const c2 = await initialize(pair, c1, tokenOf(s2), client);
  return { s1, c1, s2, c2 };
}
