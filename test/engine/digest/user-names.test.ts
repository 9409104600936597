import assert from 'node:assert/strict';
import { accountQuery } from '#dist/engine/digest/user-names.js';

const REALMS = ['example.com', 'corp.example.com'];

describe('the account that a user name means', () => {
  const names: [name: string, realm: string, query: object][] = [
    ['alice', 'corp.example.com', { user: 'alice', realm: 'corp.example.com' }],
    ['alice', '', { user: 'alice', realm: 'example.com' }],
    ['CORP\\alice', 'example.com', { user: 'alice', domain: 'CORP', realm: 'example.com' }],
    ['CORP\\alice', '', { user: 'alice', domain: 'CORP', realm: 'example.com' }],
    [
      'CORP.example.com\\alice',
      'example.com',
      { user: 'alice', domain: 'CORP.example.com', realm: 'corp.example.com' },
    ],
    ['alice@corp.example.com', '', { user: 'alice', realm: 'corp.example.com' }],
    ['alice@CORP.example.com', 'example.com', { user: 'alice', realm: 'corp.example.com' }],
    ['alice@elsewhere.example', '', { user: 'alice@elsewhere.example', realm: 'example.com' }],
    ['a@b@example.com', '', { user: 'a@b', realm: 'example.com' }],
    ['@example.com', '', { user: '@example.com', realm: 'example.com' }],
    ['\\alice', '', { user: '\\alice', realm: 'example.com' }],
    ['CORP\\', '', { user: 'CORP\\', realm: 'example.com' }],
    ['a\\b\\c', '', { user: 'b\\c', domain: 'a', realm: 'example.com' }],
  ];
  for (const [name, realm, query] of names) {
    it(`${name} in realm ${JSON.stringify(realm)}`, () => assert.deepEqual(accountQuery(name, realm, REALMS), query));
  }
});
