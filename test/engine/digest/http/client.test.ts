import assert from 'node:assert/strict';
import type { HttpDigestAlgorithm } from 'secur32/engine';
import { ISC_REQ, SEC_E, SEC_I, SECBUFFER } from 'secur32/raw';
import { ALICE, Client, directive, Server, signatureBuffers, textsOf } from './http-pair.js';

const challenge = (algorithm: string, more = 'qop="auth"') => `realm="r", nonce="n", algorithm=${algorithm}, ${more}`;

describe('HTTP Digest: the client', () => {
  it('answers the strongest challenge, and of equal ones the first', async () => {
    const client = await Client.create();
    const chosen = async (...algorithms: string[]) =>
      directive(await client.answer(algorithms.map(name => challenge(name))), 'algorithm');
    assert.equal(await chosen('MD5', 'SHA-256', 'SHA-512-256'), 'SHA-512-256');
    assert.equal(await chosen('MD5', 'SHA-256-sess', 'SHA-256'), 'SHA-256-sess');
    assert.equal(await chosen('token', 'MD5', 'SHA-1024'), 'MD5');
    assert.equal(await chosen('md5-SESS'), 'md5-SESS');
  });

  it('takes a challenge without algorithm as MD5, and sends none then', async () => {
    const client = await Client.create();
    const answer = await client.answer(['realm="r", nonce="n", qop="auth"']);
    assert.equal(directive(answer, 'algorithm'), undefined);
    assert.equal(directive(answer, 'response')!.length, 32);
    assert.equal(directive(answer, 'opaque'), undefined);
  });

  it('answers no algorithm that policy leaves out', async () => {
    const httpAlgorithms: HttpDigestAlgorithm[] = ['SHA-256'];
    const strict = await Client.create(ALICE, { digest: { httpAlgorithms } });
    assert.equal(directive(await strict.answer([challenge('MD5'), challenge('SHA-256')]), 'algorithm'), 'SHA-256');
    await assert.rejects(strict.initialize([challenge('MD5')]), { code: 'SEC_E_ALGORITHM_MISMATCH' });
    await assert.rejects(strict.initialize([challenge('SHA-1024')]), { code: 'SEC_E_ALGORITHM_MISMATCH' });
  });

  it('takes auth before auth-int, unless integrity is asked for, and never the form of RFC 2069', async () => {
    const client = await Client.create();
    const both = [challenge('MD5', 'qop="auth-int,auth"')];
    assert.equal(directive(await client.answer(both), 'qop'), 'auth');
    assert.equal(directive(await client.answer(both, { entity: '' }, ISC_REQ.INTEGRITY), 'qop'), 'auth-int');
    assert.equal(directive(await client.answer([challenge('MD5', 'qop=AUTH')]), 'qop'), 'auth');
    const refusals = [
      client.initialize([challenge('MD5')], { entity: '' }, ISC_REQ.INTEGRITY),
      client.initialize([challenge('MD5', 'qop="auth-conf"')]),
      client.initialize(['realm="r", nonce="n", algorithm=MD5']),
    ];
    for (const refusal of refusals) await assert.rejects(refusal, { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    const bodiless = client.initialize(both, {}, ISC_REQ.INTEGRITY);
    await assert.rejects(bodiless, { code: 'SEC_E_INVALID_PARAMETER' });
  });

  it('gives up when it is challenged again without stale=true', async () => {
    const client = await Client.create();
    const { context } = await client.initialize([challenge('SHA-256')]);
    const again = client.initialize([challenge('SHA-256', 'qop="auth", stale=false')], {}, 0, context);
    await assert.rejects(again, { code: 'SEC_E_LOGON_DENIED' });
  });

  it('is not led to a weaker algorithm by stale=true', async () => {
    const client = await Client.create();
    const { context } = await client.initialize([challenge('SHA-256')]);
    const weaker = client.initialize([challenge('MD5', 'qop="auth", stale=true')], {}, 0, context);
    await assert.rejects(weaker, { code: 'SEC_E_DOWNGRADE_DETECTED' });
  });

  it('takes a new nonce with stale=TRUE and from Authentication-Info', async () => {
    const client = await Client.create();
    const { context } = await client.initialize([challenge('SHA-256')]);
    const fresh = ['realm="r", nonce="m", algorithm=SHA-256, qop="auth", stale=TRUE'];
    const [answer = ''] = textsOf((await client.initialize(fresh, {}, 0, context)).output);
    assert.equal(directive(answer, 'nonce'), 'm');
    assert.equal(directive(answer, 'nc'), '00000001');
    assert.equal(directive(client.sign(context, { target: '/' }), 'nc'), '00000002');
    await client.initialize(['nextnonce="o"'], {}, 0, context);
    const next = client.sign(context, { target: '/' });
    assert.equal(directive(next, 'nonce'), 'o');
    assert.equal(directive(next, 'nc'), '00000001');
  });

  for (const [name, change] of [
    ['another rspauth', (info: string) => info.replace(/rspauth="./, 'rspauth="x')],
    ['no rspauth', (info: string) => info.replace(/rspauth="[^"]*"/, 'nextnonce="x"')],
    ['an rspauth for another nonce count', (info: string) => info.replace('nc=00000001', 'nc=00000002')],
    ['an rspauth for another cnonce', (info: string) => info.replace(/cnonce="./, 'cnonce="x')],
    ['an rspauth for another qop', (info: string) => info.replace('qop=auth', 'qop=auth-int')],
    ['nothing', () => ''],
  ] as const) {
    it(`refuses ${name} where mutual authentication is asked for`, async () => {
      const server = await Server.create();
      const client = await Client.create();
      const { context, output, status } = await client.initialize(await server.challenges(), {}, ISC_REQ.MUTUAL_AUTH);
      assert.equal(status, SEC_I.CONTINUE_NEEDED);
      const [info = ''] = textsOf((await server.accept({ token: textsOf(output)[0]! }, ISC_REQ.MUTUAL_AUTH)).output);
      const end = client.initialize([change(info)].filter(Boolean), {}, ISC_REQ.MUTUAL_AUTH, context);
      await assert.rejects(end, { code: 'SEC_E_MUTUAL_AUTH_FAILED' });
    });
  }

  it('refuses a wrong rspauth though nobody has asked for one', async () => {
    const client = await Client.create();
    const { context } = await client.initialize([challenge('MD5')]);
    const wrong = client.initialize([`rspauth="${'0'.repeat(32)}"`], {}, 0, context);
    await assert.rejects(wrong, { code: 'SEC_E_MUTUAL_AUTH_FAILED' });
  });

  const MALFORMED = [
    'realm="r", nonce="n", qop="auth", nonce="n"',
    'realm="r", qop="auth"',
    'nonce="n", qop="auth"',
    'realm="r", nonce="", qop="auth"',
    'realm="r, nonce="n", qop="auth"',
    'realm="r", nonce="n", qop="auth", userhash=maybe',
    'realm="r\u0000", nonce="n", qop="auth"',
    'realm="r", nonce="n", qop="auth", Digest realm="r", nonce="n", qop="auth"',
    `realm="r", nonce="${'n'.repeat(8192)}", qop="auth"`,
  ];
  for (const text of MALFORMED) {
    it(`refuses the challenge ${JSON.stringify(text.slice(0, 60))}`, async () => {
      const client = await Client.create();
      await assert.rejects(client.initialize([text]), { code: 'SEC_E_INVALID_TOKEN' });
      await assert.rejects(client.initialize([challenge('MD5'), text]), { code: 'SEC_E_INVALID_TOKEN' });
    });
  }

  it('refuses or completes every prefix of a challenge', async () => {
    const [whole = ''] = await (await Server.create()).challenges();
    const client = await Client.create();
    for (let length = 1; length < whole.length; length++) {
      const outcome = await client.initialize([whole.slice(0, length)]).then(
        ({ output }) => directive(textsOf(output)[0]!, 'nonce'),
        (error: { code: string }) => error.code,
      );
      const expected = ['SEC_E_INVALID_TOKEN', 'SEC_E_QOP_NOT_SUPPORTED', 'SEC_E_ALGORITHM_MISMATCH'];
      assert.ok([...expected, directive(whole, 'nonce')].includes(outcome!), `${length}: ${outcome}`);
    }
  });

  it('lets nothing into a header that is not of the header', async () => {
    const client = await Client.create();
    for (const target of ['/a b', '/a\r\nX: y', '/a"b', '/a\\b', '/ä', '/\u0000', '']) {
      await assert.rejects(client.initialize([challenge('MD5')], { target }), { code: 'SEC_E_TARGET_UNKNOWN' });
    }
    for (const method of ['GET /', 'GET\r\n', '"']) {
      await assert.rejects(client.initialize([challenge('MD5')], { method }), { code: 'SEC_E_INVALID_PARAMETER' });
    }
    for (const user of ['a\r\nX: y', 'a\u0000b', 'a\u007fb']) {
      await assert.rejects(Client.create({ ...ALICE, user }), { code: 'SEC_E_UNKNOWN_CREDENTIALS' });
    }
    const quoted = await Client.create({ ...ALICE, user: 'a", x="\\' });
    const answer = await quoted.answer(['realm="\\"r", nonce="n\\"", opaque="\\\\", qop="auth"']);
    assert.ok(answer.startsWith('username="a\\", x=\\"\\\\", realm="\\"r", nonce="n\\"", '), answer);
    assert.ok(answer.endsWith('opaque="\\\\"'), answer);
  });

  it('waits for a challenge where there is none yet', async () => {
    const client = await Client.create();
    const { status, context, output } = await client.initialize([]);
    assert.equal(status, SEC_I.CONTINUE_NEEDED);
    assert.deepEqual(output, []);
    assert.equal((await client.initialize([challenge('MD5')], {}, 0, context)).status, SEC_E.OK);
    await assert.rejects(client.initialize([challenge('MD5')], {}, ISC_REQ.CONFIDENTIALITY), {
      code: 'SEC_E_SECURITY_QOS_FAILED',
    });
  });

  it('needs a PADDING buffer to sign into', async () => {
    const client = await Client.create();
    const { context } = await client.initialize([challenge('MD5')]);
    const buffers = signatureBuffers({ target: '/' }).filter(({ type }) => type !== SECBUFFER.PADDING);
    assert.throws(() => client.sspi.makeSignatureSync(context, { buffers }), { code: 'SEC_E_INVALID_PARAMETER' });
  });
});
