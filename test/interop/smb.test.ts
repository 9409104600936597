import assert from 'node:assert/strict';
import { Credential } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ISC_REQ } from 'secur32/raw';
import { type Account, accounts, alice } from '../peers/accounts.js';
import { ImpacketSmbServer } from '../peers/python/impacket-smb-server.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { runCommand } from '../peers/run/run-command.js';
import { SambaConfig } from '../peers/samba/samba-config.js';
import { NtlmSide } from './ntlm-side.js';
import { SmbClient, SmbError } from './smb/client.js';
import { NT_STATUS } from './smb/message.js';
import { SmbServer } from './smb/server.js';

const DOMAIN = 'TESTDOM';
const sspi = createEngine({
  accounts: memoryAccounts(accounts.map(account => ({ ...account, domain: DOMAIN }))),
  negotiate: { packages: ['NTLM'] },
});

describe('SMB: smbclient logs on to a server of ours, and both sign with the session key', () => {
  requirePeer('smbclient');
  const config = usePeer(() => SambaConfig.create());
  const server = usePeer(async () => {
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    const started = await SmbServer.start(credential);
    return {
      started,
      async [Symbol.asyncDispose]() {
        await started[Symbol.asyncDispose]();
        await credential.close();
      },
    };
  });

  async function openIpc({ user, password }: Account) {
    const { started } = server();
    const seen = started.visits.length;
    const { code, stdout, stderr } = await runCommand('smbclient', [
      '//localhost/IPC$',
      ...['--configfile', config().path, '-p', String(started.port), '-m', 'SMB2_10'],
      ...['-U', `${DOMAIN}\\${user}%${password}`, '--client-protection=sign', '-c', 'quit'],
    ]);
    return { code, output: stdout + stderr, visit: started.visits[seen] };
  }

  for (const account of accounts) {
    it(account.user, async () => {
      const { code, output, visit } = await openIpc(account);
      assert.equal(code, 0, `${output} ${visit?.failure}`);
      assert.equal(visit?.user, account.user);
      assert.equal(visit.failure, undefined);
      assert.ok(visit.signed > 0, 'no signed request came');
    });
  }

  it('is refused with a wrong password', async () => {
    const { code, output, visit } = await openIpc({ ...alice, password: 'pw-bob' });
    assert.equal(code, 1);
    assert.match(output, /NT_STATUS_LOGON_FAILURE/);
    assert.equal(visit?.user, undefined);
  });
});

describe('SMB: ours logs on to Impacket’s server', () => {
  requirePeer('impacket');
  const server = usePeer(() => ImpacketSmbServer.start());

  /** It grants no signatures of NTLM's own: those of SMB need none, and Negotiate has nothing to choose. */
  async function openShare(name: 'NTLM' | 'Negotiate', account: Account, contextReq = 0): Promise<void> {
    const options = { package: name, account, contextReq, targetName: 'cifs/localhost' };
    const { client } = await SmbClient.connect('127.0.0.1', server().port);
    using smb = client;
    await smb.logOn(new NtlmSide('client', options));
    await smb.openShare('\\\\localhost\\SHARE');
  }

  for (const name of ['NTLM', 'Negotiate'] as const) {
    for (const account of accounts) {
      it(`${account.user} with ${name}`, () => openShare(name, account));
    }

    it(`fails with ${name} where signatures are asked for`, async () => {
      await assert.rejects(openShare(name, alice, ISC_REQ.INTEGRITY), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    });

    it(`is refused with ${name} and a wrong password`, async () => {
      await assert.rejects(
        openShare(name, { ...alice, password: 'pw-bob' }),
        (error: unknown) => error instanceof SmbError && error.status === NT_STATUS.LOGON_FAILURE,
      );
    });
  }
});
