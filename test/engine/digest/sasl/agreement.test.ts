import assert from 'node:assert/strict';
import { ASC_REQ, ISC_REQ, SEC_E, SEC_I, SECPKG_ATTR } from 'secur32/raw';
import { SASL_PARAMETER } from '#dist/sspi/sasl.js';
import { ASK, logOn, pair, Side } from './side.js';
import { bytes } from './vectors.js';

describe('the protection of a DIGEST-MD5 logon', () => {
  const offers: [what: string, contextReq: number, qop: string][] = [
    ['nothing', 0, 'auth'],
    ['CONNECTION', ASC_REQ.CONNECTION, 'auth'],
    ['INTEGRITY', ASC_REQ.INTEGRITY, 'auth,auth-int'],
    ['REPLAY_DETECT', ASC_REQ.REPLAY_DETECT, 'auth,auth-int'],
    ['SEQUENCE_DETECT', ASC_REQ.SEQUENCE_DETECT, 'auth,auth-int'],
    ['CONFIDENTIALITY', ASC_REQ.CONFIDENTIALITY, 'auth,auth-int,auth-conf'],
  ];
  for (const [what, contextReq, qop] of offers) {
    it(`is offered as ${qop} by a server that asks for ${what}`, async () => {
      const server = await Side.server({ contextReq });
      assert.equal(/qop="(.*?)"/.exec((await server.step()).text)?.[1], qop);
    });
  }

  const choices: [what: string, contextReq: number, offered: string, chosen: string | undefined][] = [
    ['nothing', 0, 'auth,auth-int,auth-conf', 'auth'],
    ['nothing', 0, 'auth-conf,auth-int', 'auth-int'],
    ['nothing', 0, 'auth-conf', 'auth-conf'],
    ['nothing', 0, 'auth-best,auth-int', 'auth-int'],
    ['nothing', 0, 'auth-best', undefined],
    ['nothing', 0, '', undefined],
    ['INTEGRITY', ISC_REQ.INTEGRITY, 'auth,auth-int,auth-conf', 'auth-int'],
    ['INTEGRITY', ISC_REQ.INTEGRITY, 'auth,auth-conf', 'auth-conf'],
    ['INTEGRITY', ISC_REQ.INTEGRITY, 'auth', undefined],
    ['REPLAY_DETECT', ISC_REQ.REPLAY_DETECT, 'auth', undefined],
    ['SEQUENCE_DETECT', ISC_REQ.SEQUENCE_DETECT, 'auth', undefined],
    ['CONFIDENTIALITY', ISC_REQ.CONFIDENTIALITY, 'auth,auth-int,auth-conf', 'auth-conf'],
    ['CONFIDENTIALITY', ISC_REQ.CONFIDENTIALITY, 'auth,auth-int', undefined],
    ['both', ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY, 'auth,auth-int,auth-conf', 'auth-conf'],
  ];
  for (const [what, contextReq, offered, chosen] of choices) {
    it(`is ${chosen ?? 'refused'} for a client that asks for ${what} and is offered ${offered || 'nothing'}`, async () => {
      const client = await Side.client({ contextReq });
      const leg = client.step(`nonce="x",qop="${offered}",cipher="rc4",algorithm=md5-sess`);
      if (chosen === undefined) await assert.rejects(leg, { code: 'SEC_E_QOP_NOT_SUPPORTED' });
      else assert.match((await leg).text, new RegExp(`,qop=${chosen}(,|$)`));
    });
  }

  it('is auth where the server does not say', async () => {
    const challenge = 'nonce="x",algorithm=md5-sess';
    assert.match((await (await Side.client()).step(challenge)).text, /,qop=auth$/);
    const strict = await Side.client(ASK['auth-int'].client);
    await assert.rejects(strict.step(challenge), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
  });

  it('is what any leg of the client has asked for', async () => {
    const server = await Side.server(ASK['auth-conf'].server);
    const { sspi, context } = await Side.client(ASK['auth-conf'].client).then(async client => {
      await client.step();
      return client;
    });
    const { token } = await server.step();
    const leg = await sspi.initializeSecurityContext({ context, input: [{ type: 2, data: token }], contextReq: 0 });
    assert.match(Buffer.from(leg.output[0]!.data).toString(), /,qop=auth-conf,/);
  });

  it('is sealed with the strongest cipher of both', async () => {
    const all = ['des', 'rc4-40', 'rc4-56', '3des', 'rc4'] as const;
    const challenge = (offered: string) => `nonce="x",qop="auth-conf",cipher="${offered}",algorithm=md5-sess`;
    const chosen = async (offered: string, ciphers?: readonly (typeof all)[number][]) => {
      const client = await Side.client({ ...ASK['auth-conf'].client, ...(ciphers && { digest: { ciphers } }) });
      return /,cipher=(.*)$/.exec((await client.step(challenge(offered))).text)?.[1];
    };
    assert.equal(await chosen('des,3des,rc4-40,rc4,rc4-56', all), 'rc4');
    assert.equal(await chosen('des,3des,rc4-40,rc4-56', all), '3des');
    assert.equal(await chosen('des,rc4-40,rc4-56', all), 'rc4-56');
    assert.equal(await chosen('des,rc4-40', all), 'rc4-40');
    assert.equal(await chosen('des', all), 'des');
    assert.equal(await chosen('aes-ctr, RC4 ,3des'), 'rc4');
    for (const weak of ['des', 'rc4-40', 'rc4-56', 'aes-ctr', 'des,rc4-40']) {
      await assert.rejects(chosen(weak), { code: 'SEC_E_ALGORITHM_MISMATCH', hint: /digest\.ciphers/ }, weak);
    }
  });

  it('is not offered as auth-conf where no cipher is allowed', async () => {
    const server = await Side.server({ ...ASK['auth-conf'].server, digest: { ciphers: [] } });
    assert.doesNotMatch((await server.step()).text, /auth-conf|cipher/);
  });
});

describe('the sizes and the authorization identity of a DIGEST-MD5 logon', () => {
  const receive = (size: number) => {
    const data = new Uint8Array(4);
    new DataView(data.buffer).setUint32(0, size, true);
    return { type: SASL_PARAMETER.RECV_SIZE, data };
  };

  it('are told to the peer', async () => {
    const server = await Side.server({ ...ASK['auth-int'].server, buffers: [receive(1000)] });
    const client = await Side.client({ ...ASK['auth-int'].client, buffers: [receive(2000)] });
    await logOn(server, client);
    assert.equal((await client.query(SECPKG_ATTR.STREAM_SIZES)).maximumMessage, 1000 - 16);
    assert.equal((await server.query(SECPKG_ATTR.STREAM_SIZES)).maximumMessage, 2000 - 16);
    assert.throws(() => client.encrypt(new Uint8Array(985)), { code: 'SEC_E_INVALID_PARAMETER' });
    assert.equal(server.decrypt(client.encrypt(new Uint8Array(984))).length, 984);
  });

  it('are refused out of their range', async () => {
    const buffers = [0, 16, 0x1_00_00_00, 0xffff_ffff].map(receive);
    for (const buffer of [...buffers, { ...receive(100), data: new Uint8Array(3) }]) {
      const server = await Side.server({ buffers: [buffer] });
      await assert.rejects(server.step(), { code: 'SEC_E_INVALID_PARAMETER' });
      const client = await Side.client({ buffers: [buffer] });
      await assert.rejects(client.step(), { code: 'SEC_E_INVALID_PARAMETER' });
    }
  });

  it('are refused where the buffer takes no message at all', async () => {
    const digest = { ciphers: ['3des'] } as const;
    const server = await Side.server({ ...ASK['auth-conf'].server, digest });
    const client = await Side.client({ ...ASK['auth-conf'].client, digest, buffers: [receive(17)] });
    const response = await client.step((await server.step()).token);
    await assert.rejects(server.step(response.token), { code: 'SEC_E_INVALID_TOKEN' });
  });

  it('reach the server', async () => {
    for (const name of ['bob', 'u:bób', 'dn:cn=иван', 'a"b\\c']) {
      const authzid = new Uint8Array(Buffer.from(name));
      const buffers = [{ type: SASL_PARAMETER.AUTHZ_STRING, data: authzid }];
      const { server } = await pair('auth', {}, { buffers });
      assert.deepEqual(await server.query(SASL_PARAMETER.AUTHZ_STRING), authzid);
      assert.equal((await server.sspi.querySecurityContextToken(server.context)).user.name, 'alice');
    }
  });

  it('are refused where they cannot be sent', async () => {
    for (const name of ['a\0', 'a\n', '\xfc']) {
      const data = bytes(name);
      const client = await Side.client({ buffers: [{ type: SASL_PARAMETER.AUTHZ_STRING, data }] });
      await assert.rejects(client.step(), { code: 'SEC_E_INVALID_PARAMETER' });
    }
  });

  it('may be empty, and then are none', async () => {
    const buffers = [{ type: SASL_PARAMETER.AUTHZ_STRING, data: new Uint8Array() }];
    const { server } = await pair('auth', {}, { buffers });
    assert.deepEqual(await server.query(SASL_PARAMETER.AUTHZ_STRING), new Uint8Array());
  });
});

describe('the target of a DIGEST-MD5 logon', () => {
  it('must be there', async () => {
    const client = await Side.client({ targetName: null });
    const server = await Side.server();
    await assert.rejects(client.step((await server.step()).token), { code: 'SEC_E_TARGET_UNKNOWN', hint: /imap\// });
  });

  it('must name a service and a host', async () => {
    for (const targetName of ['', 'imap', 'imap/', '/host', 'a//b', 'a/b/', 'a/b/c/d', 'a/b\n', 'imap/хост']) {
      const client = await Side.client({ targetName });
      await assert.rejects(client.step(), { code: 'SEC_E_TARGET_UNKNOWN' }, targetName);
    }
  });

  it('may name a service behind a host', async () => {
    const { server } = await pair('auth', {}, { targetName: 'ldap/dc1.test.example/test.example' });
    const { targetName } = await server.query(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET);
    assert.equal(targetName, 'ldap/dc1.test.example/test.example');
  });

  it('is the one of an earlier leg where a later one has none', async () => {
    const server = await Side.server();
    const { sspi, context } = await Side.client().then(async client => {
      await client.step();
      return client;
    });
    const { token } = await server.step();
    const leg = await sspi.initializeSecurityContext({ context, input: [{ type: 2, data: token }], contextReq: 0 });
    assert.equal(leg.status, SEC_I.CONTINUE_NEEDED);
    assert.equal((await server.step(leg.output[0]!.data)).status, SEC_E.OK);
  });
});
