import type { BenchCase, BenchFamily, Contender } from './case.js';
import { GSASL_LAYER, SASL2_LAYER } from './drivers.js';

const family = 'digest-md5-layer';
const SIZES = ['64', '1024', '16384'];
const DIRECTIONS = ['encode', 'decode'];

export const digestMd5Layer: BenchFamily = {
  family,
  title: 'SASL DIGEST-MD5, security layer, one way (auth-int: HMAC-MD5; auth-conf: rc4 and HMAC-MD5)',
  cases: ['auth-int', 'auth-conf'].flatMap(qop =>
    SIZES.flatMap(size => DIRECTIONS.map(direction => layer(qop, size, direction))),
  ),
};

function layer(qop: string, size: string, direction: string): BenchCase {
  const args = [qop, size, direction];
  const sasl2: Contender = { label: 'libsasl2', driver: SASL2_LAYER, args };
  const gsasl: Contender = { label: 'libgsasl', driver: GSASL_LAYER, args };
  return {
    family,
    name: `${family}/${args.join('/')}`,
    unit: 'MB/s',
    ours: { label: 'secur32', script: 'ours/digest-md5-layer', args },
    peers: qop === 'auth-int' ? [sasl2, gsasl] : [sasl2],
  };
}
