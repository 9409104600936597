import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR } from 'secur32/raw';
import { type Algorithm, algorithmNamed } from '#dist/engine/digest/http/algorithms.js';
import { parseAuthorization } from '#dist/engine/digest/http/authorization.js';
import { requestDigest, userHash } from '#dist/engine/digest/http/computation.js';
import { decodeExtValue, encodeExtValue } from '#dist/engine/digest/http/ext-value.js';
import { provenUserHash } from '#dist/engine/digest/http/proof.js';
import { Client, directive, REALM, Server } from './http-pair.js';

const JUERGEN = { user: 'jürgen', password: 'pässwörd' };
const octets = (text: string, encoding: BufferEncoding) => Buffer.from(text, encoding).toString('latin1');

/** An Authorization by a client that hashes and sends its name and its password in encodings of its own. */
function authorization(challenge: string, sent: string, hashedUser: string, hashedPassword: string): string {
  const algorithm = algorithmNamed('SHA-256');
  const hash = userHash(algorithm, hashedUser, REALM, hashedPassword);
  const nonce = directive(challenge, 'nonce')!;
  const opaque = directive(challenge, 'opaque')!;
  const input = { nonce, nc: '00000001', cnonce: 'c', qop: 'auth', method: 'GET', uri: '/', entityHash: '' } as const;
  const response = requestDigest(algorithm, hash, input);
  return `${sent}, realm="${REALM}", nonce="${nonce}", uri="/", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c", response="${response}", opaque="${opaque}"`;
}

describe('HTTP Digest: names', () => {
  const people = [
    JUERGEN,
    { user: 'иван', password: 'пароль' },
    { user: 'a"\\', password: '"\\' },
    { user: 'a:b', password: ':' },
  ];
  for (const person of people) {
    it(`${person.user} logs on`, async () => {
      const server = await Server.create({ accounts: memoryAccounts([person]) });
      const client = await Client.create(person);
      const { context } = await server.accept({ token: await client.answer(await server.challenges()) });
      const names = await server.sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES);
      assert.equal(names.userName, person.user);
    });
  }

  const { user, password } = JUERGEN;
  const FORMS: readonly (readonly [string, string, string, string])[] = [
    [
      'UTF-8 throughout (RFC 7616)',
      `username="${octets(user, 'utf8')}"`,
      octets(user, 'utf8'),
      octets(password, 'utf8'),
    ],
    [
      'ISO-8859-1 throughout (RFC 2617)',
      `username="${octets(user, 'latin1')}"`,
      octets(user, 'latin1'),
      octets(password, 'latin1'),
    ],
    [
      'sent in UTF-8, hashed in ISO-8859-1 (RFC 2831, Windows)',
      `username="${octets(user, 'utf8')}"`,
      octets(user, 'latin1'),
      octets(password, 'latin1'),
    ],
    ['username*', "username*=UTF-8''j%C3%BCrgen", octets(user, 'utf8'), octets(password, 'utf8')],
    ['username* with a language', "username*=utf-8'de'j%c3%bcrgen", octets(user, 'utf8'), octets(password, 'utf8')],
  ];
  for (const [name, sent, hashedUser, hashedPassword] of FORMS) {
    it(`takes ${name}`, async () => {
      const server = await Server.create({ accounts: memoryAccounts([JUERGEN]) });
      const [challenge = ''] = await server.challenges();
      const token = authorization(challenge, sent, hashedUser, hashedPassword);
      assert.equal((await server.accept({ token })).status, 0);
    });
  }

  it('takes DOMAIN\\user with and without the escape', async () => {
    const accounts = memoryAccounts([{ user: 'alice', domain: 'EXAMPLE', password: 'pw' }]);
    for (const sent of ['username="EXAMPLE\\\\alice"', 'username="EXAMPLE\\alice"']) {
      const server = await Server.create({ accounts });
      const [challenge = ''] = await server.challenges();
      const token = authorization(challenge, sent, 'EXAMPLE\\alice', 'pw');
      const { context } = await server.accept({ token });
      const names = await server.sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES);
      assert.equal(names.userName, 'EXAMPLE\\alice');
    }
  });

  it('gives the store the name as it is', async () => {
    const asked: unknown[] = [];
    const server = await Server.create({ accounts: { find: query => void asked.push(query) } });
    const client = await Client.create({ user: "' OR 1=1 --", password: 'x' });
    await assert.rejects(server.accept({ token: await client.answer(await server.challenges()) }));
    assert.deepEqual(asked, [{ user: "' OR 1=1 --", realm: REALM }]);
  });

  it('reads and writes RFC 8187', () => {
    for (const text of ['', 'alice', 'Jäsøn Doe', '€ rates', "it's 100%", '😀']) {
      assert.equal(decodeExtValue(encodeExtValue(text)), text);
    }
    assert.equal(encodeExtValue('Jäsøn Doe'), "UTF-8''J%C3%A4s%C3%B8n%20Doe");
    for (const bad of [
      '',
      'alice',
      "UTF-8'alice",
      "UTF-16''alice",
      "UTF-8''%",
      "UTF-8''%4",
      "UTF-8''%4g",
      "UTF-8''%c3",
    ]) {
      assert.equal(decodeExtValue(bad), undefined, bad);
    }
  });

  it('cost a refusal the same work, whoever there is', () => {
    const algorithm = algorithmNamed('SHA-256');
    const stored = { algorithm: 'SHA-256', realm: REALM, hash: new Uint8Array(32) } as const;
    const accounts = [
      undefined,
      { user: 'alice', password: 'password' },
      { user: 'alice', password: 'pässwörd' },
      { user: 'alice', password: 'пароль' },
      { user: 'alice', password: '\ud800' },
      { user: 'alice', digestHashes: [stored] },
      { user: 'alice', ntHash: new Uint8Array(16) },
    ];
    const input = { nonce: 'n', nc: '00000001', cnonce: 'c', qop: 'auth', method: 'GET', uri: '/' } as const;
    const response = '0'.repeat(64);
    for (const user of ['alice', 'jürgen', 'иван']) {
      const username = octets(user, 'utf8');
      const authorization = parseAuthorization(
        `username="${username}", realm="${REALM}", nonce="n", uri="/", response="${response}", qop=auth, nc=00000001, cnonce="c"`,
      );
      for (const account of accounts) {
        let hashes = 0;
        const counting: Algorithm = {
          ...algorithm,
          hash(...parts) {
            hashes += 1;
            return algorithm.hash(...parts);
          },
        };
        const proven = provenUserHash(account, authorization, counting, { ...input, entityHash: '' });
        assert.deepEqual([proven, hashes], [undefined, 12], `${user}: ${JSON.stringify(account)}`);
      }
    }
  });
});
