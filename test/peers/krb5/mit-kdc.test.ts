import assert from 'node:assert/strict';
import { requirePeer, usePeer } from '../require-peer.js';
import { ENCTYPES } from './krb5-files.js';
import { KRB5_SERVICES, MitKdc } from './mit-kdc.js';

describe('peer: MIT krb5', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start({ kadmind: true }));

  it('gives a user tickets', async () => {
    const cache = await kdc().kinit('alice', 'pw-alice');
    const { stdout } = await kdc().run('klist', ['-c', `FILE:${cache}`]);
    assert.match(stdout, /krbtgt\/TEST\.EXAMPLE@TEST\.EXAMPLE/);
    const service = await kdc().run('kvno', ['HTTP/localhost']);
    assert.equal(service.code, 0, service.stderr);
  });

  it('has the keys of every service in the keytab', async () => {
    await kdc().kinit('alice', 'pw-alice');
    for (const service of KRB5_SERVICES) {
      const { stdout, stderr } = await kdc().run('kvno', ['-k', kdc().keytab, `${service}/localhost`]);
      assert.match(stdout, /keytab entry valid/, stderr);
    }
  });

  for (const enctype of Object.keys(ENCTYPES)) {
    it(`knows keys of ${enctype}`, async () => {
      await kdc().kinit(`u-${enctype}`, `pw-u-${enctype}`, [], 'one');
      assert.equal((await kdc().run('kvno', ['-c', `FILE:${kdc().path}/one`, `svc-${enctype}/localhost`])).code, 0);
    });
  }

  it('logs off', async () => {
    await kdc().kinit('bob', 'pw-bob');
    assert.match((await kdc().run('klist', [])).stdout, /Default principal: bob@/);
    await kdc().kdestroy();
    assert.equal((await kdc().run('klist', ['-s'])).code, 1);
  });

  it('refuses a wrong password', async () => {
    await assert.rejects(kdc().kinit('alice', 'wrong', [], 'none'), /Password incorrect/);
  });
});
