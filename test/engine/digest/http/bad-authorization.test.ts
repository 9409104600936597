import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { ASC_REQ, SEC_I, type SspiError } from 'secur32/raw';
import {
  ALICE,
  Client,
  Clock,
  directive,
  REALM,
  type RequestParts,
  Server,
  textsOf,
  tokenBuffer,
} from './http-pair.js';

interface BadCase {
  readonly name: string;
  readonly change: (token: string) => string;
  readonly request?: RequestParts;
  readonly code: string;
}

const set = (name: string, value: string) => (token: string) =>
  token.replace(new RegExp(`(^|, )${name}=("[^"]*"|[^,]*)`), `$1${name}=${value}`);
const drop = (name: string) => (token: string) => token.replace(new RegExp(`(^|, )${name}=("[^"]*"|[^,]*)`), '');
const append = (text: string) => (token: string) => `${token}, ${text}`;

const REQUIRED = ['username', 'realm', 'nonce', 'uri', 'response', 'nc', 'cnonce'];
const ALL = [...REQUIRED, 'qop', 'algorithm', 'opaque'];

/** Refused without a challenge: the request makes no sense. */
const MALFORMED: readonly Omit<BadCase, 'code'>[] = [
  ...ALL.map(name => ({ name: `two directives ${name}`, change: (token: string) => `${token}, ${name}="x"` })),
  { name: 'the same unknown directive twice', change: append('x=1, x=2') },
  { name: 'the same directive in another case', change: append('USERNAME="alice"') },
  ...REQUIRED.map(name => ({ name: `no ${name}`, change: drop(name) })),
  ...['0', '1', '00000000', '0000000g', '000000001', '+0000001', '0x000001', '-0000001'].map(nc => ({
    name: `nc=${nc}`,
    change: set('nc', nc),
  })),
  { name: 'the word Digest before the parameters', change: token => `Digest ${token}` },
  { name: 'no closing quote', change: token => token.slice(0, -1) },
  { name: 'a backslash at the end', change: append('x="\\') },
  { name: 'text behind a quoted string', change: set('username', '"alice"x') },
  { name: 'two quoted strings side by side', change: set('username', '"alice" "bob"') },
  { name: 'an unquoted value with a separator', change: set('uri', '/') },
  { name: 'an empty unquoted value', change: set('username', '') },
  { name: 'a semicolon in place of a comma', change: token => token.replace(',', ';') },
  { name: 'a name without a value', change: append('x') },
  { name: 'a value without a name', change: append('=x') },
  { name: 'more than 64 directives', change: append(Array.from({ length: 60 }, (_, i) => `x${i}=1`).join()) },
  { name: 'more than 8 KiB', change: token => `${token}, x="${'x'.repeat(8192 - token.length)}"` },
  { name: 'username and username*', change: append("username*=UTF-8''alice") },
  {
    name: 'username* in quotes',
    change: token => set('username\\*', `"UTF-8''alice"`)(token.replace('username', 'username*')),
  },
  ...[
    "UTF-8''%61lice%",
    "UTF-8''%6",
    "UTF-8''%zz",
    "ISO-8859-1''alice",
    'alice',
    "UTF-8''%ff",
    "UTF-8''a%00b",
    "UTF-8''a%0d%0ab",
    "UTF-8''a%c2%85b",
  ].map(value => ({
    name: `username*=${value}`,
    change: (token: string) => drop('username')(token).replace(/^(, )?/, `username*=${value}, `),
  })),
  { name: 'a hashed name that nobody has asked for', change: append('userhash=true') },
  { name: 'userhash that is neither true nor false', change: append('userhash=1') },
  ...[0, 1, 7, 8, 10, 13, 27, 31, 127].map(code => ({
    name: `the control character ${code} in the user name`,
    change: set('username', `"ali${String.fromCharCode(code)}ce"`),
  })),
  { name: 'a control character of UTF-8 in the user name', change: set('username', '"ali\u00c2\u0085ce"') },
];

/** Refused with a challenge to try again. */
const REFUSED: readonly BadCase[] = [
  { name: 'a wrong response', change: set('response', `"${'0'.repeat(64)}"`), code: 'SEC_E_LOGON_DENIED' },
  { name: 'a response that is too short', change: set('response', '"00"'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'no response', change: set('response', '""'), code: 'SEC_E_LOGON_DENIED' },
  {
    name: 'a response in upper case',
    change: token => token.replace(/response="[^"]*"/, found => `response="${found.slice(10, -1).toUpperCase()}"`),
    code: 'SEC_E_LOGON_DENIED',
  },
  { name: 'another user', change: set('username', '"bob"'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'a user name with a comma', change: set('username', '"alice, realm=x"'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'an empty user name', change: set('username', '""'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'another realm', change: set('realm', '"elsewhere"'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'another cnonce', change: set('cnonce', '"x"'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'another nonce count', change: set('nc', '00000002'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'another nonce', change: set('nonce', '"x"'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'the other algorithm that was offered', change: set('algorithm', 'MD5'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'no algorithm, which is MD5', change: drop('algorithm'), code: 'SEC_E_LOGON_DENIED' },
  { name: 'an algorithm that was not offered', change: set('algorithm', 'MD5-sess'), code: 'SEC_E_ALGORITHM_MISMATCH' },
  { name: 'an algorithm that there is not', change: set('algorithm', 'SHA'), code: 'SEC_E_ALGORITHM_MISMATCH' },
  { name: 'a qop that was not offered', change: set('qop', 'auth-int'), code: 'SEC_E_QOP_NOT_SUPPORTED' },
  { name: 'a qop of SASL', change: set('qop', 'auth-conf'), code: 'SEC_E_QOP_NOT_SUPPORTED' },
  { name: 'no qop, as in RFC 2069', change: drop('qop'), code: 'SEC_E_QOP_NOT_SUPPORTED' },
  { name: 'another method', change: token => token, request: { method: 'DELETE' }, code: 'SEC_E_LOGON_DENIED' },
];

describe('HTTP Digest: bad Authorizations', () => {
  let server: Server;
  let client: Client;
  let token: string;
  const target = '/dir/index.html';

  beforeEach(async () => {
    server = await Server.create();
    client = await Client.create();
    token = await client.answer(await server.challenges(), { target });
  });

  /** What a change was refused with, after which the good Authorization must still be taken. */
  async function refusalOf({ change, request }: Omit<BadCase, 'code'>): Promise<SspiError> {
    const changed = change(token);
    const refused = await server.accept({ target, ...request, token: changed }).then(
      ({ status }) => assert.fail(`status ${status}`),
      (error: SspiError) => error,
    );
    assert.equal((await server.accept({ target, token })).status, 0);
    return refused;
  }

  for (const entry of MALFORMED) {
    it(`${entry.name}: SEC_E_INVALID_TOKEN`, async () => {
      const error = await refusalOf(entry);
      assert.equal(error.code, 'SEC_E_INVALID_TOKEN');
      assert.equal(error.token, undefined);
    });
  }

  for (const entry of REFUSED) {
    it(`${entry.name}: ${entry.code}, with a challenge`, async () => {
      const error = await refusalOf(entry);
      assert.equal(error.code, entry.code);
      const challenge = Buffer.from(error.token!).toString('latin1');
      assert.equal(directive(challenge, 'stale'), undefined);
      assert.equal((await server.accept({ target, token: await client.answer([challenge], { target }) })).status, 0);
    });
  }

  it('refuses every strict prefix', async () => {
    // An Authorization may do without opaque, the last directive: a client that has none to send back has none.
    const whole = drop('opaque')(token);
    for (let length = 1; length < whole.length; length++) {
      await assert.rejects(server.accept({ target, token: whole.slice(0, length) }), { code: 'SEC_E_INVALID_TOKEN' });
    }
    assert.equal((await server.accept({ target, token: whole })).status, 0);
  });

  it('takes no nonce with any character changed', async () => {
    const nonce = directive(token, 'nonce')!;
    for (let at = 0; at < nonce.length; at++) {
      const other = nonce[at] === 'A' ? 'B' : 'A';
      const forged = token.replace(nonce, `${nonce.slice(0, at)}${other}${nonce.slice(at + 1)}`);
      await assert.rejects(server.accept({ target, token: forged }), { code: 'SEC_E_LOGON_DENIED' });
    }
  });

  it('answers a right digest over a forged nonce with stale=true and nothing more', async () => {
    const [challenge = ''] = await server.challenges();
    const forgeries = [
      challenge.replace(/nonce="[^"]*"/, 'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'),
      challenge.replace(/nonce="(.)/, (_, first) => `nonce="${first === 'A' ? 'B' : 'A'}`),
      challenge.replace('algorithm=SHA-256', 'algorithm=MD5'),
    ];
    for (const forgery of forgeries) {
      const { status, output } = await server.accept({ token: await client.answer([forgery]) });
      assert.equal(status, SEC_I.CONTINUE_NEEDED);
      assert.equal(directive(textsOf(output)[0]!, 'stale'), 'true');
    }
  });

  it('does not say stale for a wrong password, however old the nonce', async () => {
    const clock = new Clock();
    const old = await Server.create({ environment: clock.environment });
    const wrong = await (await Client.create({ ...ALICE, password: 'x' })).answer(await old.challenges());
    clock.pass(3600);
    await assert.rejects(old.accept({ token: wrong }), (error: SspiError) => {
      assert.equal(error.code, 'SEC_E_LOGON_DENIED');
      assert.equal(directive(Buffer.from(error.token!).toString('latin1'), 'stale'), undefined);
      return true;
    });
  });

  it('binds a nonce to what it was offered with', async () => {
    const nonceKey = new Uint8Array(32).fill(1);
    const strict = await Server.create({ digest: { nonceKey, httpQop: ['auth-int'] } });
    const lax = await Server.create({ digest: { nonceKey, httpQop: ['auth', 'auth-int'] } });
    const [challenge = ''] = await strict.challenges();
    const downgraded = await client.answer([challenge.replace('auth-int', 'auth')]);
    await assert.rejects(strict.accept({ token: downgraded }), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    assert.equal((await lax.accept({ token: downgraded })).status, SEC_I.CONTINUE_NEEDED);
  });

  it('says the same of an unknown user, a disabled one, one without a usable password, and a wrong password', async () => {
    const accounts = memoryAccounts([
      ALICE,
      { user: 'carol', password: 'pw', disabled: true },
      { user: 'dave', ntHash: new Uint8Array(16) },
    ]);
    const strict = await Server.create({ accounts });
    for (const user of ['nobody', 'carol', 'dave', 'alice']) {
      const mallory = await Client.create({ user, password: 'pw' });
      const attempt = strict.accept({ token: await mallory.answer(await strict.challenges()) });
      await assert.rejects(attempt, (error: SspiError) => {
        assert.equal(error.code, 'SEC_E_LOGON_DENIED');
        assert.equal(error.message.includes(user), false);
        assert.ok(error.token);
        return true;
      });
    }
  });

  it('compares the uri with the target of the request', async () => {
    for (const other of ['/dir/index.htm', '/dir/index.html?', '//dir/index.html', '/DIR/index.html', '*']) {
      await assert.rejects(server.accept({ target: other, token }), { code: 'SEC_E_MESSAGE_ALTERED' });
    }
    assert.equal((await server.accept({ target: `http://example.com${target}`, token })).status, 0);
  });

  it('takes one Authorization at a time, and wants to know the method', async () => {
    await assert.rejects(server.acceptBuffers([tokenBuffer(token), tokenBuffer(token)]), {
      code: 'SEC_E_INVALID_TOKEN',
    });
    await assert.rejects(server.accept({ token, method: '' }), { code: 'SEC_E_INVALID_PARAMETER' });
    await assert.rejects(server.accept({ token, method: 'GET /' }), { code: 'SEC_E_INVALID_PARAMETER' });
    await assert.rejects(server.accept({ realm: 'Zürich' }), { code: 'SEC_E_INVALID_PARAMETER' });
    await assert.rejects(server.accept({ realm: 'a\r\nb' }), { code: 'SEC_E_INVALID_PARAMETER' });
    await assert.rejects(server.accept({}, ASC_REQ.CONFIDENTIALITY), { code: 'SEC_E_SECURITY_QOS_FAILED' });
  });

  it('takes 8 KiB, quoted and unquoted values, any case of names and algorithms, and empty elements', async () => {
    const odd = token
      .replace('username=', 'UserName =\t')
      .replace('algorithm=SHA-256', 'Algorithm="sha-256"')
      .replace('qop=auth', 'qop="auth"')
      .replace('nc=00000001', 'nc="00000001"')
      .replaceAll(', ', ' ,, ');
    const padded = `${odd}, x="${'x'.repeat(8192 - odd.length - 6)}"`;
    assert.equal(padded.length, 8192);
    assert.equal((await server.accept({ target, token: padded })).status, 0);
  });

  it('names nobody of another realm', async () => {
    const challenges = await server.challenges({ realm: 'other' });
    const foreign = await client.answer(challenges);
    await assert.rejects(server.accept({ token: foreign, realm: REALM }), { code: 'SEC_E_LOGON_DENIED' });
  });
});
