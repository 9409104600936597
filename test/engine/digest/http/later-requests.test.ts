import assert from 'node:assert/strict';
import { ASC_REQ, type CtxtHandle, SEC_E, statusName } from 'secur32/raw';
import { algorithmNamed } from '#dist/engine/digest/http/algorithms.js';
import { requestDigest, userHash } from '#dist/engine/digest/http/computation.js';
import { Client, directive, REALM, requestBuffers, Server, signatureBuffers, textsOf } from './http-pair.js';

interface Pair {
  readonly server: Server;
  readonly client: Client;
  readonly serverContext: CtxtHandle;
  readonly clientContext: CtxtHandle;
}

async function loggedOn(): Promise<Pair> {
  const server = await Server.create();
  const client = await Client.create();
  const { context: clientContext, output } = await client.initialize(await server.challenges());
  const { context: serverContext } = await server.accept({ token: textsOf(output)[0]! });
  return { server, client, serverContext, clientContext };
}

describe('HTTP Digest: later requests', () => {
  it('are checked by CompleteAuthToken, each nonce count once, in any order', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const [second, third] = ['/2', '/3'].map(target => ({ target, token: client.sign(clientContext, { target }) }));
    for (const request of [third!, second!]) {
      const { status, context, output } = await server.accept(request);
      assert.equal(statusName(status), 'SEC_I_COMPLETE_NEEDED');
      assert.equal(context, serverContext);
      assert.deepEqual(output, []);
      await server.sspi.completeAuthToken(context, requestBuffers(request));
    }
    for (const request of [second!, third!]) {
      const replay = server.sspi.completeAuthToken(serverContext, requestBuffers(request));
      await assert.rejects(replay, { code: 'SEC_E_OUT_OF_SEQUENCE' });
    }
  });

  it('leave the context as it is when they fail', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const request = { target: '/2', token: client.sign(clientContext, { target: '/2' }) };
    const complete = (parts: object) =>
      server.sspi.completeAuthToken(serverContext, requestBuffers({ ...request, ...parts }));
    await assert.rejects(complete({ target: '/other' }), { code: 'SEC_E_MESSAGE_ALTERED' });
    await assert.rejects(complete({ method: 'DELETE' }), { code: 'SEC_E_MESSAGE_ALTERED' });
    await assert.rejects(complete({ token: 'garbage' }), { code: 'SEC_E_INVALID_TOKEN' });
    await assert.rejects(complete({ token: '' }), { code: 'SEC_E_INVALID_TOKEN' });
    const forged = request.token.replace(/response="(.)/, (_, digit) => `response="${digit === '0' ? '1' : '0'}`);
    await assert.rejects(complete({ token: forged }), { code: 'SEC_E_MESSAGE_ALTERED' });
    // A wrong request has used up no nonce count.
    await complete({});
  });

  it('of somebody else under the same nonce are not of the context', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const token = client.sign(clientContext, { target: '/' }).replace('username="alice"', 'username="mallory"');
    await assert.rejects(server.accept({ token }), { code: 'SEC_E_LOGON_DENIED' });
    const complete = server.sspi.completeAuthToken(serverContext, requestBuffers({ token }));
    await assert.rejects(complete, { code: 'SEC_E_MESSAGE_ALTERED' });
  });

  it('of another realm are not of the context', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const request = { token: client.sign(clientContext, { target: '/' }), realm: 'staff.example.com' };
    await assert.rejects(server.accept(request), { code: 'SEC_E_LOGON_DENIED' });
    const complete = server.sspi.completeAuthToken(serverContext, requestBuffers(request));
    await assert.rejects(complete, { code: 'SEC_E_MESSAGE_ALTERED' });
  });

  it('that need integrity are not of a context without', async () => {
    const { server, client, clientContext } = await loggedOn();
    const token = client.sign(clientContext, { target: '/' });
    await assert.rejects(server.accept({ token }, ASC_REQ.INTEGRITY), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    assert.equal(statusName((await server.accept({ token })).status), 'SEC_I_COMPLETE_NEEDED');
  });

  it('are checked against the account store once the context is deleted, and still not twice', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    await server.sspi.deleteSecurityContext(serverContext);
    const token = client.sign(clientContext, { target: '/' });
    const { status, context } = await server.accept({ token });
    assert.equal(status, SEC_E.OK);
    await server.sspi.deleteSecurityContext(context);
    await assert.rejects(server.accept({ token }), (error: { code: string; token: Uint8Array }) => {
      assert.equal(error.code, 'SEC_E_OUT_OF_SEQUENCE');
      assert.equal(directive(Buffer.from(error.token).toString('latin1'), 'stale'), 'true');
      return true;
    });
  });

  it('are checked by VerifySignature, each with the next nonce count', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const [second, third, fourth] = ['/2', '/3', '/4'].map(target => ({
      target,
      token: client.sign(clientContext, { target }),
    }));
    const verify = (parts: object) =>
      server.sspi.verifySignatureSync(serverContext, { buffers: signatureBuffers(parts) });
    assert.throws(() => verify(third!), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    assert.equal(verify(second!).status, SEC_E.OK);
    assert.throws(() => verify(second!), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    assert.throws(() => verify({ ...third, target: '/other' }), { code: 'SEC_E_MESSAGE_ALTERED' });
    verify(third!);
    verify(fourth!);
  });

  it('share their nonce counts between all ways to check them', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const request = { target: '/2', token: client.sign(clientContext, { target: '/2' }) };
    server.sspi.verifySignatureSync(serverContext, { buffers: signatureBuffers(request) });
    const complete = server.sspi.completeAuthToken(serverContext, requestBuffers(request));
    await assert.rejects(complete, { code: 'SEC_E_OUT_OF_SEQUENCE' });
  });

  it('may have a cnonce of their own with -sess, in both readings of RFC 7616 3.4.2', async () => {
    const server = await Server.create({ digest: { httpAlgorithms: ['MD5-sess'] } });
    const client = await Client.create();
    const { context, output } = await client.initialize(await server.challenges());
    const [first = ''] = textsOf(output);
    const logon = await server.accept({ token: first });
    const algorithm = algorithmNamed('MD5-sess');
    const hash = userHash(algorithm, 'alice', REALM, 'open sesame');
    const nonce = directive(first, 'nonce')!;
    const sessionCnonce = directive(first, 'cnonce')!;
    const input = { nonce, cnonce: 'another', qop: 'auth', method: 'GET', uri: '/', entityHash: '' } as const;
    for (const [nc, extra] of [
      ['00000002', {}],
      ['00000003', { sessionCnonce }],
    ] as const) {
      const token = client
        .sign(context, { target: '/' })
        .replace(/nc=[0-9a-f]+/, `nc=${nc}`)
        .replace(/cnonce="[^"]*"/, 'cnonce="another"')
        .replace(/response="[^"]*"/, `response="${requestDigest(algorithm, hash, { ...input, nc, ...extra })}"`);
      await server.sspi.completeAuthToken(logon.context, requestBuffers({ token }));
    }
  });

  it('are no next leg of the context: that is STATUS_LOGON_FAILURE, as on Windows', async () => {
    const { server, client, serverContext, clientContext } = await loggedOn();
    const token = client.sign(clientContext, { target: '/' });
    await assert.rejects(server.accept({ token }, 0, serverContext), { code: 'STATUS_LOGON_FAILURE' });
  });

  it('are signed in the PADDING buffer, in place where there is room', async () => {
    const { client, clientContext } = await loggedOn();
    const room = new Uint8Array(1024);
    const [token, method, target, entityHash] = signatureBuffers({ target: '/x' });
    const message = (data: Uint8Array) => ({ buffers: [token!, method!, target!, entityHash!, { type: 9, data }] });
    const signed = client.sspi.makeSignatureSync(clientContext, message(room))[4]!;
    assert.equal(signed.data.buffer, room.buffer);
    assert.match(Buffer.from(signed.data).toString('latin1'), /^username="alice".*uri="\/x"/);
    const cramped = () => client.sspi.makeSignatureSync(clientContext, message(new Uint8Array(10)));
    assert.throws(cramped, { code: 'SEC_E_BUFFER_TOO_SMALL' });
  });
});
