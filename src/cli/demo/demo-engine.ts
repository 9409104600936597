import { memoryAccounts } from '../../engine/accounts/memory-accounts.js';
import type { EngineOptions } from '../../engine/options.js';
import { demoCertificates } from './demo-certificates.js';
import { DEMO_ACCOUNT } from './profiles.js';

/** What the demo's engine is made with: one account, one realm. */
export function demoEngine(environment: EngineOptions['environment'] = {}): EngineOptions {
  return {
    accounts: memoryAccounts([{ ...DEMO_ACCOUNT, certificates: [demoCertificates().client.pem] }]),
    digest: { realms: ['example.com'] },
    // There is no KDC here that Kerberos could be agreed on with.
    negotiate: { packages: ['NTLM'] },
    environment,
  };
}
