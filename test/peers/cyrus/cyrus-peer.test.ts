import assert from 'node:assert/strict';
import { accounts, alice, REALM } from '../accounts.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { CyrusDatabase } from './cyrus-database.js';
import { authenticatePair, CyrusPeer, SSF } from './cyrus-peer.js';

describe('the libsasl2 peer', () => {
  requirePeer('cyrus');
  const database = usePeer(() => CyrusDatabase.create());

  for (const [layer, ssf] of Object.entries(SSF)) {
    it(`agrees with itself on ${layer} and carries data both ways`, async () => {
      const common = { minSsf: ssf, maxSsf: ssf, desParityShim: true };
      await using client = await CyrusPeer.client({ authid: alice.user, password: alice.password, ...common });
      await using server = await CyrusPeer.server({ database: database(), ...common });
      await authenticatePair(client, server, 'DIGEST-MD5');
      assert.equal((await client.props()).ssf, ssf);
      const { user, realm, ssf: serverSsf } = await server.props();
      assert.deepEqual([user, realm, serverSsf], [`alice@${REALM}`, REALM, ssf]);

      const message = new TextEncoder().encode('a message');
      const frame = await client.encode(message);
      assert.equal(Buffer.from(frame).includes('a message'), ssf <= SSF.integrity);
      assert.deepEqual(await server.decode(frame), message);
      assert.deepEqual(await client.decode(await server.encode(message)), message);
    });
  }

  for (const { user, password } of accounts) {
    it(`lets ${user} in, and not with another password`, async () => {
      await using client = await CyrusPeer.client({ authid: user, password });
      await using server = await CyrusPeer.server({ database: database() });
      await authenticatePair(client, server, 'DIGEST-MD5');
      assert.equal((await server.props()).user, `${user}@${REALM}`);

      await using wrongClient = await CyrusPeer.client({ authid: user, password: 'wrong' });
      await using refusing = await CyrusPeer.server({ database: database() });
      await assert.rejects(authenticatePair(wrongClient, refusing, 'DIGEST-MD5'), { status: 'SASL_BADAUTH' });
    });
  }

  it('does HTTP Digest', async () => {
    const http = { method: 'GET', uri: '/secret' };
    await using client = await CyrusPeer.client({
      authid: alice.user,
      password: alice.password,
      service: 'http',
      http,
    });
    await using server = await CyrusPeer.server({ database: database(), service: 'http', http });
    await client.start('DIGEST-MD5');
    const { token: challenge } = await server.start('DIGEST-MD5');
    const { token: response } = await client.step(challenge);
    assert.match(Buffer.from(response!).toString(), /uri="\/secret"/);
    const { done, token: proof } = await server.step(response);
    assert.equal(done, true);
    assert.equal((await client.step(proof)).done, true);
    assert.equal((await server.props()).user, `alice@${REALM}`);
  });

  it('accepts EXTERNAL with the identity that the layer underneath gave', async () => {
    const common = { externalId: alice.user, externalSsf: 128 };
    await using client = await CyrusPeer.client({ authid: alice.user, authzid: alice.user, ...common });
    await using server = await CyrusPeer.server({ database: database(), ...common });
    assert.ok((await server.list()).includes('EXTERNAL'));
    await authenticatePair(client, server, 'EXTERNAL');
    assert.equal((await server.props()).user, `alice@${REALM}`);
  });
});
