import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SaslClient, type SaslClientOptions, SaslServer, type SaslServerOptions, type SecurityLayer } from 'secur32';
import { aliceEngine, inbound, outbound, PASSWORD, SaslPair, TARGET } from './sasl-pair.js';

const AGREEMENTS: readonly {
  client: SaslClientOptions['request'];
  server: SaslServerOptions['request'];
  layer: SecurityLayer;
}[] = [
  { client: ['integrity', 'confidentiality'], server: ['integrity', 'confidentiality'], layer: 'confidentiality' },
  { client: ['integrity'], server: ['integrity', 'confidentiality'], layer: 'integrity' },
  { client: [], server: ['integrity', 'confidentiality'], layer: 'none' },
  { client: ['integrity'], server: ['integrity'], layer: 'integrity' },
  { client: [], server: [], layer: 'none' },
];

describe('SaslClient and SaslServer', () => {
  for (const { client: ask, server: offer, layer } of AGREEMENTS) {
    it(`agree on layer ${layer} for a client that asks [${ask}] and a server that offers [${offer}]`, async () => {
      await using pair = await SaslPair.create({ request: ask ?? [] }, { request: offer ?? [] });
      const { client, server } = pair;
      await pair.logOn();
      assert.equal(client.layer, layer);
      assert.equal(server.layer, layer);
      assert.deepEqual(
        [client.complete, client.established, server.complete, server.established],
        [true, true, true, true],
      );
    });
  }

  it('ask for confidentiality unless told otherwise', async () => {
    await using pair = await SaslPair.established();
    assert.equal(pair.server.layer, 'confidentiality');
    await using modest = await SaslPair.established({ require: ['integrity'] });
    assert.equal(modest.server.layer, 'integrity');
  });

  it('know who is there, and by which proof', async () => {
    await using pair = await SaslPair.established();
    const { client, server } = pair;
    assert.deepEqual(server.identity, {
      name: 'alice',
      domain: 'example.com',
      package: 'WDigest',
      sid: 'S-1-5-21-1-2-3-1001',
      groups: [{ sid: 'S-1-5-21-1-2-3-513' }],
    });
    assert.equal(client.identity.name, 'alice');
    assert.equal(server.authorizationId, '');
    assert.equal(client.mechanism, 'DIGEST-MD5');
    assert.equal(server.packageName, 'WDigest');
  });

  it('tell the exchange’s tokens from nothing and from an empty answer', async () => {
    await using pair = await SaslPair.create();
    const { client, server } = pair;
    assert.deepEqual(await client.step(), { done: false }, 'no initial response: the server speaks first');
    const challenge = await server.step(new Uint8Array(0));
    assert.equal(challenge.done, false);
    const response = await client.step(challenge.token);
    assert.equal(response.done, false);
    const success = await server.step(response.token);
    assert.equal(success.done, true);
    assert.match(Buffer.from(success.token ?? []).toString(), /^rspauth=/);
    assert.deepEqual(await client.step(success.token), { done: true });
  });

  it('let a client finish only on the server’s proof', async () => {
    await using pair = await SaslPair.create();
    const { client, server } = pair;
    await client.step((await server.step()).token);
    await assert.rejects(client.step(Buffer.from(`rspauth=${'0'.repeat(32)}`)));
    assert.equal(client.complete, false);
    assert.throws(() => client.layer, { code: 'SEC_E_INVALID_HANDLE' });
  });

  it('have nothing to tell before the end', async () => {
    await using pair = await SaslPair.create();
    const { client, server } = pair;
    await server.step();
    const invalid = { code: 'SEC_E_INVALID_HANDLE' };
    for (const side of [client, server]) {
      for (const read of ['layer', 'sendSize', 'receiveSize', 'identity', 'context'] as const) {
        assert.throws(() => side[read], invalid, read);
      }
      assert.throws(() => side.wrap(new Uint8Array(1)), invalid);
      assert.throws(() => side.unwrap(new Uint8Array(1)), invalid);
    }
    assert.equal(server.authorizationId, '');
  });

  describe('steps', () => {
    it('wait for each other', async () => {
      await using pair = await SaslPair.create();
      const { client, server } = pair;
      const { token } = await client.step((await server.step()).token);
      const [first, second] = await Promise.allSettled([server.step(token), server.step(token)]);
      assert.equal(first.status, 'fulfilled');
      assert.equal(second.status, 'rejected');
      assert.equal((second as PromiseRejectedResult).reason.code, 'SEC_E_OUT_OF_SEQUENCE');
      assert.equal(server.established, true);
    });

    it('are over after the last one, without harm to the context', async () => {
      await using pair = await SaslPair.established();
      const { client, server } = pair;
      await assert.rejects(server.step(new Uint8Array(0)), { code: 'SEC_E_OUT_OF_SEQUENCE' });
      await assert.rejects(client.step(), { code: 'SEC_E_OUT_OF_SEQUENCE' });
      assert.equal(Buffer.from(server.unwrap(client.wrap(Buffer.from('still here')))).toString(), 'still here');
    });

    it('are over after a failure, and the context is gone', async () => {
      const sspi = aliceEngine();
      await using pair = await SaslPair.create({ password: 'open barley' }, {}, sspi);
      await assert.rejects(pair.logOn(), { code: 'SEC_E_LOGON_DENIED', syscall: 'SaslAcceptSecurityContext' });
      const { server } = pair;
      assert.deepEqual([server.complete, server.established], [false, false]);
      await assert.rejects(server.step(), { code: 'SEC_E_INVALID_HANDLE' });
      assert.throws(() => server.context, { code: 'SEC_E_INVALID_HANDLE' });
    });

    it('take bytes and nothing else', async () => {
      await using pair = await SaslPair.create();
      await assert.rejects(pair.client.step('challenge' as never), TypeError);
      assert.equal((await pair.server.step()).done, false);
    });

    it('that run while the context is closed do not bring it back', async () => {
      await using pair = await SaslPair.create();
      const { client, server } = pair;
      const { token } = await client.step((await server.step()).token);
      const step = server.step(token);
      const closing = server.close();
      await assert.rejects(step, { code: 'SEC_E_INVALID_HANDLE' });
      await closing;
      assert.equal(server.established, false);
    });
  });

  describe('options', () => {
    it('must be options', async () => {
      const sspi = aliceEngine();
      await using server = await inbound(sspi);
      await using client = await outbound(sspi);
      const serverOptions = { ...TARGET, credential: server };
      for (const wrong of [
        { service: '' },
        { service: 'imap/x' },
        { host: '' },
        { host: [] },
        { host: ['a', 'b/c'] },
        { maxBufferSize: -1 },
        { maxBufferSize: '1' },
        { mechanism: 5 },
        { authorize: true },
        { require: 'integrity' },
        { require: ['privacy'] },
        { request: ['toString'] },
      ]) {
        await assert.rejects(SaslServer.create({ ...serverOptions, ...wrong } as never), TypeError, inspect(wrong));
      }
      await assert.rejects(SaslClient.create({ ...TARGET, credential: client, authorizationId: 'a\0b' }), TypeError);
      await assert.rejects(SaslClient.create({ ...TARGET, credential: client, host: ['a'] as never }), TypeError);
    });

    it('must name a mechanism of the provider', async () => {
      await using credential = await inbound(aliceEngine());
      await assert.rejects(SaslServer.create({ ...TARGET, mechanism: 'PLAIN', credential }), {
        code: 'SEC_E_SECPKG_NOT_FOUND',
      });
      await using server = await SaslServer.create({ ...TARGET, mechanism: 'digest-md5', credential });
      assert.equal(server.mechanism, 'DIGEST-MD5');
    });
  });

  it('show no secret to people who print them', async () => {
    await using pair = await SaslPair.established();
    const { client, server } = pair;
    const shown = inspect([client, server], { depth: 10, showHidden: true });
    assert.match(shown, /SaslServer \{\n?\s*mechanism: 'DIGEST-MD5'/);
    assert.match(shown, /layer: 'confidentiality'/);
    assert.doesNotMatch(shown, new RegExp(`${PASSWORD}|alice`));
    assert.doesNotMatch(JSON.stringify([client, server]), new RegExp(`${PASSWORD}|alice`));
  });
});
