import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { ASC_RET, type AuthData, ISC_REQ, ISC_RET, SEC_E, SECPKG_ATTR, SECQOP } from 'secur32/raw';
import { MIC_OFFSET, parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { NTLMSSP } from '#dist/engine/ntlm/messages/flags.js';
import { messageIntegrityCode } from '#dist/engine/ntlm/responses/mic.js';
import {
  ALICE,
  bindingsOf,
  changeU32,
  Endpoint,
  type LogonOptions,
  logOn,
  outputToken,
  SEALED,
  SIGNED,
  Sides,
  TARGET,
} from './logon.js';

const CLIENT_INTEGRITY = ISC_RET.INTEGRITY | ISC_RET.REPLAY_DETECT | ISC_RET.SEQUENCE_DETECT | ISC_RET.CONNECTION;
const SERVER_INTEGRITY = ASC_RET.INTEGRITY | ASC_RET.REPLAY_DETECT | ASC_RET.SEQUENCE_DETECT | ASC_RET.CONNECTION;

describe('NTLM logons', () => {
  for (const { name, isc, client: clientAttr, server: serverAttr } of [
    { name: 'without protection of messages', isc: 0, client: ISC_RET.CONNECTION, server: ASC_RET.CONNECTION },
    { name: 'with integrity', isc: SIGNED, client: CLIENT_INTEGRITY, server: SERVER_INTEGRITY },
    {
      name: 'with integrity by sequence detection',
      isc: ISC_REQ.SEQUENCE_DETECT,
      client: CLIENT_INTEGRITY,
      server: SERVER_INTEGRITY,
    },
    {
      name: 'with confidentiality',
      isc: ISC_REQ.CONFIDENTIALITY,
      client: CLIENT_INTEGRITY | ISC_RET.CONFIDENTIALITY,
      server: SERVER_INTEGRITY | ASC_RET.CONFIDENTIALITY,
    },
    {
      name: 'with integrity called off',
      isc: SIGNED | ISC_REQ.NO_INTEGRITY,
      client: ISC_RET.CONNECTION,
      server: ASC_RET.CONNECTION,
    },
    {
      name: 'for identification',
      isc: ISC_REQ.IDENTIFY,
      client: ISC_RET.CONNECTION | ISC_RET.IDENTIFY,
      server: ASC_RET.CONNECTION | ASC_RET.IDENTIFY,
    },
  ]) {
    it(`${name}`, async () => {
      const { client, server } = await logOn({ isc });
      assert.deepEqual([client.leg.status, server.leg.status], [SEC_E.OK, SEC_E.OK]);
      assert.equal(client.leg.contextAttr, clientAttr);
      assert.equal(server.leg.contextAttr, serverAttr);
      assert.equal(server.leg.output.length, 0);
      assert.deepEqual((await client.attribute(SECPKG_ATTR.FLAGS)).flags, clientAttr);
      assert.deepEqual((await server.attribute(SECPKG_ATTR.FLAGS)).flags, serverAttr);
    });
  }

  it('gives both sides one session key', async () => {
    for (const isc of [0, SIGNED, SEALED]) {
      const { client, server } = await logOn({ isc });
      const { sessionKey } = await client.attribute(SECPKG_ATTR.SESSION_KEY);
      assert.equal(sessionKey.length, 16);
      assert.deepEqual((await server.attribute(SECPKG_ATTR.SESSION_KEY)).sessionKey, sessionKey);
    }
  });

  it('says who the client is, in the spelling of the account', async () => {
    const accounts = memoryAccounts([
      {
        user: 'Alice',
        domain: 'Example',
        password: ALICE.password,
        sid: 'S-1-5-21-1-2-3-1104',
        groups: [{ sid: 'S-1-5-32-545' }],
      },
    ]);
    const { server } = await logOn({ accounts });
    assert.equal((await server.attribute(SECPKG_ATTR.NAMES)).userName, 'Example\\Alice');
    const token = {
      user: { name: 'Alice', domain: 'Example', sid: 'S-1-5-21-1-2-3-1104' },
      groups: [{ sid: 'S-1-5-32-545' }],
    };
    assert.deepEqual(await server.sspi.querySecurityContextToken(server.context), token);
    assert.deepEqual(await server.attribute(SECPKG_ATTR.ACCESS_TOKEN), token);
  });

  it('protects messages both ways', async () => {
    const { client, server } = await logOn();
    for (const text of ['one', '', 'ünï', 'x'.repeat(70_000)]) {
      assert.deepEqual(server.open(client.seal(text)), { text, qop: 0 });
      assert.deepEqual(client.open(server.seal(text)), { text, qop: 0 });
      server.verify(text, client.sign(text));
      client.verify(text, server.sign(text));
    }
  });

  it('signs messages in the form of sealed ones', async () => {
    const { client, server } = await logOn();
    const qop = SECQOP.WRAP_NO_ENCRYPT;
    const message = client.seal('clear text', qop);
    assert.ok(Buffer.from(message).includes('clear text'));
    assert.deepEqual(server.open(message), { text: 'clear text', qop });
    assert.deepEqual(server.open(client.seal('no more')), { text: 'no more', qop: 0 });
  });

  describe('identities', () => {
    const password = ALICE.password;
    const succeeding: readonly (readonly [string, AuthData])[] = [
      ['user and domain', { kind: 'password', ...ALICE }],
      ['user alone', { kind: 'password', user: 'alice', password }],
      ['names in another case', { kind: 'password', user: 'ALICE', domain: 'example', password }],
      ['DOMAIN\\user', { kind: 'password', user: 'EXAMPLE\\alice', password }],
      ['user@domain', { kind: 'password', user: 'alice@EXAMPLE', password }],
      [
        'an NT hash',
        {
          kind: 'ntHash',
          user: 'alice',
          domain: 'EXAMPLE',
          ntHash: Buffer.from('d49f6b2db2b4ce1e41a05f2d9c6a3b5e', 'hex'),
        },
      ],
    ];
    for (const [name, identity] of succeeding) {
      it(name, async () => {
        const accounts =
          identity.kind === 'ntHash'
            ? memoryAccounts([{ user: 'alice', domain: 'EXAMPLE', ntHash: identity.ntHash }])
            : memoryAccounts([ALICE]);
        const { server } = await logOn({ identity, accounts });
        assert.equal((await server.attribute(SECPKG_ATTR.NAMES)).userName, 'EXAMPLE\\alice');
      });
    }

    for (const [user, secret] of [
      ['jürgen', 'pässwörd'],
      ['иван', 'пароль'],
      ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
      ['straße', ''],
      ['🙂', '🙃'.repeat(40)],
    ] as const) {
      it(`${user} with the password ${JSON.stringify(secret.slice(0, 10))}`, async () => {
        const accounts = memoryAccounts([{ user, password: secret }]);
        const { server } = await logOn({ accounts, identity: { kind: 'password', user, password: secret } });
        assert.equal((await server.attribute(SECPKG_ATTR.NAMES)).userName, user);
      });
    }

    it('takes an account of a store without domains for its own, whatever domain the client names', async () => {
      const accounts = memoryAccounts([{ user: 'alice', password }]);
      const { server } = await logOn({ accounts, identity: { kind: 'password', ...ALICE, domain: 'ELSEWHERE' } });
      const { user } = await server.sspi.querySecurityContextToken(server.context);
      assert.deepEqual(user, { name: 'alice', domain: '' });
    });

    it('finds a name with an @ in it as it is', async () => {
      const accounts = memoryAccounts([{ user: 'alice@example.com', password }]);
      const { server } = await logOn({ accounts, identity: { kind: 'password', user: 'alice@example.com', password } });
      assert.equal((await server.attribute(SECPKG_ATTR.NAMES)).userName, 'alice@example.com');
    });

    it('nobody, where the server asks for it', async () => {
      const anonymous = { identity: { kind: 'anonymous' }, asc: 0x00100000 } as const;
      const { client, messages, server } = await logOn(anonymous);
      assert.equal(client.leg.contextAttr, ISC_RET.CONNECTION | ISC_RET.NULL_SESSION);
      assert.equal(server.leg.contextAttr, ASC_RET.CONNECTION | ASC_RET.NULL_SESSION);
      assert.deepEqual(await server.sspi.querySecurityContextToken(server.context), {
        user: { name: 'ANONYMOUS LOGON', domain: 'NT AUTHORITY', sid: 'S-1-5-7' },
      });
      const { lmResponse, ntResponse, user } = parseAuthenticate(messages.authenticate);
      assert.deepEqual([[...lmResponse], ntResponse.length, user.length], [[0], 0, 0]);
    });

    it('nobody by ISC_REQ.NULL_SESSION, whoever the credential is', async () => {
      const { server } = await logOn({ isc: ISC_REQ.NULL_SESSION, asc: 0x00100000 });
      assert.equal((await server.attribute(SECPKG_ATTR.NAMES)).userName, 'NT AUTHORITY\\ANONYMOUS LOGON');
    });
  });

  describe('flags of the wire', () => {
    const flagsOf = async (options: LogonOptions): Promise<number> => {
      const { messages } = await logOn(options);
      return parseAuthenticate(messages.authenticate).flags;
    };
    const strip = (bits: number) => changeU32(12, flags => flags & ~bits);

    it('agree on all that keeps messages safe', async () => {
      const safe =
        NTLMSSP.SIGN |
        NTLMSSP.SEAL |
        NTLMSSP.EXTENDED_SESSIONSECURITY |
        NTLMSSP.KEY_128 |
        NTLMSSP.KEY_EXCH |
        NTLMSSP.UNICODE;
      assert.equal(((await flagsOf({})) & safe) >>> 0, safe >>> 0);
    });

    it('have one character set and no LM key', async () => {
      assert.equal((await flagsOf({})) & (NTLMSSP.OEM | NTLMSSP.LM_KEY), 0);
    });

    it('speak OEM with a server that does not know Unicode', async () => {
      const accounts = memoryAccounts([{ user: 'jürgen', password: 'pässwörd' }]);
      const identity = { kind: 'password', user: 'jürgen', password: 'pässwörd' } as const;
      const sides = new Sides({ accounts, identity });
      const begun = await sides.initialize();
      const negotiate = strip(NTLMSSP.UNICODE)(outputToken(begun));
      const offered = await sides.accept(negotiate);
      const challenge = outputToken(offered);
      const client = new Endpoint(sides.clientSspi, await sides.initialize(challenge, begun.context));
      const token = outputToken(client.leg);
      const { flags, user } = parseAuthenticate(token);
      assert.equal(flags & (NTLMSSP.UNICODE | NTLMSSP.OEM), NTLMSSP.OEM);
      assert.equal(Buffer.from(user).toString('latin1'), 'j\x81rgen');
      // The client has not sent this NEGOTIATE, so its MIC is of another.
      const { sessionKey } = await client.attribute(SECPKG_ATTR.SESSION_KEY);
      token.set(messageIntegrityCode(sessionKey, { negotiate, challenge }, token), MIC_OFFSET);
      const server = new Endpoint(sides.serverSspi, await sides.accept(token, offered.context));
      assert.equal((await server.attribute(SECPKG_ATTR.NAMES)).userName, 'jürgen');
    });

    it('say no to a server that knows neither Unicode nor OEM', async () => {
      const challenge = changeU32(20, flags => flags & ~(NTLMSSP.UNICODE | NTLMSSP.OEM));
      await assert.rejects(logOn({ challenge }), { code: 'SEC_E_INVALID_TOKEN' });
    });
  });

  it('names the target that the client meant', async () => {
    const { server } = await logOn();
    assert.deepEqual(await server.attribute(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), { targetName: TARGET });
  });

  it('agrees on channel bindings', async () => {
    const clientInput = [bindingsOf('certificate')];
    await logOn({ clientInput, serverInput: [bindingsOf('certificate')] });
  });
});
