import assert from 'node:assert/strict';
import { accounts, alice, REALM } from '../accounts.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { Apache } from './apache.js';
import { curl } from './curl.js';
import { digestOf } from './http-server.js';
import { Lighttpd } from './lighttpd.js';

describe('the apache peer and curl', () => {
  requirePeer('apache', 'curl');
  const apache = usePeer(() => Apache.start());

  for (const account of accounts) {
    it(`lets ${account.user} in`, async () => {
      const { status, responses, body } = await curl({ url: apache().origin + apache().digestPath, ...account });
      assert.deepEqual([status, body], [200, 'hello digest\n']);
      assert.deepEqual(
        responses.map(response => response.status),
        [401, 200],
      );
    });
  }

  it('refuses a wrong password', async () => {
    const url = apache().origin + apache().digestPath;
    const { status, headers, authorizations } = await curl({ url, user: alice.user, password: 'wrong' });
    assert.equal(status, 401);
    assert.match(headers.get('www-authenticate') ?? '', /^Digest realm="test.example".*qop="auth"/);
    assert.match(authorizations[0] ?? '', /^Digest username="alice".*qop=auth/);
  });

  it('counts the uses of a nonce', async () => {
    const url = apache().origin + apache().digestPath.slice(0, -1);
    const { responses, authorizations } = await curl({ url, ...alice, args: ['--location'] });
    assert.deepEqual(
      responses.map(response => response.status),
      [401, 301, 200],
    );
    assert.match(authorizations[1] ?? '', /nc=00000002/);
  });
});

describe('the lighttpd peer and curl', () => {
  requirePeer('lighttpd', 'curl');
  const lighttpd = usePeer(() => Lighttpd.start());

  for (const [path, algorithm] of [
    ['md5Path', 'MD5'],
    ['sha256Path', 'SHA-256'],
    ['bothPath', 'SHA-256'],
    ['userhashPath', 'SHA-256'],
  ] as const) {
    it(`let each other in at ${path}`, async () => {
      const server = lighttpd();
      for (const account of accounts) {
        const { status, authorizations } = await curl({ url: server.origin + server[path], ...account });
        assert.deepEqual([account.user, status], [account.user, 200]);
        assert.match(authorizations[0] ?? '', new RegExp(`algorithm="?${algorithm}"?`));
        assert.equal(authorizations[0]?.includes('userhash=true'), path === 'userhashPath');
      }
    });
  }

  it('knows SHA-512-256, which curl computes only in later versions', async () => {
    const url = lighttpd().origin + lighttpd().sha512Path;
    const challenge = (await fetch(url)).headers.get('www-authenticate') ?? '';
    assert.match(challenge, /algorithm=SHA-512-256/);
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
    const hash = (...parts: string[]): string => digestOf('sha512-256', parts.join(':'));
    const [a1, a2] = [hash(alice.user, REALM, alice.password), hash('GET', lighttpd().sha512Path)];
    const fields = [
      `username="${alice.user}", realm="${REALM}", uri="${lighttpd().sha512Path}", algorithm=SHA-512-256`,
      `nonce="${nonce}", nc=00000001, cnonce="c", qop=auth, response="${hash(a1, nonce, '00000001', 'c', 'auth', a2)}"`,
    ];
    const response = await fetch(url, { headers: { authorization: `Digest ${fields.join(', ')}` } });
    assert.equal(await response.text(), 'hello sha512\n');
  });

  it('refuses a wrong password, after a second', async () => {
    const url = lighttpd().origin + lighttpd().sha256Path;
    assert.equal((await curl({ url, user: alice.user, password: 'wrong' })).status, 401);
  });
});
