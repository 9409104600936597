import assert from 'node:assert/strict';
import { KdcFailures } from '#dist/engine/kerberos/kdc/kdc-failures.js';

const failed = (message: string, code?: string): Error =>
  new Error(message, code === undefined ? {} : { cause: Object.assign(new Error(`read ${code}`), { code }) });

describe('why no KDC answers', () => {
  it('is said once for each server, however often it was tried', () => {
    const failures = new KdcFailures();
    for (const timeout of [1000, 3000, 8000]) {
      failures.add('dc1:88', 'UDP', failed(`UDP to dc1:88: no answer within ${timeout} ms`));
      failures.add('dc1:88', 'TCP', failed('TCP to dc1:88: connect ECONNREFUSED', 'ECONNREFUSED'));
      failures.add('dc2:88', 'UDP', failed('UDP to dc2:88: getaddrinfo ENOTFOUND dc2', 'ENOTFOUND'));
      failures.add('dc2:88', 'TCP', failed('TCP to dc2:88: getaddrinfo ENOTFOUND dc2', 'ENOTFOUND'));
    }
    assert.equal(
      String(failures),
      'dc1:88 (UDP no answer, TCP connection refused), dc2:88 (the DNS knows no such host)',
    );
  });

  it('keeps the words of what it has no words for', () => {
    const failures = new KdcFailures();
    failures.add(
      'https://proxy/KdcProxy',
      '',
      new Error('https://proxy/KdcProxy: x', { cause: new Error('status 503') }),
    );
    failures.add('dc1:88', 'UDP', 'does not speak Kerberos');
    assert.equal(String(failures), 'https://proxy/KdcProxy (status 503), dc1:88 (does not speak Kerberos)');
  });

  it('names four servers at most', () => {
    const failures = new KdcFailures();
    for (let n = 1; n <= 16; n++) failures.add(`dc${n}:88`, 'UDP', failed(`UDP to dc${n}:88: no answer within 1 ms`));
    assert.match(String(failures), /^dc1:88 \(no answer\), .*dc4:88 \(no answer\), and 12 more$/);
  });
});
