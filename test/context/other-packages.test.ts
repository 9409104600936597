import assert from 'node:assert/strict';
import { ClientContext, Credential, channelBindings, ServerContext, type ServerContextOptions } from 'secur32';
import {
  ASC_REQ,
  ISC_REQ,
  SEC_E,
  SECBUFFER,
  SECPKG_ATTR,
  SECPKG_FLAG,
  type SecBuffer,
  type SecurityFunctionTable,
  SspiError,
} from 'secur32/raw';
import { aliceEngine, PASSWORD, SaslPair } from './sasl-pair.js';

/*
 * What other packages are asked for and answer, and WDigest is not and does not: channel bindings, mutual authentication as a
 * capability, contexts without an access token or a target. The engine's WDigest stands in for them, with one function changed.
 */

const bindings = channelBindings({ applicationData: Buffer.from('tls-server-end-point:x') });

interface SeenLeg {
  readonly contextReq: number;
  readonly types: number[];
}

/** WDigest under the name of Negotiate, which hears of channel bindings and passes over them. */
function negotiate(): { sspi: SecurityFunctionTable; seen: SeenLeg[] } {
  const engine = aliceEngine();
  const seen: SeenLeg[] = [];
  const hear = (contextReq: number, input: readonly SecBuffer[] = []): SecBuffer[] => {
    seen.push({ contextReq, types: input.map(({ type }) => type) });
    return input.filter(({ type }) => type !== SECBUFFER.CHANNEL_BINDINGS);
  };
  const sspi: SecurityFunctionTable = {
    ...engine,
    async querySecurityPackageInfo() {
      const info = await engine.querySecurityPackageInfo('WDigest');
      return { ...info, name: 'Negotiate', capabilities: info.capabilities | SECPKG_FLAG.MUTUAL_AUTH };
    },
    acquireCredentialsHandle: call => engine.acquireCredentialsHandle({ ...call, package: 'WDigest' }),
    initializeSecurityContext: call =>
      engine.initializeSecurityContext({ ...call, input: hear(call.contextReq, call.input) }),
    acceptSecurityContext: call =>
      engine.acceptSecurityContext({
        ...call,
        input: hear(call.contextReq, call.input),
        contextReq: call.contextReq & ~ASC_REQ.ALLOW_MISSING_BINDINGS,
      }),
  };
  return { sspi, seen };
}

async function logOn(sspi: SecurityFunctionTable, serverOptions: ServerContextOptions): Promise<void> {
  const common = { package: 'Negotiate', sspi } as const;
  const identity = { kind: 'password', user: 'alice', password: PASSWORD } as const;
  await using inbound = await Credential.acquire({ ...common, use: 'inbound' });
  await using outbound = await Credential.acquire({ ...common, use: 'outbound', identity });
  await using server = new ServerContext(inbound, serverOptions);
  await using client = new ClientContext(outbound, { targetName: 'HTTP/web', channelBindings: bindings });
  const response = await client.step((await server.step()).token);
  await client.step((await server.step(response.token)).token);
  assert.deepEqual([client.established, server.established], [true, true]);
}

describe('Contexts over packages that carry channel bindings', () => {
  it('give them to every leg, and let no client do without', async () => {
    const { sspi, seen } = negotiate();
    await logOn(sspi, { channelBindings: bindings });
    assert.equal(seen.length, 4);
    for (const { types } of seen) assert.deepEqual(types, [SECBUFFER.TOKEN, SECBUFFER.CHANNEL_BINDINGS]);
    for (const server of [seen[0], seen[2]])
      assert.equal((server?.contextReq ?? 0) & ASC_REQ.ALLOW_MISSING_BINDINGS, 0);
  });

  it('let clients do without where the server says so', async () => {
    const { sspi, seen } = negotiate();
    await logOn(sspi, { channelBindings: bindings, extendedProtection: 'whenSupported' });
    for (const server of [seen[0], seen[2]]) assert.ok((server?.contextReq ?? 0) & ASC_REQ.ALLOW_MISSING_BINDINGS);
  });

  it('ask for mutual authentication where the package can', async () => {
    const { sspi, seen } = negotiate();
    await logOn(sspi, {});
    for (const client of [seen[1], seen[3]]) {
      const asked = ISC_REQ.MUTUAL_AUTH | ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.SEQUENCE_DETECT;
      assert.equal((client?.contextReq ?? 0) & asked, asked);
    }
  });
});

describe('A server over a package that', () => {
  const unsupported = (syscall: string) =>
    new SspiError({ status: SEC_E.UNSUPPORTED_FUNCTION, syscall, provider: 'engine' });

  it('makes no access tokens knows the client by its name', async () => {
    const engine = aliceEngine();
    for (const status of [SEC_E.NO_IMPERSONATION, SEC_E.UNSUPPORTED_FUNCTION]) {
      const sspi: SecurityFunctionTable = {
        ...engine,
        querySecurityContextToken: () =>
          Promise.reject(new SspiError({ status, syscall: 'QuerySecurityContextToken', provider: 'engine' })),
      };
      await using pair = await SaslPair.create({}, {}, sspi);
      await pair.logOn();
      assert.deepEqual(pair.server.identity, { name: 'alice', domain: 'example.com', package: 'WDigest' });
    }
  });

  it('fails to say who the client is establishes nothing', async () => {
    const engine = aliceEngine();
    const sspi: SecurityFunctionTable = {
      ...engine,
      querySecurityContextToken: () =>
        Promise.reject(
          new SspiError({ status: SEC_E.INTERNAL_ERROR, syscall: 'QuerySecurityContextToken', provider: 'engine' }),
        ),
    };
    await using pair = await SaslPair.create({}, {}, sspi);
    await assert.rejects(pair.logOn(), { code: 'SEC_E_INTERNAL_ERROR' });
    assert.equal(pair.server.established, false);
  });

  it('does not say what the client meant to reach takes nobody', async () => {
    const engine = aliceEngine();
    const sspi: SecurityFunctionTable = {
      ...engine,
      queryContextAttributes: (context, attribute) =>
        (attribute as number) === SECPKG_ATTR.CLIENT_SPECIFIED_TARGET
          ? Promise.reject(unsupported('QueryContextAttributes'))
          : engine.queryContextAttributes(context, attribute),
    };
    await using pair = await SaslPair.create({}, {}, sspi);
    await assert.rejects(pair.logOn(), { code: 'SEC_E_WRONG_PRINCIPAL', message: /does not say/ });
  });

  it('carries octets that are no UTF-8 for an authorization identity takes nobody', async () => {
    for (const octets of [Uint8Array.of(0xff), Uint8Array.of(0x61, 0)]) {
      const sspi: SecurityFunctionTable = {
        ...aliceEngine(),
        saslGetContextOption: async () => octets as never,
      };
      await using pair = await SaslPair.create({ request: [] }, { authorize: () => true }, sspi);
      await assert.rejects(pair.logOn(), { code: 'SEC_E_INVALID_TOKEN' });
    }
  });
});
