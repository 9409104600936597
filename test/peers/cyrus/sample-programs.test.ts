import assert from 'node:assert/strict';
import { alice, REALM } from '../accounts.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { CyrusDatabase } from './cyrus-database.js';
import { SSF } from './cyrus-peer.js';
import { SampleClient, SampleServer } from './sample-programs.js';

describe("libsasl2's sample programs", () => {
  requirePeer('cyrus');
  const database = usePeer(() => CyrusDatabase.create());

  for (const ssf of [SSF.none, SSF.integrity, SSF['3des'], SSF.rc4]) {
    it(`log on to each other with a layer of strength ${ssf}`, async () => {
      const common = { minSsf: ssf, maxSsf: ssf, desParityShim: true };
      await using client = await SampleClient.start(common);
      await using server = await SampleServer.start({ database: database(), ...common });
      assert.ok(server.mechanisms.includes('DIGEST-MD5'));

      const choice = await client.start(['DIGEST-MD5']);
      const challenge = await server.start(choice.mechanism, choice.token);
      const response = await client.step(challenge.token);
      const proof = await server.step(response.token);
      const end = await client.step(proof.token);
      const { outcome } = await server.step(end.token);
      assert.deepEqual(outcome, { user: `${alice.user}@${REALM}`, ssf });
      assert.deepEqual(end.outcome, { user: alice.user, ssf });

      if (ssf === SSF.none) return;
      assert.equal(await client.deliver(await server.receive()), 'srv message 1');
      assert.equal(await server.deliver(await client.receive()), 'client message 1');
    });
  }

  it('say why they give up', async () => {
    await using client = await SampleClient.start({ password: 'wrong' });
    await using server = await SampleServer.start({ database: database(), mechanism: 'DIGEST-MD5' });
    assert.deepEqual(server.mechanisms, ['DIGEST-MD5']);
    await client.start(['DIGEST-MD5']);
    const challenge = await server.start('DIGEST-MD5');
    const response = await client.step(challenge.token);
    await assert.rejects(server.step(response.token), /authentication failure/);
  });
});
