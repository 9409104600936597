import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Account, memoryAccounts } from 'secur32/engine';
import { parseAccounts } from '#dist/engine/accounts/accounts-file.js';
import { FileAccounts } from '#dist/engine/accounts/file-accounts.js';
import { parseHtdigest } from '#dist/engine/accounts/htdigest-file.js';
import { parseSmbpasswd } from '#dist/engine/accounts/smbpasswd-file.js';

const hashOf = (algorithm: string, text: string): Buffer => createHash(algorithm).update(text).digest();

describe('memoryAccounts', () => {
  const alice: Account = { user: 'Alice', password: 'x' };
  const bob: Account = { user: 'bob', domain: 'EXAMPLE', password: 'y' };
  const otherBob: Account = { user: 'bob', domain: 'OTHER', password: 'z' };
  const realmOnly: Account = {
    user: 'carol',
    digestHashes: [{ algorithm: 'MD5', realm: 'home', hash: hashOf('md5', 'carol:home:pw') }],
  };
  const store = memoryAccounts([alice, bob, otherBob, realmOnly]);

  const finds: [string, Parameters<typeof store.find>[0], Account | undefined][] = [
    ['a name in any case', { user: 'aLICE' }, alice],
    ['an account without a domain in every domain', { user: 'alice', domain: 'ANY' }, alice],
    ['the account of the domain', { user: 'BOB', domain: 'other' }, otherBob],
    ['nobody in a domain that the name is not in', { user: 'bob', domain: 'THIRD' }, undefined],
    ['the first of a name without a domain', { user: 'bob' }, bob],
    ['nobody by a name that is not there', { user: 'mallory' }, undefined],
    ['nobody by a name of the prototype', { user: '__proto__' }, undefined],
    ['digest hashes in their realm', { user: 'carol', realm: 'home' }, realmOnly],
    ['no digest hashes in another realm', { user: 'carol', realm: 'away' }, undefined],
    [
      'a hashed name',
      { user: '', userHash: { algorithm: 'SHA-256', realm: 'r', hash: hashOf('sha256', 'Alice:r').toString('hex') } },
      alice,
    ],
    [
      'nobody by the hash of another realm',
      { user: '', userHash: { algorithm: 'SHA-256', realm: 's', hash: hashOf('sha256', 'Alice:r').toString('hex') } },
      undefined,
    ],
  ];
  for (const [what, query, expected] of finds) {
    it(`finds ${what}`, async () => assert.equal(await store.find(query), expected));
  }
});

describe('account files', () => {
  it('reads htdigest lines of MD5 and of SHA-256', () => {
    const md5 = hashOf('md5', 'alice:realm one:pw');
    const sha256 = hashOf('sha256', 'bob:r:pw');
    const text = `# users\nalice:realm one:${md5.toString('hex')}\r\n\nbob:r:${sha256.toString('hex').toUpperCase()}\n`;
    assert.deepEqual(parseHtdigest(text, 'f'), [
      { user: 'alice', digestHashes: [{ algorithm: 'MD5', realm: 'realm one', hash: new Uint8Array(md5) }] },
      { user: 'bob', digestHashes: [{ algorithm: 'SHA-256', realm: 'r', hash: new Uint8Array(sha256) }] },
    ]);
  });

  it('reads smbpasswd lines: NT hash, no LM hash, disabled accounts', () => {
    const lm = 'AAD3B435B51404EEAAD3B435B51404EE';
    const nt = 'A4F49C406510BDCAB6824EE7C30FD852';
    const line = (user: string, hash: string, flags: string) => `${user}:1000:${lm}:${hash}:[${flags}]:LCT-5F000000:`;
    const text = [
      line('alice', nt, 'U          '),
      line('bob', nt, 'DU         '),
      line('pc$', nt, 'W          '),
      line('new', 'X'.repeat(32), 'NU         '),
    ];
    assert.deepEqual(parseSmbpasswd(text.join('\n'), 'f'), [
      { user: 'alice', disabled: false, ntHash: new Uint8Array(Buffer.from(nt, 'hex')) },
      { user: 'bob', disabled: true, ntHash: new Uint8Array(Buffer.from(nt, 'hex')) },
      { user: 'pc$', disabled: true, ntHash: new Uint8Array(Buffer.from(nt, 'hex')) },
      { user: 'new', disabled: false },
    ]);
  });

  it('reads JSON accounts, and tells the forms apart', () => {
    const json =
      '[{"user":"alice","password":"","ntHash":"00ff","groups":["S-1-1-0"],"digestHashes":[{"realm":"r","hash":"aa"}]}]';
    assert.deepEqual(parseAccounts(json, 'f'), [
      {
        user: 'alice',
        password: '',
        ntHash: Uint8Array.of(0, 255),
        groups: [{ sid: 'S-1-1-0' }],
        digestHashes: [{ algorithm: 'MD5', realm: 'r', hash: Uint8Array.of(0xaa) }],
      },
    ]);
    assert.equal(parseAccounts(`a:r:${'0'.repeat(32)}`, 'f')[0]?.digestHashes?.length, 1);
    assert.ok(parseAccounts(`a:1:${'0'.repeat(32)}:${'1'.repeat(32)}:[U ]:LCT-0:`, 'f')[0]?.ntHash);
    assert.deepEqual(parseAccounts('\n# nobody\n', 'f'), []);
  });

  const secret = 'hunter2';
  const bad: [string, string][] = [
    ['JSON that is cut off', `[{"user":"a","password":"${secret}"`],
    ['JSON of something else', `["${secret}"]`],
    ['an account without a user', `[{"password":"${secret}"}]`],
    ['a password that is a number', '[{"user":"a","password":7}]'],
    ['an unknown algorithm', `[{"user":"a","digestHashes":[{"algorithm":"${secret}","hash":"00"}]}]`],
    ['a hash that is not hex', `user:realm:${secret}${'0'.repeat(25)}`],
    ['a line of two fields', `alice:${secret}`],
    ['a line of nine fields', `a:${secret}:c:d:e:f:g:h:i`],
  ];
  for (const [what, text] of bad) {
    it(`refuses ${what}, and says where without what it holds`, () => {
      assert.throws(
        () => parseAccounts(text, 'accounts.txt'),
        (error: Error) => error.message.startsWith('accounts.txt') && !error.message.includes(secret),
      );
    });
  }

  it('reads a file again when what was read is old, and not before', async () => {
    let now = 0;
    let reads = 0;
    const readFile = async () => Buffer.from(`alice:r${++reads}:${'0'.repeat(32)}`);
    const store = new FileAccounts('f', parseHtdigest, { readFile, now: () => now });
    assert.ok(await store.find({ user: 'alice', realm: 'r1' }));
    now = 5000;
    assert.ok(await store.find({ user: 'alice', realm: 'r1' }));
    now = 5001;
    assert.ok(await store.find({ user: 'alice', realm: 'r2' }));
    assert.equal(reads, 2);
  });
});
