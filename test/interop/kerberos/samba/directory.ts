import assert from 'node:assert/strict';
import { Credential, type Protection, SaslClient } from 'secur32';
import { LdapError } from '../../../../examples/ldap/client.js';
import { type Account, accounts, alice } from '../../../peers/accounts.js';
import { DirectoryClient } from '../../directory-client.js';
import { engineFor } from '../side.js';
import type { Domain } from './domain.js';

/** LDAP of a domain controller that demands signing: our client binds with Kerberos. */
export function describeDirectory(domain: () => Domain): void {
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  async function bind(
    mechanism: 'GSSAPI' | 'GSS-SPNEGO',
    request: readonly Protection[],
    account: Account = alice,
  ): Promise<[SaslClient, DirectoryClient]> {
    const credential = await Credential.acquire({
      package: mechanism === 'GSSAPI' ? 'Kerberos' : 'Negotiate',
      use: 'outbound',
      identity: { kind: 'password', domain: 'AD.EXAMPLE', ...account },
      sspi: engineFor(domain()),
    });
    const host = 'dc1.ad.example';
    const sasl = await SaslClient.create({ mechanism, credential, service: 'ldap', host, request });
    open.push(credential, sasl);
    const directory = await DirectoryClient.connect(domain().dc.address);
    open.push({ [Symbol.asyncDispose]: async () => directory[Symbol.dispose]() });
    await directory.bind(mechanism, sasl);
    return [sasl, directory];
  }

  for (const mechanism of ['GSSAPI', 'GSS-SPNEGO'] as const) {
    for (const account of accounts) {
      it(`${mechanism}: we bind as ${account.user}, sealed, and read the domain through the layer`, async () => {
        const [sasl, directory] = await bind(mechanism, ['confidentiality'], account);
        assert.deepEqual([sasl.layer, sasl.packageName], ['confidentiality', 'Kerberos']);
        const names = await directory.search(domain().dc.baseDn, 'sAMAccountName');
        for (const { user } of accounts) assert.ok(names.includes(user), `${user} is not among ${names.length} names`);
      });
    }

    it(`${mechanism}: signed alone, too`, async () => {
      const [sasl, directory] = await bind(mechanism, ['integrity']);
      assert.equal(sasl.layer, 'integrity');
      assert.ok((await directory.search(domain().dc.baseDn, 'sAMAccountName')).includes('alice'));
    });

    it(`${mechanism}: without signing it is refused`, async () => {
      const refused = await bind(mechanism, []).then(
        ([, directory]) => directory.search(domain().dc.baseDn, 'sAMAccountName'),
        (error: unknown) => error,
      );
      assert.ok(refused instanceof LdapError, String(refused));
      assert.equal(refused.code, 8);
    });
  }
}
