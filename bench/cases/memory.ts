import type { BenchFamily } from './case.js';
import { GSASL_HANDSHAKE, SASL2_HANDSHAKE } from './drivers.js';

const family = 'memory';

export const memory: BenchFamily = {
  family,
  title: 'Growth of the resident set over a million DIGEST-MD5 logons (flat is the aim)',
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
  ],
};
