import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { SEC_E, SECPKG_ATTR } from 'secur32/raw';
import { SASL_PARAMETER } from '#dist/sspi/sasl.js';
import { ASK, Side } from '../engine/digest/sasl/side.js';
import { accounts, alice, ivan, juergen, REALM } from '../peers/accounts.js';
import { GsaslStdio } from '../peers/gsasl/gsasl-stdio.js';
import { requirePeer } from '../peers/require-peer.js';

/** A client of a mechanism in which the server speaks first has an empty token to send. */
async function begin(ours: Side, theirs: GsaslStdio): Promise<void> {
  const initial = await theirs.receive();
  assert.equal(initial.length, 0);
  theirs.send((await ours.step(initial)).token);
}

describe('DIGEST-MD5: our server and the client of GNU SASL', () => {
  requirePeer('gsasl');

  for (const person of [alice, juergen, ivan]) {
    it(`know ${person.user}`, async () => {
      const ours = await Side.server({ accounts: memoryAccounts(accounts) });
      await using theirs = await GsaslStdio.client({ authid: person.user, password: person.password });
      await begin(ours, theirs);
      const proof = await ours.step(await theirs.receive());
      assert.equal(proof.status, SEC_E.OK);
      theirs.send(proof.token);
      assert.equal((await theirs.receive()).length, 0);
      const { authenticated, log } = await theirs.finish();
      assert(authenticated, log);
      assert.deepEqual(await ours.query(SECPKG_ATTR.NAMES), { userName: `${REALM}\\${person.user}` });
    });
  }

  it('agree on auth-int, and carry an authorization identity', async () => {
    const ours = await Side.server({ ...ASK['auth-int'].server, accounts: memoryAccounts(accounts) });
    await using theirs = await GsaslStdio.client({ authzid: 'bob', qop: 'qop-int' });
    await begin(ours, theirs);
    theirs.send((await ours.step(await theirs.receive())).token);
    assert.equal((await theirs.receive()).length, 0);
    assert.equal(Buffer.from(await ours.query(SASL_PARAMETER.AUTHZ_STRING)).toString(), 'bob');
    const frame = await theirs.protect('hello');
    assert.equal(
      Buffer.from(ours.decrypt(frame.subarray(4)))
        .toString()
        .trim(),
      'hello',
    );
  });

  it('do not agree on a wrong password', async () => {
    const ours = await Side.server({ accounts: memoryAccounts(accounts) });
    await using theirs = await GsaslStdio.client({ password: 'wrong' });
    await begin(ours, theirs);
    await assert.rejects(ours.step(await theirs.receive()), { code: 'SEC_E_LOGON_DENIED' });
  });
});

describe('DIGEST-MD5: our client and the server of GNU SASL', () => {
  requirePeer('gsasl');

  // GNU SASL hashes the name in UTF-8 and the password in ISO-8859-1: of names that fit ISO-8859-1 only ASCII ones work.
  for (const person of [alice, ivan]) {
    it(`know ${person.user}`, async () => {
      const identity = { kind: 'password', ...person } as const;
      const ours = await Side.client({ identity, targetName: 'imap/localhost' });
      await using theirs = await GsaslStdio.server({ password: person.password });
      theirs.send((await ours.step(await theirs.receive())).token);
      const end = await ours.step(await theirs.receive());
      assert.equal(end.status, SEC_E.OK);
      theirs.send(end.token);
      const { authenticated, log } = await theirs.finish();
      assert(authenticated, log);
    });
  }

  it('do not agree on a wrong password', async () => {
    const ours = await Side.client({ targetName: 'imap/localhost' });
    await using theirs = await GsaslStdio.server({ password: 'another' });
    theirs.send((await ours.step(await theirs.receive())).token);
    await assert.rejects(theirs.receive(), /rror/);
  });

  it('do not agree on less than our client wants', async () => {
    const ours = await Side.client(ASK['auth-int'].client);
    await using theirs = await GsaslStdio.server();
    await assert.rejects(ours.step(await theirs.receive()), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
  });
});
