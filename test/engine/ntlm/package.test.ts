import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ClientContext, Credential, ServerContext } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import {
  type AuthData,
  SECPKG_ATTR,
  SECPKG_CRED_ATTR,
  SECPKG_FLAG,
  SECPKG_NEGOTIATION,
  type SspiError,
  STATUS,
} from 'secur32/raw';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { AvPairs } from '#dist/engine/ntlm/messages/av-pairs.js';
import { parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { NTLMSSP } from '#dist/engine/ntlm/messages/flags.js';
import { Ntlm } from '#dist/engine/ntlm/ntlm.js';
import { ALICE, bindingsOf, changeU32, HOST, logOn, outputToken, SEALED, Sides, TARGET } from './logon.js';
import { unhex, vectors } from './vectors.js';

describe('the NTLM package', () => {
  const sspi = createEngine({ accounts: memoryAccounts([ALICE]), environment: { host: HOST } });
  const acquire = (credentialUse: 'inbound' | 'outbound' | 'both', authData?: AuthData) =>
    sspi.acquireCredentialsHandle({ package: 'ntlm', credentialUse, ...(authData && { authData }) });

  it('says what it is', async () => {
    const info = await sspi.querySecurityPackageInfo('NTLM');
    assert.equal(info.name, 'NTLM');
    assert.deepEqual([info.rpcId, info.version, info.maxToken], [10, 1, 2888]);
    const able = SECPKG_FLAG.INTEGRITY | SECPKG_FLAG.PRIVACY | SECPKG_FLAG.CONNECTION | SECPKG_FLAG.NEGOTIABLE;
    assert.equal(info.capabilities & able, able);
    assert.equal(info.capabilities & (SECPKG_FLAG.MUTUAL_AUTH | SECPKG_FLAG.DELEGATION | SECPKG_FLAG.IMPERSONATION), 0);
  });

  it('knows its own tokens, and SPNEGO knows it', () => {
    const ntlm = new Ntlm({ environment: nodeEnvironment(), accounts: memoryAccounts([]), options: {} });
    assert.ok(ntlm.recognizes(unhex(vectors.withMic.negotiate)));
    assert.ok(!ntlm.recognizes(unhex('602806062b0601050502')));
    assert.deepEqual(ntlm.oids, ['1.3.6.1.4.1.311.2.2.10']);
  });

  describe('credentials', () => {
    it('the current user has none that could be used', async () => {
      for (const use of ['outbound', 'both'] as const) {
        await assert.rejects(acquire(use), (error: SspiError) => {
          assert.equal(error.code, 'SEC_E_NO_CREDENTIALS');
          assert.match(error.hint, /password/);
          return true;
        });
        await assert.rejects(acquire(use, { kind: 'current' }), { code: 'SEC_E_NO_CREDENTIALS' });
      }
    });

    for (const [name, authData] of Object.entries<AuthData>({
      'a keytab': { kind: 'keytab', keytab: 'FILE:none' },
      'a credential cache': { kind: 'ccache', ccache: 'FILE:none' },
      'a certificate': { kind: 'certificate' },
      'an empty user': { kind: 'password', user: '', password: 'x' },
      'a domain alone': { kind: 'password', user: 'EXAMPLE\\', password: 'x' },
      'a user of 257 characters': { kind: 'password', user: 'x'.repeat(257), password: 'x' },
      'a domain of 257 characters': { kind: 'password', user: 'x', domain: 'x'.repeat(257), password: 'x' },
    })) {
      it(`${name} is none`, () => assert.rejects(acquire('outbound', authData), { code: 'SEC_E_UNKNOWN_CREDENTIALS' }));
    }

    it('are good for their direction', async () => {
      const inbound = await acquire('inbound');
      const outbound = await acquire('outbound', { kind: 'password', ...ALICE });
      const both = await acquire('both', { kind: 'password', ...ALICE });
      const initialize = ({ credential }: typeof both) => sspi.initializeSecurityContext({ credential, contextReq: 0 });
      const accept = ({ credential }: typeof both, data: Uint8Array) =>
        sspi.acceptSecurityContext({ credential, contextReq: 0, input: [{ type: 2, data }] });
      await assert.rejects(initialize(inbound), { code: 'SEC_E_NO_CREDENTIALS' });
      const negotiate = outputToken(await initialize(both));
      await accept(both, negotiate);
      await assert.rejects(accept(outbound, negotiate), { code: 'SEC_E_NO_CREDENTIALS' });
    });

    it('say their name, and keep the rest to themselves', async () => {
      const { credential } = await acquire('outbound', { kind: 'password', ...ALICE });
      assert.deepEqual(await sspi.queryCredentialsAttributes(credential, SECPKG_CRED_ATTR.NAMES), {
        userName: 'EXAMPLE\\alice',
      });
      const shown = inspect(credential, { depth: 20, showHidden: true });
      assert.ok(!shown.includes(ALICE.password) && !shown.includes('sesame'));
      const { credential: upn } = await acquire('outbound', {
        kind: 'password',
        user: 'alice@example.com',
        password: 'x',
      });
      assert.deepEqual(await sspi.queryCredentialsAttributes(upn, SECPKG_CRED_ATTR.NAMES), {
        userName: 'alice@example.com',
      });
    });

    it('serve contexts after they are freed, as long as those live', async () => {
      const { credential } = await acquire('outbound', { kind: 'password', ...ALICE });
      const begun = await sspi.initializeSecurityContext({ credential, targetName: TARGET, contextReq: SEALED });
      await sspi.freeCredentialsHandle(credential);
      const offered = await new Sides().accept(outputToken(begun));
      const input = [{ type: 2, data: outputToken(offered) }];
      await sspi.initializeSecurityContext({ context: begun.context, contextReq: SEALED, input });
    });
  });

  describe('attributes', () => {
    it('of both sides', async () => {
      const now = () => 1_760_000_000_000;
      const { client, server } = await logOn({
        clientEnvironment: { host: HOST, now },
        serverEnvironment: { host: HOST, now },
      });
      for (const side of [client, server]) {
        const sizes = { maxToken: 2888, maxSignature: 16, blockSize: 0, securityTrailer: 16 };
        assert.deepEqual(await side.attribute(SECPKG_ATTR.SIZES), sizes);
        assert.deepEqual(await side.attribute(SECPKG_ATTR.LIFESPAN), { start: new Date(now()) });
        assert.deepEqual(await side.attribute(SECPKG_ATTR.KEY_INFO), {
          signatureAlgorithmName: 'HMAC-MD5',
          encryptAlgorithmName: 'RC4',
          keySize: 128,
          signatureAlgorithm: 0x8009,
          encryptAlgorithm: 0x6801,
        });
        assert.equal((await side.attribute(SECPKG_ATTR.PACKAGE_INFO)).name, 'NTLM');
        const { negotiationState, packageInfo } = await side.attribute(SECPKG_ATTR.NEGOTIATION_INFO);
        assert.deepEqual([packageInfo.name, negotiationState], ['NTLM', SECPKG_NEGOTIATION.COMPLETE]);
        await assert.rejects(side.attribute(SECPKG_ATTR.NATIVE_NAMES), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
        assert.equal(side.leg.expiry, undefined);
      }
    });

    it('of the client', async () => {
      const { client, messages } = await logOn();
      assert.deepEqual(await client.attribute(SECPKG_ATTR.NAMES), { userName: 'EXAMPLE\\alice' });
      assert.deepEqual(await client.attribute(SECPKG_ATTR.LAST_CLIENT_TOKEN_STATUS), { lastClientTokenStatus: 'yes' });
      const { targetInformation } = await client.attribute(SECPKG_ATTR.TARGET_INFORMATION);
      assert.deepEqual(targetInformation, parseChallenge(messages.challenge).targetInfo);
      for (const attribute of [SECPKG_ATTR.CLIENT_SPECIFIED_TARGET, SECPKG_ATTR.IS_LOOPBACK] as const) {
        await assert.rejects(client.attribute(attribute), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      }
      await assert.rejects(client.attribute(SECPKG_ATTR.ACCESS_TOKEN), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
    });

    it('of the server', async () => {
      const { server } = await logOn();
      assert.deepEqual(await server.attribute(SECPKG_ATTR.NAMES), { userName: 'EXAMPLE\\alice' });
      assert.deepEqual(await server.attribute(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), { targetName: TARGET });
      for (const attribute of [SECPKG_ATTR.LAST_CLIENT_TOKEN_STATUS, SECPKG_ATTR.TARGET_INFORMATION] as const) {
        await assert.rejects(server.attribute(attribute), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      }
    });

    it('a half-open context has none, and protects nothing', async () => {
      const sides = new Sides();
      const begun = await sides.initialize();
      const offered = await sides.accept(outputToken(begun));
      for (const [table, { context }] of [
        [sides.clientSspi, begun],
        [sides.serverSspi, offered],
      ] as const) {
        const half = { code: 'SEC_E_INVALID_HANDLE' };
        await assert.rejects(table.queryContextAttributes(context, SECPKG_ATTR.SESSION_KEY), half);
        await assert.rejects(table.queryContextAttributes(context, SECPKG_ATTR.SIZES), half);
        await assert.rejects(table.querySecurityContextToken(context), half);
        assert.throws(() => table.makeSignatureSync(context, { buffers: [] }), half);
        await table.deleteSecurityContext(context);
      }
    });

    it('a single loopback is known', async () => {
      const both = createEngine({ accounts: memoryAccounts([ALICE]), environment: { host: HOST } });
      const identity = { kind: 'password', ...ALICE } as const;
      await using inbound = await Credential.acquire({ package: 'NTLM', use: 'inbound', sspi: both });
      await using outbound = await Credential.acquire({ package: 'NTLM', use: 'outbound', identity, sspi: both });
      await using server = new ServerContext(inbound);
      await using client = new ClientContext(outbound, { targetName: TARGET });
      const challenge = await server.step((await client.step()).token);
      await server.step((await client.step(challenge.token)).token);
      assert.deepEqual(await both.queryContextAttributes(server.context, SECPKG_ATTR.IS_LOOPBACK), {
        isLoopback: true,
      });
    });
  });

  describe('the CHALLENGE', () => {
    const challengeOf = async (host: typeof HOST | object) => {
      const sides = new Sides({ serverEnvironment: { host: { ...HOST, ...host } } });
      return parseChallenge(outputToken(await sides.accept(outputToken(await sides.initialize()))));
    };
    const namesOf = (targetInfo: Uint8Array | undefined) => {
      const pairs = AvPairs.parse(targetInfo!);
      return [1, 2, 3, 4, 5].map(id => pairs.text(id));
    };

    it('of a server in a domain', async () => {
      const { flags, targetInfo, targetName } = await challengeOf({});
      assert.equal(Buffer.from(targetName).toString('utf16le'), 'EXAMPLE');
      assert.equal(flags & NTLMSSP.TARGET_TYPE_DOMAIN, NTLMSSP.TARGET_TYPE_DOMAIN);
      assert.deepEqual(namesOf(targetInfo), ['SERVER', 'EXAMPLE', 'server.example.com', 'example.com', undefined]);
    });

    it('of one in none', async () => {
      const { flags, targetInfo, targetName } = await challengeOf({
        dnsDomain: '',
        netbiosDomain: 'WORKGROUP',
        dnsName: 'server',
      });
      assert.equal(Buffer.from(targetName).toString('utf16le'), 'SERVER');
      assert.equal(flags & NTLMSSP.TARGET_TYPE_SERVER, NTLMSSP.TARGET_TYPE_SERVER);
      assert.deepEqual(namesOf(targetInfo), ['SERVER', 'WORKGROUP', 'server', undefined, undefined]);
    });

    it('has a version only where the client has', async () => {
      const sides = new Sides();
      const negotiate = changeU32(12, flags => flags & ~NTLMSSP.VERSION)(outputToken(await sides.initialize()));
      assert.equal(parseChallenge(outputToken(await sides.accept(negotiate))).version, undefined);
    });
  });

  describe('legs', () => {
    it('are three, in their order', async () => {
      const sides = new Sides();
      const begun = await sides.initialize();
      const invalid = { code: 'SEC_E_INVALID_TOKEN' };
      await assert.rejects(sides.accept(new Uint8Array(0)), invalid);
      await assert.rejects(sides.initialize(outputToken(begun)), invalid);
      await assert.rejects(sides.initialize(outputToken(begun), begun.context), invalid);
      await assert.rejects(sides.accept(unhex(vectors.withMic.authenticate)), invalid);
      const offered = await sides.accept(outputToken(begun));
      await assert.rejects(sides.accept(outputToken(begun), offered.context), invalid);
    });

    it('the target and the bindings may come with any of a client’s', async () => {
      const sides = new Sides({ serverInput: [bindingsOf('ours')] });
      const { credential } = await sides.clientSspi.acquireCredentialsHandle({
        package: 'NTLM',
        credentialUse: 'outbound',
        authData: { kind: 'password', ...ALICE },
      });
      const begun = await sides.clientSspi.initializeSecurityContext({
        credential,
        contextReq: 0,
        targetName: TARGET,
        input: [bindingsOf('ours')],
      });
      const offered = await sides.accept(outputToken(begun));
      const answered = await sides.clientSspi.initializeSecurityContext({
        context: begun.context,
        contextReq: 0,
        input: [{ type: 2, data: outputToken(offered) }],
      });
      await sides.accept(outputToken(answered), offered.context);
    });

    it('a target whose name fits no message is refused', async () => {
      for (const length of [32_600, 40_000]) {
        const targetName = `HTTP/localhost/${'x'.repeat(length)}`;
        await assert.rejects(logOn({ targetName }), { code: 'SEC_E_INVALID_TOKEN' });
      }
      await logOn({ targetName: `HTTP/localhost/${'x'.repeat(1000)}` });
    });

    it('bytes of a caller may be used again as soon as a leg is over', async () => {
      const wipe = (bytes: Uint8Array): Uint8Array => {
        const copy = Uint8Array.from(bytes);
        queueMicrotask(() => setImmediate(() => copy.fill(0)));
        return copy;
      };
      await logOn({ negotiate: wipe, challenge: wipe });
    });
  });

  it('has no status for a wrong password but the usual one', async () => {
    const identity = { kind: 'password', ...ALICE, password: 'wrong' } as const;
    await assert.rejects(logOn({ identity }), (error: SspiError) => {
      assert.equal(error.syscall, 'AcceptSecurityContext');
      assert.notEqual(error.status, STATUS.LOGON_FAILURE);
      return error.code === 'SEC_E_LOGON_DENIED';
    });
  });
});
