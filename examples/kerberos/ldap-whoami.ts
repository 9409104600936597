/**
 * Asks a directory who this user is there, by Kerberos, through a sealed layer. The user is that of the credential cache (`secur32 kinit`), or of the
 * keytab that KRB5_CLIENT_KTNAME names. Compile the examples with `npm run build:all`, and run
 * `node build/examples/kerberos/ldap-whoami.js dc1.example.com`.
 */
import process from 'node:process';
import { Credential, SaslClient, SspiError } from 'secur32';
import { LdapClient } from '../ldap/client.js';

const [host = 'localhost', port = '389'] = process.argv.slice(2);
try {
  await using credential = await Credential.acquire({
    package: 'Kerberos',
    use: 'outbound',
    identity: { kind: 'current' },
  });
  // The ticket is for ldap/host: give the name that the directory has in its domain, not an address or an alias.
  const names = { mechanism: 'GSSAPI', service: 'ldap', host };
  await using sasl = await SaslClient.create({ ...names, credential, require: ['confidentiality'] });
  const directory = await LdapClient.connect(Number(port), host);
  try {
    await directory.bind('GSSAPI', sasl);
    console.log(await directory.whoAmI());
  } finally {
    directory.close();
  }
} catch (error) {
  console.error(error instanceof SspiError ? `${error.message}\n  ${error.hint}` : error);
  process.exitCode = 1;
}
