import type { BenchFamily } from './case.js';
import { SASL2_HTTP } from './drivers.js';

const family = 'http-digest';

export const httpDigest: BenchFamily = {
  family,
  title: 'HTTP Digest (MD5, qop=auth), exchanges: challenge, Authorization, check',
  cases: [
    {
      family,
      name: `${family}/exchange`,
      unit: '/s',
      ours: { label: 'secur32', script: 'ours/http-digest', args: [] },
      peers: [
        { label: 'passport-http + digest-header', script: 'peers/passport-http', args: [] },
        { label: 'libsasl2', driver: SASL2_HTTP, args: [] },
      ],
    },
  ],
};
