import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { startSaslServer } from '#dist/cli/imap/start-sasl-server.js';
import { CliServer } from '../cli/run-cli.js';
import { accounts, alice, ivan, juergen, REALM } from '../peers/accounts.js';
import { GsaslImap } from '../peers/gsasl/gsasl-imap.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { TemporaryFolder } from '../peers/run/folder.js';

describe('GNU SASL as client of our IMAP server', () => {
  requirePeer('gsasl');
  const events: string[] = [];
  const server = usePeer(async () => {
    const sspi = createEngine({ accounts: memoryAccounts(accounts), digest: { realms: [REALM] } });
    const { port, close } = await startSaslServer(sspi, {
      observe: () => ({
        loggedOn: ({ identity, layer }, mechanism) => events.push(`${identity.name} ${mechanism} ${layer}`),
        refused: error => events.push((error as { code: string }).code),
      }),
    });
    return { port, [Symbol.asyncDispose]: close };
  });
  beforeEach(() => {
    events.length = 0;
  });

  for (const { qop, layer } of [
    { qop: 'qop-auth', layer: 'none' },
    { qop: 'qop-int', layer: 'integrity' },
  ] as const) {
    for (const { user, password } of [alice, juergen, ivan]) {
      it(`${user} logs on with ${qop} and talks through layer ${layer}`, async () => {
        await using session = await GsaslImap.login({ port: server().port, authid: user, password, qop });
        session.send('a NOOP');
        assert.equal(await session.read(), 'a OK NOOP completed');
        session.send('b SELECT INBOX');
        assert.match(await session.read(), /^b NO/);
        assert.deepEqual(events, [`${user} DIGEST-MD5 ${layer}`]);
      });
    }
  }

  for (const { what, user, password } of [
    { what: 'a wrong password', user: 'alice', password: 'pw-bob' },
    { what: 'a user that is not there, with the same words', user: 'mallory', password: 'pw-bob' },
  ]) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(
        GsaslImap.login({ port: server().port, authid: user, password }),
        /^\. NO \[AUTHENTICATIONFAILED\] SEC_E_LOGON_DENIED$/m,
      );
      assert.deepEqual(events, ['SEC_E_LOGON_DENIED']);
    });
  }

  it('logs on to secur32 serve, with the accounts and the realm of an htdigest file', async () => {
    await using folder = new TemporaryFolder('htdigest');
    const hash = createHash('md5').update(`alice:${REALM}:${alice.password}`).digest('hex');
    const file = folder.write('htdigest', `alice:${REALM}:${hash}\n`);
    await using program = await CliServer.start(['demo', '--serve', '--accounts', file]);
    await using session = await GsaslImap.login({ port: program.port, qop: 'qop-int' });
    session.send('a NOOP');
    assert.equal(await session.read(), 'a OK NOOP completed');
    const { event, user, profile, layer } = await program.next();
    assert.deepEqual([event, user, profile, layer], ['logon', `alice@${REALM}`, 'DIGEST-MD5', 'integrity']);
    assert.equal(await program.stop('SIGTERM'), 0);
  });
});
