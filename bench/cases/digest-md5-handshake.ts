import type { BenchCase, BenchFamily, Contender } from './case.js';
import { GSASL_HANDSHAKE, SASL2_HANDSHAKE } from './drivers.js';

const family = 'digest-md5-handshake';

export const digestMd5Handshake: BenchFamily = {
  family,
  title: 'SASL DIGEST-MD5, whole logons, client and server in one thread',
  // libgsasl has no confidentiality layer.
  cases: [
    ...handshakes('auth', [sasl2('auth'), gsasl('auth')]),
    ...handshakes('auth-int', [sasl2('auth-int'), gsasl('auth-int')]),
    ...handshakes('auth-conf', [sasl2('auth-conf')]),
  ],
};

/** Through the Sasl functions of the table, which are what the peers offer, and through the classes that stand on them. */
function handshakes(qop: string, peers: readonly Contender[]): BenchCase[] {
  return [
    handshake(`${qop}/functions`, 'ours/digest-md5-functions', qop, peers),
    handshake(`${qop}/contexts`, 'ours/digest-md5-handshake', qop, peers),
  ];
}

function handshake(name: string, script: string, qop: string, peers: readonly Contender[]): BenchCase {
  return { family, name: `${family}/${name}`, unit: '/s', ours: { label: 'secur32', script, args: [qop] }, peers };
}

function sasl2(qop: string): Contender {
  return { label: 'libsasl2', driver: SASL2_HANDSHAKE, args: [qop] };
}

function gsasl(qop: string): Contender {
  return { label: 'libgsasl', driver: GSASL_HANDSHAKE, args: [qop] };
}
