import assert from 'node:assert/strict';
import { requirePeer, usePeer } from '../require-peer.js';
import { ENCTYPES } from './krb5-files.js';
import { MitKdc } from './mit-kdc.js';

describe('peer: MIT krb5', () => {
  requirePeer('krb5');
  const kdc = usePeer(() => MitKdc.start({ kadmind: true }));

  it('gives a user tickets', async () => {
    const cache = await kdc().kinit('alice', 'pw-alice');
    const { stdout } = await kdc().run('klist', ['-c', `FILE:${cache}`]);
    assert.match(stdout, /krbtgt\/TEST\.EXAMPLE@TEST\.EXAMPLE/);
    const service = await kdc().run('kvno', ['HTTP/localhost']);
    assert.equal(service.code, 0, service.stderr);
  });

  for (const enctype of Object.keys(ENCTYPES)) {
    it(`knows keys of ${enctype}`, async () => {
      await kdc().kinit(`u-${enctype}`, `pw-u-${enctype}`, [], 'one');
      assert.equal((await kdc().run('kvno', ['-c', `FILE:${kdc().path}/one`, `svc-${enctype}/localhost`])).code, 0);
    });
  }

  it('refuses a wrong password', async () => {
    await assert.rejects(kdc().kinit('alice', 'wrong', [], 'none'), /Password incorrect/);
  });
});
