import type { BenchCase, BenchFamily, Contender } from './case.js';
import { GSS_NTLM_LAYER, WINPR_LAYER } from './drivers.js';

const family = 'ntlm-layer';
const SIZES = ['64', '1024', '16384'];
const WAYS = ['seal', 'unseal', 'sign', 'verify'];
/** What winpr's NTLM can do. */
const SEALING = ['seal', 'unseal'];

export const ntlmLayer: BenchFamily = {
  family,
  title: 'NTLM, message protection, one way (RC4 and HMAC-MD5; HMAC-MD5 alone)',
  cases: WAYS.flatMap(way => SIZES.map(size => layer(way, size))),
};

function layer(way: string, size: string): BenchCase {
  const args = [way, size];
  const winpr: Contender = { label: 'winpr', driver: WINPR_LAYER, args };
  const gss: Contender = { label: 'gss-ntlmssp', driver: GSS_NTLM_LAYER, args };
  return {
    family,
    name: `${family}/${args.join('/')}`,
    unit: 'MB/s',
    ours: { label: 'secur32', script: 'ours/ntlm-layer', args },
    peers: SEALING.includes(way) ? [winpr, gss] : [gss],
  };
}
