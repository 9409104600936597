import type { BenchFamily } from './case.js';
import { GSASL_HANDSHAKE, SASL2_HANDSHAKE, WINPR_HANDSHAKE } from './drivers.js';
import { kerberosMemory } from './kerberos.js';

const family = 'memory';

export const memory: BenchFamily = {
  family,
  title: 'Growth of the resident set over a million logons (flat is the aim)',
  cases: [
    {
      family,
      name: `${family}/digest-md5-handshake`,
      unit: 'MiB',
      count: 1_000_000,
      ours: { label: 'secur32', script: 'ours/digest-md5-handshake', args: ['auth-int'] },
      peers: [
        { label: 'libsasl2', driver: SASL2_HANDSHAKE, args: ['auth-int'] },
        { label: 'libgsasl', driver: GSASL_HANDSHAKE, args: ['auth-int'] },
      ],
    },
    {
      family,
      name: `${family}/ntlm-handshake`,
      unit: 'MiB',
      count: 1_000_000,
      ours: { label: 'secur32', script: 'ours/ntlm-handshake', args: [] },
      peers: [{ label: 'winpr', driver: WINPR_HANDSHAKE, args: [] }],
    },
    kerberosMemory,
  ],
};
