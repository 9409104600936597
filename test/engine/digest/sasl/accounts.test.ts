import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Account, type AccountQuery, type AccountStore, memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR } from 'secur32/raw';
import { ALICE, answered, type ClientOptions, logOn, PASSWORD, REALM, type ServerOptions, Side } from './side.js';

const DENIED = { code: 'SEC_E_LOGON_DENIED' };

/** Runs a logon and says who the server thinks it was. */
async function user(server: ServerOptions, client: ClientOptions): Promise<string> {
  const sides = [await Side.server(server), await Side.client(client)] as const;
  await logOn(...sides);
  const { userName } = await sides[0].query(SECPKG_ATTR.NAMES);
  return userName;
}

/** A store that remembers what it was asked. */
function watched(accounts: Iterable<Account>): AccountStore & { readonly queries: AccountQuery[] } {
  const store = memoryAccounts(accounts);
  const queries: AccountQuery[] = [];
  return {
    queries,
    find(query) {
      queries.push(query);
      return store.find(query);
    },
  };
}

/** What the error for a user says that nobody knows. */
async function messageForNobody(): Promise<string> {
  const server = await Side.server({ accounts: memoryAccounts([]) });
  return server.step(await answered('auth', server)).then(
    () => assert.fail('nobody logged on'),
    (error: Error) => error.message,
  );
}

function md5(text: string, encoding: 'utf8' | 'latin1' = 'utf8'): Uint8Array {
  return new Uint8Array(createHash('md5').update(text, encoding).digest());
}

const hash = (text: string) => ({ algorithm: 'MD5', realm: REALM, hash: md5(text) }) as const;

describe('the account of a DIGEST-MD5 logon', () => {
  const stored = hash(`alice:${REALM}:${PASSWORD}`);
  const bad: [what: string, accounts: readonly Account[]][] = [
    ['is not there', []],
    ['is somebody else', [{ user: 'bob', password: PASSWORD }]],
    ['has another password', [{ user: 'alice', password: 'pw-bob' }]],
    ['has an empty password', [{ user: 'alice', password: '' }]],
    ['is disabled', [{ user: 'alice', password: PASSWORD, disabled: true }]],
    ['is disabled and has hashes', [{ user: 'alice', digestHashes: [stored], disabled: true }]],
    ['has nothing to check', [{ user: 'alice' }]],
    ['has an NT hash only', [{ user: 'alice', ntHash: new Uint8Array(16) }]],
    ['has the hash of another password', [{ user: 'alice', digestHashes: [hash(`alice:${REALM}:x`)] }]],
    ['has a hash for another realm', [{ user: 'alice', digestHashes: [{ ...stored, realm: 'other.example' }] }]],
    ['has a hash of another algorithm', [{ user: 'alice', digestHashes: [{ ...stored, algorithm: 'SHA-256' }] }]],
    ['has a hash that is cut', [{ user: 'alice', digestHashes: [{ ...stored, hash: stored.hash.subarray(1) }] }]],
    ['has a password that no client can have', [{ user: 'alice', password: '\ud800' }]],
  ];
  for (const [what, accounts] of bad) {
    it(`is refused alike where it ${what}`, async () => {
      const store = { find: () => accounts.find(account => account.user === 'alice') };
      const server = await Side.server({ accounts: store });
      const response = await answered('auth', server);
      await assert.rejects(server.step(response), { ...DENIED, message: await messageForNobody() });
    });
  }

  it('cannot be entered with what is hashed for nobody', async () => {
    for (const account of [undefined, { user: 'alice' }, { user: 'alice', ntHash: new Uint8Array(16) }]) {
      for (const password of ['nobody', '', 'undefined']) {
        const server = await Side.server({ accounts: { find: () => account } });
        const response = await answered('auth', server, { identity: { ...ALICE, password } });
        await assert.rejects(server.step(response), DENIED);
      }
    }
  });

  it('may have an empty password, if it has one', async () => {
    const accounts = memoryAccounts([{ user: 'alice', password: '' }]);
    assert.equal(await user({ accounts }, { identity: { ...ALICE, password: '' } }), `${REALM}\\alice`);
  });

  it('may have hashes only', async () => {
    const accounts = memoryAccounts([{ user: 'alice', digestHashes: [{ ...stored, realm: 'x' }, stored] }]);
    assert.equal(await user({ accounts }, {}), `${REALM}\\alice`);
  });

  it('may come later', async () => {
    const accounts = { find: async () => ({ user: 'alice', password: PASSWORD }) };
    assert.equal(await user({ accounts }, {}), `${REALM}\\alice`);
  });

  it('has the name and domain that the store says', async () => {
    const accounts = memoryAccounts([{ user: 'Alice', domain: 'EXAMPLE', password: PASSWORD }]);
    assert.equal(await user({ accounts }, {}), 'EXAMPLE\\Alice');
    const nowhere = memoryAccounts([{ user: 'alice', domain: '', password: PASSWORD }]);
    assert.equal(await user({ accounts: nowhere }, {}), 'alice');
  });

  for (const [how, find] of [
    ['throws', () => assert.fail('the disk is gone')],
    ['rejects', async () => assert.fail('the disk is gone')],
  ] as const) {
    it(`cannot be found where the store ${how}`, async () => {
      const server = await Side.server({ accounts: { find } });
      const response = await answered('auth', server);
      await assert.rejects(server.step(response), (error: { code: string; cause: Error }) => {
        assert.equal(error.code, 'SEC_E_NO_AUTHENTICATING_AUTHORITY');
        assert.match(`${error.cause.cause ?? error.cause}`, /the disk is gone/);
        return true;
      });
    });
  }

  it('is looked for as often, there or not', async () => {
    const count = async (accounts: Iterable<Account>) => {
      const store = watched(accounts);
      const server = await Side.server({ accounts: store });
      await assert.rejects(server.step(await answered('auth', server)), DENIED);
      return store.queries.length;
    };
    assert.equal(await count([]), await count([{ user: 'alice', password: 'x' }]));
  });
});

describe('names that are not ASCII', () => {
  const people = [
    ['jürgen', 'pässwörd'],
    ['jürgen', 'password'],
    ['jürgen', 'пароль'],
    ['иван', 'пароль'],
    ['иван', 'pässwörd'],
    ['иван', 'password'],
    ['alice', 'pässwörd'],
    ['alice', 'пароль'],
    ['李', '𝄞'],
  ] as const;
  for (const realm of [REALM, 'bücher.example', 'сервер.example']) {
    for (const [name, password] of people) {
      it(`log on: ${name} with ${password} in ${realm}`, async () => {
        const accounts = watched([{ user: name, password }]);
        const identity = { kind: 'password', user: name, password } as const;
        assert.equal(await user({ accounts, digest: { realms: [realm] } }, { identity }), `${realm}\\${name}`);
        assert.deepEqual(accounts.queries, [{ user: name, realm }]);
      });
    }
  }

  /** A response as a client would write it that hashes these bytes. */
  function handmade(challenge: string, sent: string, hashed: Uint8Array, charset: string): string {
    const nonce = /nonce="(.*?)"/.exec(challenge)![1]!;
    const ha1 = createHash('md5').update(hashed).update(`:${nonce}:x`).digest('hex');
    const ha2 = createHash('md5').update('AUTHENTICATE:imap/localhost').digest('hex');
    const response = createHash('md5').update(`${ha1}:${nonce}:00000001:x:auth:${ha2}`).digest('hex');
    return `${charset}username="${sent}",realm="${REALM}",nonce="${nonce}",cnonce="x",nc=00000001,qop=auth,digest-uri="imap/localhost",response=${response}`;
  }

  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  const forms: [what: string, name: string, password: string, sent: string, hashed: Uint8Array, charset: string][] = [
    [
      'converted one by one (RFC 2831 8)',
      ...(['jürgen', 'пароль'] as const),
      utf8('jürgen'),
      md5(`jürgen:${REALM}:${utf8('пароль')}`, 'latin1'),
      'charset=utf-8,',
    ],
    [
      'all in UTF-8 because one has to be (RFC 2831 2.1.2.1)',
      ...(['jürgen', 'пароль'] as const),
      utf8('jürgen'),
      md5(`jürgen:${REALM}:пароль`),
      'charset=utf-8,',
    ],
    [
      'all in UTF-8 as they are sent',
      ...(['jürgen', 'pässwörd'] as const),
      utf8('jürgen'),
      md5(`jürgen:${REALM}:pässwörd`),
      'charset=utf-8,',
    ],
    [
      'with the password in ISO-8859-1 and the name as it is sent (GNU SASL)',
      ...(['jürgen', 'pässwörd'] as const),
      utf8('jürgen'),
      md5(`${utf8('jürgen')}:${REALM}:pässwörd`, 'latin1'),
      'charset=utf-8,',
    ],
    [
      'converted one by one, and says nothing of UTF-8 (libsasl2)',
      ...(['jürgen', 'пароль'] as const),
      utf8('jürgen'),
      md5(`jürgen:${REALM}:${utf8('пароль')}`, 'latin1'),
      '',
    ],
    [
      'all in UTF-8 as they are sent, and says nothing of it',
      ...(['иван', 'pässwörd'] as const),
      utf8('иван'),
      md5(`иван:${REALM}:pässwörd`),
      '',
    ],
    [
      'in ISO-8859-1 that could be UTF-8',
      ...(['Ã¼', 'pässwörd'] as const),
      'Ã¼',
      md5(`Ã¼:${REALM}:pässwörd`, 'latin1'),
      '',
    ],
    [
      'all in ISO-8859-1 without charset',
      ...(['jürgen', 'pässwörd'] as const),
      'jürgen',
      md5(`jürgen:${REALM}:pässwörd`, 'latin1'),
      '',
    ],
    [
      'with the password in UTF-8 without charset',
      ...(['jürgen', 'pässwörd'] as const),
      'jürgen',
      md5(`jürgen:${REALM}:${utf8('pässwörd')}`, 'latin1'),
      '',
    ],
  ];
  for (const [what, name, password, sent, hashed, charset] of forms) {
    it(`log on where the client hashes them ${what}`, async () => {
      const server = await Side.server({ accounts: memoryAccounts([{ user: name, password }]) });
      const response = handmade((await server.step()).text, sent, hashed, charset);
      assert.match((await server.step(response)).text, /^rspauth=[0-9a-f]{32}$/);
      assert.equal((await server.query(SECPKG_ATTR.NAMES)).userName, `${REALM}\\${name}`);
    });
  }

  it('are sent in ISO-8859-1 to a server without charset, or not at all', async () => {
    const challenge = 'realm="x",nonce="y",algorithm=md5-sess';
    const client = await Side.client({ identity: { ...ALICE, user: 'jürgen' } });
    const { text } = await client.step(challenge);
    assert.match(text, /^username="jürgen",/);
    const ivan = await Side.client({ identity: { ...ALICE, user: 'иван' } });
    await assert.rejects(ivan.step(challenge), { code: 'SEC_E_UNKNOWN_CREDENTIALS' });
  });

  it('take the quotes and backslashes of names as they are', async () => {
    for (const name of ['al"ice', '"', 'a,b=c', 'a b', '{alice}']) {
      const accounts = memoryAccounts([{ user: name, password: PASSWORD }]);
      assert.equal(await user({ accounts }, { identity: { ...ALICE, user: name } }), `${REALM}\\${name}`);
    }
  });
});

describe('realms', () => {
  const REALMS = ['example.com', 'corp.example.com', 'TEST'];

  const choices: [
    identity: { user: string; domain?: string },
    realms: string[],
    username: string,
    realm: string | undefined,
  ][] = [
    [{ user: 'alice' }, REALMS, 'alice', 'example.com'],
    [{ user: 'alice', domain: 'TEST' }, REALMS, 'alice', 'TEST'],
    [{ user: 'alice', domain: 'test' }, REALMS, 'alice', 'TEST'],
    [{ user: 'alice', domain: 'Corp.Example.COM' }, REALMS, 'alice', 'corp.example.com'],
    [{ user: 'alice', domain: 'CORP' }, REALMS, 'alice', 'corp.example.com'],
    [{ user: 'CORP\\alice' }, REALMS, 'alice', 'corp.example.com'],
    [{ user: 'alice@corp.example.com' }, REALMS, 'alice', 'corp.example.com'],
    [{ user: 'alice@elsewhere' }, REALMS, 'alice@elsewhere', 'example.com'],
    [{ user: 'OTHER\\alice' }, REALMS, 'OTHER\\\\alice', 'example.com'],
    [{ user: 'alice', domain: 'CORP' }, [], 'CORP\\\\alice', undefined],
    [{ user: 'alice' }, [''], 'alice', ''],
    [{ user: 'alice', domain: '' }, REALMS, 'alice', 'example.com'],
  ];
  for (const [identity, realms, username, realm] of choices) {
    it(`of ${JSON.stringify(realms)}: ${JSON.stringify(identity)} takes ${JSON.stringify(realm)}`, async () => {
      const client = await Side.client({ identity: { ...ALICE, ...identity } });
      const offer = realms.map(name => `realm="${name}",`).join('');
      const { text } = await client.step(`${offer}nonce="x",algorithm=md5-sess`);
      assert(text.startsWith(`username="${username}",`), text);
      assert.equal(/,realm="(.*?)"/.exec(text)?.[1], realm);
    });
  }

  it('that do not have the domain of the credential are refused', async () => {
    const client = await Side.client({ identity: { ...ALICE, domain: 'OTHER' } });
    const leg = client.step('realm="example.com",realm="b",nonce="x",algorithm=md5-sess');
    await assert.rejects(leg, { code: 'SEC_E_UNKNOWN_CREDENTIALS', hint: /"example\.com", "b"/ });
  });

  it('are the domain of the machine where none are given', async () => {
    const host = { netbiosName: 'S', dnsName: 's.corp.example', netbiosDomain: 'CORP', dnsDomain: 'corp.example' };
    const challenge = async (names: object) => {
      const server = await Side.server({ digest: { realms: [] }, environment: { host: { ...host, ...names } } });
      return (await server.step()).text;
    };
    assert.match(await challenge({}), /^realm="corp\.example",nonce/);
    assert.match(await challenge({ dnsDomain: '', dnsName: 's' }), /^realm="s",nonce/);
  });

  it('may each be chosen', async () => {
    const digest = { realms: REALMS };
    for (const realm of REALMS) {
      assert.equal(await user({ digest }, { identity: { ...ALICE, domain: realm } }), `${realm}\\alice`);
    }
  });

  const claims: [username: string, realm: string, query: AccountQuery][] = [
    ['alice', 'realm="",', { user: 'alice', realm: 'example.com' }],
    ['alice', '', { user: 'alice', realm: 'example.com' }],
    ['alice@corp.example.com', 'realm="",', { user: 'alice', realm: 'corp.example.com' }],
    ['alice@corp.example.com', 'realm="TEST",', { user: 'alice', realm: 'corp.example.com' }],
    ['EXAMPLE\\\\alice', 'realm="",', { user: 'alice', domain: 'EXAMPLE', realm: 'example.com' }],
    ['EXAMPLE\\alice', 'realm="",', { user: 'alice', domain: 'EXAMPLE', realm: 'example.com' }],
  ];
  for (const [username, realm, query] of claims) {
    it(`may be named otherwise: username="${username}",${realm}`, async () => {
      const accounts = watched([{ user: 'alice', password: PASSWORD }]);
      const server = await Side.server({ accounts, digest: { realms: REALMS } });
      const nonce = /nonce="(.*?)"/.exec((await server.step()).text)![1]!;
      const name = username.replace(/\\+/, '\\');
      const value = /="(.*)"/.exec(realm)?.[1] ?? '';
      const ha1 = createHash('md5')
        .update(md5(`${name}:${value}:${PASSWORD}`))
        .update(`:${nonce}:x`)
        .digest('hex');
      const ha2 = createHash('md5').update('AUTHENTICATE:imap/localhost').digest('hex');
      const response = createHash('md5').update(`${ha1}:${nonce}:00000001:x:auth:${ha2}`).digest('hex');
      await server.step(
        `username="${username}",${realm}nonce="${nonce}",cnonce="x",nc="00000001",qop="auth",digest-uri="imap/localhost",response="${response}" \r\n`,
      );
      assert.deepEqual(accounts.queries.at(-1), query);
    });
  }
});
