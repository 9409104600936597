import { type Difference, NATIVE_CLIENT, NATIVE_SERVER, NO_ACCOUNT } from './difference.js';

const WINE = { where: 'Wine' } as const;
const NO_NAMES = {
  tests: 'all',
  pairs: NATIVE_SERVER,
  ...WINE,
  reason: "Wine's packages have no NAMES, so that a server cannot say who the client is and takes nobody",
} as const;

export const CONTEXT_DIFFERENCES: readonly Difference[] = [
  { suite: 'NTLM: contexts', ...NO_NAMES },
  {
    suite: 'NTLM: contexts',
    tests: ['seal where both sides require it', 'sign where both sides require it'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's NTLM leaves pfContextAttr 0, which is no protection for whoever requires it",
  },
  {
    suite: 'NTLM: contexts',
    tests: 'all',
    pairs: NATIVE_SERVER,
    where: 'Windows without a test account',
    reason: NO_ACCOUNT,
  },
  { suite: 'Kerberos: contexts', ...NO_NAMES },
  {
    suite: 'Kerberos: contexts',
    tests: ['seal where both sides require it'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's Kerberos wants more room for a message than its SIZES say",
  },
];
