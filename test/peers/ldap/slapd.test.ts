import assert from 'node:assert/strict';
import { accounts, alice, bob } from '../accounts.js';
import { findCommand } from '../presence.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { ldapWhoAmI } from './ldapwhoami.js';
import { distinguishedName, Slapd } from './slapd.js';
import { copyOf } from './slapd-program.js';

describe('the slapd peer and ldapwhoami', () => {
  requirePeer('slapd', 'ldap-clients');
  const slapd = usePeer(() => Slapd.start({ desParityShim: true }));

  for (const { user, password } of accounts) {
    it(`tells ${user} who that is`, async () => {
      const result = await ldapWhoAmI({ uri: slapd().uri, authid: user, password });
      assert.deepEqual([result.code, result.stderr], [0, '']);
      assert.equal(result.stdout.trim(), `dn:${distinguishedName(user)}`);
    });
  }

  it('refuses a wrong password with invalidCredentials', async () => {
    const result = await ldapWhoAmI({ uri: slapd().uri, authid: alice.user, password: 'wrong' });
    assert.equal(result.code, 49);
    assert.match(result.stderr, /Invalid credentials/);
  });

  for (const ssf of [0, 1, 40, 55, 56, 112, 128]) {
    it(`agrees on a layer of strength ${ssf}`, async () => {
      const { user: authid, password } = alice;
      const securityProperties = `minssf=${ssf},maxssf=${ssf}`;
      const request = { uri: slapd().uri, authid, password, securityProperties, desParityShim: true };
      const result = await ldapWhoAmI(request);
      assert.deepEqual([result.code, result.stderr], [0, '']);
      assert.match(slapd().log(), new RegExp(`mech=DIGEST-MD5 bind_ssf=${ssf} ssf=${ssf}`));
    });
  }

  it('lets bob act as alice, and not alice as bob', async () => {
    const asAlice = { uri: slapd().uri, authid: bob.user, password: bob.password, authzid: 'u:alice' };
    assert.equal((await ldapWhoAmI(asAlice)).stdout.trim(), `dn:${distinguishedName('alice')}`);
    const asBob = { uri: slapd().uri, authid: alice.user, password: alice.password, authzid: 'u:bob' };
    assert.notEqual((await ldapWhoAmI(asBob)).code, 0);
  });

  it('runs from a copy too, which is how a confined one is run', async () => {
    await using copy = await Slapd.start({ program: copyOf(findCommand('slapd')) });
    const result = await ldapWhoAmI({ uri: copy.uri, authid: alice.user, password: alice.password });
    assert.deepEqual([result.code, result.stderr], [0, '']);
  });
});
