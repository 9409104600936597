import type { BenchCase, BenchFamily, Contender } from './case.js';
import { GSASL_HANDSHAKE, SASL2_HANDSHAKE } from './drivers.js';

const family = 'digest-md5-handshake';

export const digestMd5Handshake: BenchFamily = {
  family,
  title: 'SASL DIGEST-MD5, whole logons, client and server in one thread',
  // libgsasl has no confidentiality layer.
  cases: [
    handshake('auth', [sasl2('auth'), gsasl('auth')]),
    handshake('auth-int', [sasl2('auth-int'), gsasl('auth-int')]),
    handshake('auth-conf', [sasl2('auth-conf')]),
  ],
};

function handshake(qop: string, peers: readonly Contender[]): BenchCase {
  const ours = { label: 'secur32', script: 'ours/digest-md5-handshake', args: [qop] };
  return { family, name: `${family}/${qop}`, unit: '/s', ours, peers };
}

function sasl2(qop: string): Contender {
  return { label: 'libsasl2', driver: SASL2_HANDSHAKE, args: [qop] };
}

function gsasl(qop: string): Contender {
  return { label: 'libgsasl', driver: GSASL_HANDSHAKE, args: [qop] };
}
