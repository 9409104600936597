import assert from 'node:assert/strict';
import { requirePeer, usePeer } from '../require-peer.js';
import { runCommand, runOrFail } from '../run/run-command.js';
import { KERBEROS_REALM, KERBEROS_SERVICES, MitKdc } from './mit-kdc.js';

describe('a realm of MIT Kerberos', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());

  it('has a ticket of alice from the start', async () => {
    const tickets = await runOrFail('klist', [], { env: kdc().environment });
    assert.match(tickets, new RegExp(`Default principal: alice@${KERBEROS_REALM}`));
  });

  it('gives tickets for every service, under keys that are in the keytab', async () => {
    for (const service of KERBEROS_SERVICES) {
      const keytab = kdc().environment['KRB5_KTNAME'] ?? '';
      const answer = await runOrFail('kvno', ['-k', keytab, `${service}/localhost`], { env: kdc().environment });
      assert.match(answer, /keytab entry valid/);
    }
  });

  it('refuses a wrong password, and keeps the tickets', async () => {
    await assert.rejects(kdc().logOn('alice', 'wrong'), /kinit ended with 1/);
    assert.equal((await runCommand('klist', ['-s'], { env: kdc().environment })).code, 0);
  });

  it('logs others on, and off', async () => {
    await kdc().logOn('bob', 'pw-bob');
    assert.match(await runOrFail('klist', [], { env: kdc().environment }), /Default principal: bob@/);
    await kdc().logOff();
    assert.equal((await runCommand('klist', ['-s'], { env: kdc().environment })).code, 1);
  });
});
