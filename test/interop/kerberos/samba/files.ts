import assert from 'node:assert/strict';
import { Credential } from 'secur32';
import { ISC_REQ } from 'secur32/raw';
import { type Account, accounts, alice } from '../../../peers/accounts.js';
import { requirePeer } from '../../../peers/require-peer.js';
import { TemporaryFolder } from '../../../peers/run/folder.js';
import { runCommand } from '../../../peers/run/run-command.js';
import { SambaConfig } from '../../../peers/samba/samba-config.js';
import { SmbClient } from '../../smb/client.js';
import { SmbServer } from '../../smb/server.js';
import { closeAfterEach } from '../closing.js';
import { engineFor, Side } from '../side.js';
import { type Domain, SERVICES } from './domain.js';

/** SMB signs its messages with the session key of the logon: both sides have to have the same. */
export function describeFiles(domain: () => Domain): void {
  const keep = closeAfterEach();

  describe('our client at the domain controller', () => {
    for (const account of accounts) {
      it(`${account.user}: the answers are signed with the session key, and so is what opens a share`, async () => {
        const side = keep(
          await Side.open(engineFor(domain()), 'client', {
            package: 'Negotiate',
            authData: { kind: 'password', domain: 'AD.EXAMPLE', ...account },
            targetName: 'cifs/dc1.ad.example',
            contextReq: ISC_REQ.MUTUAL_AUTH | ISC_REQ.INTEGRITY,
          }),
        );
        const { client, hints } = await SmbClient.connect(domain().dc.address, 445);
        keep(client);
        await client.logOn(side, hints);
        await client.openShare('\\\\dc1.ad.example\\IPC$');
      });
    }
  });

  describe('smbclient at a server of ours', () => {
    requirePeer('smbclient');

    async function openIpc({ user, password }: Account) {
      const credential = keep(
        await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi: engineFor(domain()) }),
      );
      const server = keep(await SmbServer.start(credential));
      const folder = keep(new TemporaryFolder('smb'));
      const config = keep(await SambaConfig.create({ domain: 'ADEX', parameters: { realm: 'AD.EXAMPLE' } }));
      // smbclient does no Kerberos with localhost.
      const [, host = ''] = SERVICES.files.split('/');
      const hosts = folder.write('hosts', `127.0.0.1 ${host}\n`);
      const env = { ...domain().dc.env, KRB5CCNAME: `FILE:${folder.path}/ccache`, NSS_WRAPPER_HOSTS: hosts };
      const options = ['--configfile', config.path, '-p', String(server.port), '-m', 'SMB2_10'];
      const logon = ['-U', `${user}@AD.EXAMPLE%${password}`, '--use-kerberos=required', '--client-protection=sign'];
      const { code, stdout, stderr } = await runCommand(
        'smbclient',
        [`//${host}/IPC$`, ...options, ...logon, '-c', 'quit'],
        { env },
      );
      return { code, output: stdout + stderr, visit: server.visits.at(-1) };
    }

    for (const account of accounts) {
      it(`${account.user}: its requests are signed with the session key`, async () => {
        const { code, output, visit } = await openIpc(account);
        assert.equal(code, 0, `${output} ${visit?.failure}`);
        assert.deepEqual([visit?.user, visit?.failure], [account.user, undefined]);
        assert.ok((visit?.signed ?? 0) > 0, 'no signed request came');
      });
    }

    it('gets no ticket with a wrong password, and does not come', async () => {
      const { code, visit } = await openIpc({ ...alice, password: 'wrong' });
      assert.notEqual(code, 0);
      assert.equal(visit?.user, undefined);
    });
  });
}
