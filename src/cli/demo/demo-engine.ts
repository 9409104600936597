import { memoryAccounts } from '../../engine/accounts/memory-accounts.js';
import type { EngineOptions } from '../../engine/options.js';
import { DEMO_ACCOUNT } from './demo-account.js';
import { demoCertificates } from './demo-certificates.js';
import { demoKerberos } from './demo-kerberos.js';

/** What the demo's engine is made with: one account, one realm. */
export function demoEngine(environment: EngineOptions['environment'] = {}): EngineOptions {
  return {
    accounts: memoryAccounts([{ ...DEMO_ACCOUNT, certificates: [demoCertificates().client.pem] }]),
    keytab: demoKerberos().keytab,
    // A krb5.conf of this machine is of no concern to a realm that exists in this process only.
    krb5Config: '/dev/null',
    digest: { realms: ['example.com'] },
    // There is no KDC here that Kerberos could be agreed on with.
    negotiate: { packages: ['NTLM'] },
    environment,
  };
}
