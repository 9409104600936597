import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type HttpDigestAlgorithm, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET, SEC_E, SEC_I, SECPKG_ATTR, statusName } from 'secur32/raw';
import { ALICE, Client, Clock, directive, REALM, Server, textsOf } from './http-pair.js';

const ALGORITHMS: readonly HttpDigestAlgorithm[] = [
  'MD5',
  'MD5-sess',
  'SHA-256',
  'SHA-256-sess',
  'SHA-512-256',
  'SHA-512-256-sess',
];

describe('HTTP Digest: exchanges', () => {
  for (const algorithm of ALGORITHMS) {
    for (const qop of ['auth', 'auth-int'] as const) {
      it(`${algorithm}, ${qop}: challenge, Authorization, later requests`, async () => {
        const digest = { httpAlgorithms: [algorithm], httpQop: [qop] };
        const server = await Server.create({ digest });
        const client = await Client.create();
        const request = { method: 'POST', target: '/a?b=c', entity: 'body' };

        const challenge = await server.accept({ method: 'POST', target: '/a?b=c' });
        assert.equal(statusName(challenge.status), 'SEC_I_CONTINUE_NEEDED');
        const answer = await client.initialize(textsOf(challenge.output), request);
        assert.equal(statusName(answer.status), 'SEC_E_OK');
        const [token = ''] = textsOf(answer.output);
        assert.equal(directive(token, 'algorithm'), algorithm);
        assert.equal(directive(token, 'qop'), qop);

        const logon = await server.accept({ ...request, token }, 0, challenge.context);
        assert.equal(statusName(logon.status), 'SEC_E_OK');
        assert.equal(logon.context, challenge.context);
        assert.equal((logon.contextAttr & ASC_RET.INTEGRITY) !== 0, qop === 'auth-int');
        assert.deepEqual(await server.sspi.querySecurityContextToken(logon.context), {
          user: { name: 'alice', domain: '' },
        });

        const later = { method: 'PUT', target: '/later', entity: 'another body' };
        const signed = client.sign(answer.context, later);
        assert.equal(directive(signed, 'nc'), '00000002');
        const found = await server.accept({ ...later, token: signed });
        assert.equal(statusName(found.status), 'SEC_I_COMPLETE_NEEDED');
        assert.equal(found.context, logon.context);
      });
    }
  }

  it('takes H(entity-body) as hex in place of the body', async () => {
    const digest = { httpAlgorithms: ['SHA-256'], httpQop: ['auth-int'] } as const;
    const server = await Server.create({ digest });
    const client = await Client.create();
    const entityHash = createHash('sha256').update('body').digest('hex');
    const token = await client.answer(await server.challenges(), { entityHash });
    await assert.rejects(server.accept({ token, entity: 'other' }), { code: 'SEC_E_LOGON_DENIED' });
    await assert.rejects(server.accept({ token }), { code: 'SEC_E_INVALID_PARAMETER' });
    await assert.rejects(server.accept({ token, entityHash: 'abcd' }), { code: 'SEC_E_INVALID_PARAMETER' });
    assert.equal((await server.accept({ token, entity: 'body' })).status, SEC_E.OK);
  });

  it('offers SHA-256 before MD5 by default, in one challenge each with one opaque', async () => {
    const server = await Server.create();
    const challenges = await server.challenges();
    assert.deepEqual(
      challenges.map(challenge => directive(challenge, 'algorithm')),
      ['SHA-256', 'MD5'],
    );
    const [first, second] = challenges.map(challenge => [
      directive(challenge, 'nonce'),
      directive(challenge, 'opaque'),
    ]);
    assert.notEqual(first![0], second![0]);
    assert.equal(first![1], second![1]);
    for (const challenge of challenges) {
      assert.equal(directive(challenge, 'realm'), REALM);
      assert.equal(directive(challenge, 'qop'), 'auth');
      assert.equal(directive(challenge, 'stale'), undefined);
    }
  });

  it('offers auth-int alone where the server asks for integrity', async () => {
    const server = await Server.create();
    const client = await Client.create();
    const challenges = await server.challenges({}, ASC_REQ.INTEGRITY);
    assert.equal(directive(challenges[0]!, 'qop'), 'auth-int');
    const token = await client.answer(challenges, { entity: 'x' });
    const { status, contextAttr } = await server.accept({ token, entity: 'x' }, ASC_REQ.INTEGRITY);
    assert.equal(status, SEC_E.OK);
    assert.ok(contextAttr & ASC_RET.INTEGRITY);
  });

  it('asks in the realm of the request', async () => {
    const server = await Server.create();
    const client = await Client.create();
    const challenges = await server.challenges({ realm: 'Members only' });
    assert.equal(directive(challenges[0]!, 'realm'), 'Members only');
    const token = await client.answer(challenges);
    assert.equal((await server.accept({ token, realm: 'Members only' })).status, SEC_E.OK);
  });

  it('checks an Authorization without the context that was challenged, and one challenged by another process', async () => {
    const nonceKey = new Uint8Array(32).fill(7);
    const one = await Server.create({ digest: { nonceKey } });
    const other = await Server.create({ digest: { nonceKey } });
    const client = await Client.create();
    const token = await client.answer(await one.challenges());
    assert.equal((await other.accept({ token })).status, SEC_E.OK);
    // What one process has counted the other cannot know.
    assert.equal((await one.accept({ token })).status, SEC_E.OK);
  });

  it('proves itself with rspauth, and the client is done only then', async () => {
    const server = await Server.create();
    const client = await Client.create();
    const first = await client.initialize(await server.challenges(), {}, ISC_REQ.MUTUAL_AUTH);
    assert.equal(first.status, SEC_I.CONTINUE_NEEDED);
    const [token = ''] = textsOf(first.output);
    const logon = await server.accept({ token }, ASC_REQ.MUTUAL_AUTH);
    assert.ok(logon.contextAttr & ASC_RET.MUTUAL_AUTH);
    const [info = ''] = textsOf(logon.output);
    const second = await client.initialize([info], {}, ISC_REQ.MUTUAL_AUTH, first.context);
    assert.equal(second.status, SEC_E.OK);
    assert.ok(second.contextAttr & ISC_RET.MUTUAL_AUTH);
  });

  it('sends no Authentication-Info where nobody has asked for it', async () => {
    const server = await Server.create();
    const client = await Client.create();
    const { output } = await server.accept({ token: await client.answer(await server.challenges()) });
    assert.deepEqual(output, []);
  });

  it('challenges again with stale=true when the nonce is too old, and the client goes on', async () => {
    const clock = new Clock();
    const server = await Server.create({ environment: clock.environment, digest: { nonceLifetime: 60 } });
    const client = await Client.create();
    const first = await client.initialize(await server.challenges());
    const [old = ''] = textsOf(first.output);
    clock.pass(61);
    const again = await server.accept({ token: old });
    assert.equal(again.status, SEC_I.CONTINUE_NEEDED);
    const challenges = textsOf(again.output);
    assert.deepEqual(
      challenges.map(challenge => directive(challenge, 'stale')),
      ['true', 'true'],
    );
    const second = await client.initialize(challenges, {}, 0, first.context);
    const [token = ''] = textsOf(second.output);
    assert.equal(directive(token, 'nc'), '00000001');
    assert.equal((await server.accept({ token }, 0, again.context)).status, SEC_E.OK);
  });

  it('does not take nonces for longer where the clock is set back', async () => {
    const clock = new Clock();
    const server = await Server.create({ environment: clock.environment, digest: { nonceLifetime: 60 } });
    const token = await (await Client.create()).answer(await server.challenges());
    clock.pass(-3600);
    assert.equal((await server.accept({ token })).status, SEC_I.CONTINUE_NEEDED);
  });

  it('lets a context that stands go stale with its nonce', async () => {
    const clock = new Clock();
    const server = await Server.create({ environment: clock.environment, digest: { nonceLifetime: 60 } });
    const client = await Client.create();
    const { context, output } = await client.initialize(await server.challenges());
    const logon = await server.accept({ token: textsOf(output)[0]! });
    clock.pass(61);
    const later = await server.accept({ token: client.sign(context, { target: '/' }) });
    assert.equal(later.status, SEC_I.CONTINUE_NEEDED);
    assert.notEqual(later.context, logon.context);
    assert.equal(directive(textsOf(later.output)[0]!, 'stale'), 'true');
  });

  it('asks for hashed names only where it is told to, and finds them', async () => {
    const accounts = memoryAccounts([ALICE, { user: 'Jäsøn Doe', password: 'Secret, or not?' }]);
    const server = await Server.create({ accounts, digest: { httpUserhash: true } });
    const client = await Client.create({ user: 'Jäsøn Doe', password: 'Secret, or not?' });
    const token = await client.answer(await server.challenges());
    assert.equal(directive(token, 'userhash'), 'true');
    assert.match(directive(token, 'username')!, /^[0-9a-f]{64}$/);
    const { context } = await server.accept({ token });
    assert.deepEqual(await server.sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES), { userName: 'Jäsøn Doe' });
  });

  it('says what it knows of a context', async () => {
    const clock = new Clock();
    const accounts = memoryAccounts([
      { ...ALICE, domain: 'EXAMPLE', sid: 'S-1-5-21-1-2-3-1104', groups: [{ sid: 'S-1-5-32-545' }] },
    ]);
    const server = await Server.create({ accounts, environment: clock.environment });
    const client = await Client.create({ ...ALICE, domain: 'EXAMPLE' });
    const first = await client.initialize(await server.challenges(), { target: '/page' });
    const [token = ''] = textsOf(first.output);
    assert.equal(directive(token, 'username'), 'EXAMPLE\\\\alice');
    const flags = ASC_REQ.REPLAY_DETECT | ASC_REQ.SEQUENCE_DETECT;
    const { context } = await server.accept({ token, target: '/page' }, flags);

    const query = server.sspi.queryContextAttributes;
    assert.deepEqual(await query(context, SECPKG_ATTR.NAMES), { userName: 'EXAMPLE\\alice' });
    assert.deepEqual(await query(context, SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), { targetName: '/page' });
    assert.deepEqual(await query(context, SECPKG_ATTR.FLAGS), { flags });
    assert.deepEqual(await query(context, SECPKG_ATTR.LIFESPAN), { start: new Date(clock.now) });
    const keyInfo = await query(context, SECPKG_ATTR.KEY_INFO);
    assert.equal(keyInfo.signatureAlgorithmName, 'SHA-256');
    assert.equal(keyInfo.keySize, 256);
    assert.ok((await query(context, SECPKG_ATTR.SIZES)).maxSignature >= token.length);
    await assert.rejects(query(context, SECPKG_ATTR.DCE_INFO), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
    assert.deepEqual(await server.sspi.querySecurityContextToken(context), {
      user: { name: 'alice', domain: 'EXAMPLE', sid: 'S-1-5-21-1-2-3-1104' },
      groups: [{ sid: 'S-1-5-32-545' }],
    });
    const names = await client.sspi.queryContextAttributes(first.context, SECPKG_ATTR.NAMES);
    assert.deepEqual(names, { userName: 'EXAMPLE\\alice' });
  });

  it('checks accounts by their stored hashes', async () => {
    const hash = createHash('sha256').update(`alice:${REALM}:open sesame`).digest();
    const accounts = memoryAccounts([{ user: 'alice', digestHashes: [{ algorithm: 'SHA-256', realm: REALM, hash }] }]);
    const server = await Server.create({ accounts });
    const client = await Client.create();
    const [sha256 = '', md5 = ''] = await server.challenges();
    assert.equal((await server.accept({ token: await client.answer([sha256]) })).status, SEC_E.OK);
    // There is no hash of that algorithm to check it with.
    await assert.rejects(server.accept({ token: await client.answer([md5]) }), { code: 'SEC_E_LOGON_DENIED' });
  });

  it('waits for an account store that takes its time, and says when it fails', async () => {
    const slow = await Server.create({ accounts: { find: async () => ALICE } });
    const client = await Client.create();
    assert.equal((await slow.accept({ token: await client.answer(await slow.challenges()) })).status, SEC_E.OK);
    const broken = await Server.create({ accounts: { find: () => Promise.reject(new Error('no database')) } });
    const token = await client.answer(await broken.challenges());
    await assert.rejects(broken.accept({ token }), { code: 'SEC_E_NO_AUTHENTICATING_AUTHORITY' });
  });
});
