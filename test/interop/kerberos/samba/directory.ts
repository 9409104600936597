import assert from 'node:assert/strict';
import { Credential, type Protection, SaslClient } from 'secur32';
import { LdapError } from '../../../../examples/ldap/client.js';
import { type Account, accounts, alice } from '../../../peers/accounts.js';
import { DirectoryClient } from '../../directory-client.js';
import { closeAfterEach, type Keep } from '../closing.js';
import { engineFor } from '../side.js';
import type { Domain } from './domain.js';

/** LDAP of a domain controller that demands signing: our client binds with Kerberos. */
export function describeDirectory(domain: () => Domain): void {
  const keep = closeAfterEach();
  const baseDn = (): string => domain().dc.baseDn;

  for (const mechanism of ['GSSAPI', 'GSS-SPNEGO'] as const) {
    for (const account of accounts) {
      it(`${mechanism}: we bind as ${account.user}, sealed, and read the domain through the layer`, async () => {
        const { sasl, directory } = await openDirectory(domain(), keep, { mechanism, account });
        assert.deepEqual([sasl.layer, sasl.packageName], ['confidentiality', 'Kerberos']);
        const names = await directory.search(baseDn(), 'sAMAccountName');
        for (const { user } of accounts) assert.ok(names.includes(user), `${user} is not among ${names.length} names`);
      });
    }

    it(`${mechanism}: signed alone, too`, async () => {
      const { sasl, directory } = await openDirectory(domain(), keep, { mechanism, request: ['integrity'] });
      assert.equal(sasl.layer, 'integrity');
      assert.ok((await directory.search(baseDn(), 'sAMAccountName')).includes('alice'));
    });

    it(`${mechanism}: without signing it is refused with strongerAuthRequired`, async () => {
      const refused = await openDirectory(domain(), keep, { mechanism, request: [] }).then(
        ({ directory }) => directory.search(baseDn(), 'sAMAccountName'),
        (error: unknown) => error,
      );
      assert.ok(refused instanceof LdapError, String(refused));
      assert.equal(refused.code, 8);
    });
  }
}

export interface BindOptions {
  readonly mechanism?: 'GSSAPI' | 'GSS-SPNEGO';
  readonly request?: readonly Protection[];
  readonly account?: Account;
}

export interface BoundDirectory {
  readonly sasl: SaslClient;
  readonly directory: DirectoryClient;
}

/** Binds to the domain controller's LDAP with Kerberos; as alice, sealed, when nothing else is said. */
export async function openDirectory(
  domain: Domain,
  keep: Keep,
  { mechanism = 'GSSAPI', request = ['confidentiality'], account = alice }: BindOptions = {},
): Promise<BoundDirectory> {
  const credential = await Credential.acquire({
    package: mechanism === 'GSSAPI' ? 'Kerberos' : 'Negotiate',
    use: 'outbound',
    identity: { kind: 'password', domain: 'AD.EXAMPLE', ...account },
    sspi: engineFor(domain),
  });
  keep(credential);
  const host = 'dc1.ad.example';
  const sasl = keep(await SaslClient.create({ mechanism, credential, service: 'ldap', host, request }));
  const directory = keep(await DirectoryClient.connect(domain.dc.address));
  await directory.bind(mechanism, sasl);
  return { sasl, directory };
}
