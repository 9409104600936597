import type { BenchFamily } from './case.js';
import { GSS_NTLM_HANDSHAKE, GSS_SPNEGO_HANDSHAKE, WINPR_HANDSHAKE } from './drivers.js';

const family = 'ntlm-handshake';

export const ntlmHandshake: BenchFamily = {
  family,
  title: 'NTLMv2 with key exchange, whole logons, client and server in one thread',
  cases: [
    {
      family,
      name: `${family}/raw`,
      unit: '/s',
      ours: { label: 'secur32', script: 'ours/ntlm-handshake', args: [] },
      peers: [
        { label: 'winpr', driver: WINPR_HANDSHAKE, args: [] },
        { label: 'gss-ntlmssp (no MIC)', driver: GSS_NTLM_HANDSHAKE, args: [] },
      ],
    },
    {
      family,
      name: `${family}/spnego`,
      unit: '/s',
      ours: { label: 'secur32', script: 'ours/spnego-handshake', args: [] },
      peers: [{ label: 'gss-ntlmssp', driver: GSS_SPNEGO_HANDSHAKE, args: [] }],
    },
  ],
};
