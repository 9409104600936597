import assert from 'node:assert/strict';
import {
  type AccountStore,
  createEngine,
  type DigestOptions,
  type EngineEnvironment,
  memoryAccounts,
} from 'secur32/engine';
import {
  ASC_REQ,
  type AuthData,
  type ContextAttributeValues,
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  findBuffer,
  ISC_REQ,
  SEC_E,
  SEC_I,
  SECBUFFER,
  type SecBuffer,
  type SecurityFunctionTable,
  tokenBuffer,
} from 'secur32/raw';

export const REALM = 'test.example';
export const PASSWORD = 'pw-alice';
export const TARGET = 'imap/mail.test.example';
export const ALICE = { kind: 'password', user: 'alice', password: PASSWORD } as const;

interface SideOptions {
  readonly digest?: DigestOptions;
  readonly environment?: Partial<EngineEnvironment>;
  /** ISC_REQ or ASC_REQ bits. */
  readonly contextReq?: number;
  /** Input buffers besides the token, on every leg. */
  readonly buffers?: readonly SecBuffer[];
}

export interface ServerOptions extends SideOptions {
  readonly accounts?: AccountStore;
}

export interface ClientOptions extends SideOptions {
  readonly identity?: AuthData;
  /** Null for none. */
  readonly targetName?: string | null;
}

/** What to ask for so that both sides agree on a quality of protection. */
export const ASK = {
  auth: { server: { contextReq: 0 }, client: { contextReq: 0 } },
  'auth-int': { server: { contextReq: ASC_REQ.INTEGRITY }, client: { contextReq: ISC_REQ.INTEGRITY } },
  'auth-conf': { server: { contextReq: ASC_REQ.CONFIDENTIALITY }, client: { contextReq: ISC_REQ.CONFIDENTIALITY } },
} as const;

export type Qop = keyof typeof ASK;

type LegCall = (call: { context?: CtxtHandle; input: SecBuffer[] }) => Promise<ContextLeg>;

/** One end of a DIGEST-MD5 exchange, driven leg by leg through the function table of an engine of its own. */
export class Side {
  readonly sspi: SecurityFunctionTable;
  readonly #call: LegCall;
  readonly #buffers: readonly SecBuffer[];
  #context: CtxtHandle | undefined;

  private constructor(sspi: SecurityFunctionTable, buffers: readonly SecBuffer[], call: LegCall) {
    this.sspi = sspi;
    this.#buffers = buffers;
    this.#call = call;
  }

  static async server(options: ServerOptions = {}): Promise<Side> {
    const { accounts = memoryAccounts([{ user: 'alice', password: PASSWORD }]), contextReq = 0 } = options;
    const sspi = engine(options, accounts);
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
    return new Side(sspi, options.buffers ?? [], call =>
      sspi.acceptSecurityContext({ ...call, credential, contextReq }),
    );
  }

  static async client(options: ClientOptions = {}): Promise<Side> {
    const { contextReq = 0, identity = ALICE, targetName = TARGET } = options;
    const sspi = engine(options, memoryAccounts([]));
    const credential = await outbound(sspi, identity);
    const target = targetName === null ? {} : { targetName };
    return new Side(sspi, options.buffers ?? [], call =>
      sspi.initializeSecurityContext({ ...call, ...target, credential, contextReq }),
    );
  }

  get context(): CtxtHandle {
    assert(this.#context, 'no leg has gone through yet');
    return this.#context;
  }

  /** One leg. Text stands for its ISO-8859-1 bytes; without a token there is no TOKEN buffer. */
  async step(token?: string | Uint8Array): Promise<ContextLeg & { token: Uint8Array; text: string }> {
    const bytes = typeof token === 'string' ? Buffer.from(token, 'latin1') : token;
    const input = [...(bytes ? [tokenBuffer(bytes)] : []), ...this.#buffers];
    const leg = await this.#call(this.#context ? { context: this.#context, input } : { input });
    this.#context = leg.context;
    const output = findBuffer(leg.output, SECBUFFER.TOKEN)?.data;
    assert(output, 'a leg gives a TOKEN buffer');
    return { ...leg, token: output, text: Buffer.from(output).toString('latin1') };
  }

  query<A extends keyof ContextAttributeValues>(attribute: A): Promise<ContextAttributeValues[A]> {
    return this.sspi.queryContextAttributes(this.context, attribute);
  }

  /** A message as it goes to the wire. */
  encrypt(message: Uint8Array): Uint8Array {
    const result = this.sspi.encryptMessageSync(this.context, {
      buffers: [
        { type: SECBUFFER.DATA, data: Uint8Array.from(message) },
        { type: SECBUFFER.PADDING, data: new Uint8Array(24) },
      ],
    });
    return Buffer.concat(result.map(({ data }) => data));
  }

  /** The message in a protected buffer, which stays as it is. */
  decrypt(sealed: Uint8Array): Uint8Array {
    const buffers = [{ type: SECBUFFER.DATA, data: Uint8Array.from(sealed) }];
    return Uint8Array.from(this.sspi.decryptMessageSync(this.context, { buffers })[0]!.data);
  }
}

/** Runs a whole logon and checks the statuses on the way. */
export async function logOn(server: Side, client: Side): Promise<void> {
  const challenge = await server.step();
  assert.equal(challenge.status, SEC_I.CONTINUE_NEEDED);
  const response = await client.step(challenge.token);
  assert.equal(response.status, SEC_I.CONTINUE_NEEDED);
  const proof = await server.step(response.token);
  assert.equal(proof.status, SEC_E.OK);
  const end = await client.step(proof.token);
  assert.equal(end.status, SEC_E.OK);
  assert.equal(end.token.length, 0);
}

/** Both sides of a logon that stands. */
export async function pair(
  qop: Qop,
  server: ServerOptions = {},
  client: ClientOptions = {},
): Promise<{ server: Side; client: Side }> {
  const sides = {
    server: await Side.server({ ...ASK[qop].server, ...server }),
    client: await Side.client({ ...ASK[qop].client, ...client }),
  };
  await logOn(sides.server, sides.client);
  return sides;
}

/** A challenge, and the response of a client that logs on: what attackers start from. */
export async function answered(qop: Qop, server: Side, client: ClientOptions = {}): Promise<string> {
  const side = await Side.client({ ...ASK[qop].client, ...client });
  return (await side.step((await server.step()).token)).text;
}

function engine({ digest, environment }: SideOptions, accounts: AccountStore): SecurityFunctionTable {
  return createEngine({ accounts, digest: { realms: [REALM], ...digest }, ...(environment && { environment }) });
}

async function outbound(sspi: SecurityFunctionTable, authData: AuthData): Promise<CredHandle> {
  const call = { package: 'WDigest', credentialUse: 'outbound', authData } as const;
  return (await sspi.acquireCredentialsHandle(call)).credential;
}
