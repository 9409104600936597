import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { channelBindings, SECBUFFER } from 'secur32/raw';
import { ALICE, ASK, answered, PASSWORD, pair, type Qop, REALM, Side } from './side.js';

type Change = (response: string) => string;

/** What a test does to a good message. */
const replace =
  (from: string | RegExp, to: string): Change =>
  message => {
    const changed = message.replace(from, to);
    assert.notEqual(changed, message, `${from} is not in ${message}`);
    return changed;
  };
const add =
  (directive: string): Change =>
  message =>
    `${message},${directive}`;
const drop = (name: string): Change => replace(new RegExp(`(^|,)${name}=("[^"]*"|[^,]*)`), '');
const twice = (name: string): Change => {
  const directive = new RegExp(`(^|,)(${name}=("[^"]*"|[^,]*))`);
  return replace(directive, '$1$2,$2');
};

interface Case {
  readonly what: string;
  readonly change: Change;
  readonly code: string;
  readonly qop?: Qop;
}

const INVALID = 'SEC_E_INVALID_TOKEN';
const DENIED = 'SEC_E_LOGON_DENIED';

const SINGLE = ['username', 'realm', 'nonce', 'cnonce', 'nc', 'qop', 'digest-uri', 'response', 'charset'];

const RESPONSES: readonly Case[] = [
  ...['username', 'nonce', 'cnonce', 'nc', 'digest-uri', 'response'].map(name => ({
    what: `without ${name}`,
    change: drop(name),
    code: INVALID,
  })),
  ...SINGLE.map(name => ({ what: `with two of ${name}`, change: twice(name), code: INVALID })),
  { what: 'with two of maxbuf', change: add('maxbuf=1000,maxbuf=1000'), code: INVALID },
  { what: 'with two of authzid', change: add('authzid="a",authzid="b"'), code: INVALID },
  { what: 'with two of cipher', change: twice('cipher'), code: INVALID, qop: 'auth-conf' },
  ...['username', 'nonce', 'cnonce', 'digest-uri'].map(name => ({
    what: `with an empty ${name}`,
    change: replace(new RegExp(`(^|,)${name}="[^"]*"`), `$1${name}=""`),
    code: INVALID,
  })),
  { what: 'with an empty authzid', change: add('authzid=""'), code: INVALID },
  { what: 'with a forged nonce', change: replace(/nonce="../, 'nonce="zz'), code: DENIED },
  { what: 'with the nonce in another case', change: message => upperNonce(message), code: DENIED },
  { what: 'with another cnonce', change: replace(/cnonce="../, 'cnonce="zz'), code: DENIED },
  { what: 'with nc=2', change: replace('nc=00000001', 'nc=00000002'), code: 'SEC_E_OUT_OF_SEQUENCE' },
  { what: 'with nc=0', change: replace('nc=00000001', 'nc=00000000'), code: 'SEC_E_OUT_OF_SEQUENCE' },
  { what: 'with a short nc', change: replace('nc=00000001', 'nc=1'), code: INVALID },
  { what: 'with a long nc', change: replace('nc=00000001', 'nc=000000001'), code: INVALID },
  { what: 'with an nc that is no number', change: replace('nc=00000001', 'nc=0000000g'), code: INVALID },
  { what: 'with a short response', change: replace(/response=../, 'response='), code: INVALID },
  { what: 'with a response that is not hex', change: replace(/response=../, 'response=0x'), code: INVALID },
  { what: 'with a long response', change: replace('response=', 'response=00'), code: INVALID },
  { what: 'with a wrong response', change: message => wrongResponse(message), code: DENIED },
  { what: 'with another user', change: replace('"alice"', '"mallory"'), code: DENIED },
  { what: 'with another realm', change: replace(`realm="${REALM}"`, 'realm="other.example"'), code: DENIED },
  { what: 'with an empty realm', change: replace(`realm="${REALM}"`, 'realm=""'), code: DENIED },
  { what: 'without the realm', change: drop('realm'), code: DENIED },
  { what: 'with another target', change: replace('imap/', 'ldap/'), code: DENIED },
  { what: 'with a target without host', change: replace(/imap\/[^"]*/, 'imap'), code: INVALID },
  { what: 'with a target without service', change: replace('imap/', '/'), code: INVALID },
  { what: 'with a target of four parts', change: replace('imap/', 'imap/a/b/'), code: INVALID },
  { what: 'with an authzid that was not hashed', change: add('authzid="root"'), code: DENIED },
  { what: 'with an authzid that is no UTF-8', change: add('authzid="\xfc"'), code: INVALID },
  { what: 'with an unknown qop', change: replace('qop=auth', 'qop=none'), code: 'SEC_E_QOP_NOT_SUPPORTED' },
  { what: 'with a qop list', change: replace('qop=auth', 'qop="auth,auth-int"'), code: 'SEC_E_QOP_NOT_SUPPORTED' },
  { what: 'with the qop in capitals', change: replace('qop=auth', 'qop=AUTH'), code: 'SEC_E_QOP_NOT_SUPPORTED' },
  {
    what: 'with a layer that was not offered',
    change: replace('qop=auth', 'qop=auth-int'),
    code: 'SEC_E_QOP_NOT_SUPPORTED',
  },
  {
    what: 'with a seal that was not offered',
    change: replace('qop=auth-int', 'qop=auth-conf,cipher=rc4'),
    code: 'SEC_E_QOP_NOT_SUPPORTED',
    qop: 'auth-int',
  },
  { what: 'with the layer taken off', change: replace('qop=auth-int', 'qop=auth'), code: DENIED, qop: 'auth-int' },
  { what: 'without the qop of its layer', change: drop('qop'), code: DENIED, qop: 'auth-int' },
  { what: 'with the seal taken off', change: replace('auth-conf', 'auth-int'), code: DENIED, qop: 'auth-conf' },
  { what: 'with a seal and no cipher', change: drop('cipher'), code: INVALID, qop: 'auth-conf' },
  ...['des', 'rc4-40', 'rc4-56', 'aes-ctr'].map(cipher => ({
    what: `with the cipher ${cipher}, which was not offered`,
    change: replace('cipher=rc4', `cipher=${cipher}`),
    code: 'SEC_E_ALGORITHM_MISMATCH',
    qop: 'auth-conf' as const,
  })),
  ...['0', '16', '16777216', '4294967297', '99999999999999999999', '-1', '1e3', '0x100', '""'].map(size => ({
    what: `with maxbuf=${size}`,
    change: add(`maxbuf=${size}`),
    code: INVALID,
  })),
  { what: 'with another charset', change: replace('charset=utf-8', 'charset=utf-16'), code: INVALID },
  { what: 'with a name that is no UTF-8', change: replace('"alice"', '"al\xfcce"'), code: INVALID },
  { what: 'with a realm that is no UTF-8', change: replace(`"${REALM}"`, '"\xfc"'), code: INVALID },
  { what: 'with a NUL in the name', change: replace('"alice"', '"alice\0"'), code: INVALID },
  { what: 'with an escaped NUL in the name', change: replace('"alice"', '"alice\\\0"'), code: INVALID },
  { what: 'with a line break in the name', change: replace('"alice"', '"alice\r\n"'), code: INVALID },
  { what: 'with an escape character in the name', change: replace('"alice"', '"al\x1bice"'), code: INVALID },
  { what: 'with a quote that does not end', change: replace('"alice"', '"alice'), code: INVALID },
  { what: 'with an escaped end of the name', change: replace('"alice"', '"alice\\"'), code: INVALID },
  {
    what: 'with a directive inside the name',
    change: replace('"alice"', '"mallory\\",username=\\"alice"'),
    code: DENIED,
  },
  { what: 'that is a challenge', change: () => 'realm="a",nonce="b",qop="auth",algorithm=md5-sess', code: INVALID },
  { what: 'that is empty', change: () => '', code: INVALID },
  { what: 'that is all commas', change: () => ','.repeat(4000), code: INVALID },
  { what: 'of 4096 bytes', change: message => add(`x="${'y'.repeat(4091 - message.length)}"`)(message), code: INVALID },
  { what: 'with 65 directives', change: add(Array(57).fill('x=y').join(',')), code: INVALID },
  { what: 'that is no text', change: () => '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', code: INVALID },
];

const CHALLENGES: readonly Case[] = [
  ...['nonce', 'algorithm'].map(name => ({ what: `without ${name}`, change: drop(name), code: INVALID })),
  ...['nonce', 'qop', 'algorithm', 'charset'].map(name => ({
    what: `with two of ${name}`,
    change: twice(name),
    code: INVALID,
  })),
  { what: 'with two of maxbuf', change: add('maxbuf=1000,maxbuf=1000'), code: INVALID },
  { what: 'with two of cipher', change: twice('cipher'), code: INVALID, qop: 'auth-conf' },
  { what: 'with an empty nonce', change: replace(/nonce="[^"]*"/, 'nonce=""'), code: INVALID },
  { what: 'with another algorithm', change: replace('md5-sess', 'md5'), code: 'SEC_E_ALGORITHM_MISMATCH' },
  { what: 'with another charset', change: replace('utf-8', 'iso-8859-1'), code: INVALID },
  { what: 'with a realm that is no UTF-8', change: replace(`"${REALM}"`, '"\xfc"'), code: INVALID },
  { what: 'with a seal and no cipher', change: drop('cipher'), code: INVALID, qop: 'auth-conf' },
  {
    what: 'with the layer taken off',
    change: replace('"auth,auth-int"', '"auth"'),
    code: 'SEC_E_QOP_NOT_SUPPORTED',
    qop: 'auth-int',
  },
  {
    what: 'with all but the weakest cipher taken off',
    change: replace('"rc4,3des"', '"des"'),
    code: 'SEC_E_ALGORITHM_MISMATCH',
    qop: 'auth-conf',
  },
  { what: 'with maxbuf=16', change: add('maxbuf=16'), code: INVALID },
  { what: 'with maxbuf=16777216', change: add('maxbuf=16777216'), code: INVALID },
  { what: 'of 2048 bytes', change: message => add(`x="${'y'.repeat(2043 - message.length)}"`)(message), code: INVALID },
  { what: 'that is a response', change: () => 'username="alice",nonce="x",nc=00000001,response=x', code: INVALID },
  { what: 'that is no text', change: () => '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', code: INVALID },
];

const PROOFS: readonly Case[] = [
  { what: 'that is empty', change: () => '', code: 'SEC_E_MUTUAL_AUTH_FAILED' },
  { what: 'of other directives', change: () => 'stale=true', code: 'SEC_E_MUTUAL_AUTH_FAILED' },
  { what: 'that is another challenge', change: () => 'nonce="y",algorithm=md5-sess', code: 'SEC_E_MUTUAL_AUTH_FAILED' },
  { what: 'of zeros', change: () => `rspauth=${'0'.repeat(32)}`, code: 'SEC_E_MUTUAL_AUTH_FAILED' },
  { what: 'given twice', change: twice('rspauth'), code: INVALID },
  { what: 'cut', change: message => message.slice(0, -1), code: INVALID },
  { what: 'with more behind it', change: message => `${message}0`, code: INVALID },
  { what: 'that is no hex', change: replace(/=./, '=x'), code: INVALID },
];

describe('a DIGEST-MD5 server', () => {
  for (const { change, code, qop = 'auth', what } of RESPONSES) {
    it(`refuses a response ${what}`, async () => {
      const server = await Side.server(ASK[qop].server);
      const response = change(await answered(qop, server));
      await assert.rejects(server.step(response), { code, syscall: 'AcceptSecurityContext' });
      await assert.rejects(server.step(response), { code: 'SEC_E_INVALID_HANDLE' }, 'the context is gone');
    });
  }

  it('takes the response of which all these are changes', async () => {
    for (const qop of ['auth', 'auth-int', 'auth-conf'] as const) await pair(qop);
  });

  it('takes one response only', async () => {
    const server = await Side.server();
    const response = await answered('auth', server);
    await assert.rejects(server.step(response.replace('"alice"', '"bob"')), { code: DENIED });
    await assert.rejects(server.step(response), { code: 'SEC_E_INVALID_HANDLE' });
  });

  it('refuses a response that was good once, in the same context and in another', async () => {
    const server = await Side.server();
    const response = await answered('auth', server);
    await server.step(response);
    await assert.rejects(server.step(response), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    const another = await Side.server();
    await another.step();
    await assert.rejects(another.step(response), { code: DENIED });
  });

  it('answers subsequent authentication with a fresh challenge', async () => {
    const old = await Side.server();
    const response = await answered('auth', old);
    const server = await Side.server();
    const challenge = await server.step(response);
    assert.match(challenge.text, /^realm="test\.example",nonce="[0-9a-f]{32}",/);
    assert(!response.includes(/nonce="[0-9a-f]+"/.exec(challenge.text)![0]), 'a new nonce');
    const junk = await Side.server();
    await assert.rejects(junk.step('hello'), { code: INVALID });
  });

  it('refuses every response that is cut short', async () => {
    for (const qop of ['auth-int', 'auth-conf'] as const) {
      const { length } = await answered(qop, await Side.server(ASK[qop].server));
      for (let end = 0; end < length; end++) {
        const server = await Side.server(ASK[qop].server);
        const cut = (await answered(qop, server)).slice(0, end);
        const codes = [INVALID, DENIED, 'SEC_E_ALGORITHM_MISMATCH', 'SEC_E_QOP_NOT_SUPPORTED'];
        await assert.rejects(server.step(cut), ({ code }) => codes.includes(code), cut);
      }
    }
  });

  it('passes over what it does not know, and what only a challenge has', async () => {
    const server = await Side.server();
    const response = await answered('auth', server);
    await server.step(`x-future="a,b",algorithm=md5-sess, opaque="o",stale=true,${response} ,\t,domain="d"\r\n`);
  });

  it('does not take channel bindings for checked', async () => {
    const data = channelBindings({ applicationData: Buffer.from('tls-server-end-point:x') });
    const server = await Side.server({ buffers: [{ type: SECBUFFER.CHANNEL_BINDINGS, data }] });
    await assert.rejects(server.step(), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
  });
});

describe('a DIGEST-MD5 client', () => {
  for (const { change, code, qop = 'auth', what } of CHALLENGES) {
    it(`refuses a challenge ${what}`, async () => {
      const server = await Side.server(ASK[qop].server);
      const client = await Side.client(ASK[qop].client);
      const challenge = change((await server.step()).text);
      await assert.rejects(client.step(challenge), { code, syscall: 'InitializeSecurityContext' });
    });
  }

  for (const { change, code, what } of PROOFS) {
    it(`refuses a proof of the server ${what}`, async () => {
      const server = await Side.server();
      const client = await Side.client();
      const response = await client.step((await server.step()).token);
      const proof = change((await server.step(response.token)).text);
      await assert.rejects(client.step(proof), { code, syscall: 'InitializeSecurityContext' });
      await assert.rejects(client.step(proof), { code: 'SEC_E_INVALID_HANDLE' }, 'the context is gone');
    });
  }

  it('refuses the proof of a server that does not know the password', async () => {
    const server = await Side.server({ accounts: memoryAccounts([{ user: 'alice', password: 'guess' }]) });
    const client = await Side.client();
    const mallory = await Side.client({ identity: { ...ALICE, password: 'guess' } });
    const challenge = await server.step();
    await client.step(challenge.token);
    const proof = await server.step((await mallory.step(challenge.token)).token);
    await assert.rejects(client.step(proof.token), { code: 'SEC_E_MUTUAL_AUTH_FAILED' });
  });

  it('refuses every proof that is cut short', async () => {
    const { length } = `rspauth=${'0'.repeat(32)}`;
    for (let end = 0; end < length; end++) {
      const server = await Side.server();
      const client = await Side.client();
      const response = await client.step((await server.step()).token);
      const cut = (await server.step(response.token)).text.slice(0, end);
      await assert.rejects(client.step(cut), ({ code }) => code === INVALID || code === 'SEC_E_MUTUAL_AUTH_FAILED');
    }
  });

  it('refuses every challenge that is cut short, but where another directive could have begun', async () => {
    const { length } = (await (await Side.server()).step()).text;
    for (let end = 1; end < length; end++) {
      const whole = (await (await Side.server()).step()).text;
      const cut = whole.slice(0, end);
      const client = await Side.client();
      if (/algorithm=md5-sess,?$/.test(cut)) assert.match((await client.step(cut)).text, /response=/);
      else
        await assert.rejects(
          client.step(cut),
          ({ code }) => code === INVALID || code === 'SEC_E_ALGORITHM_MISMATCH',
          cut,
        );
    }
  });

  it('passes over what it does not know', async () => {
    const server = await Side.server();
    const client = await Side.client();
    const challenge = (await server.step()).text;
    const response = await client.step(`opaque="x", ${challenge} , domain=y, x-future="a,b", stale=false,\r\n`);
    await server.step(response.token);
  });
});

describe('the errors of DIGEST-MD5', () => {
  it('do not tell the password or what could be computed from it', async () => {
    const server = await Side.server();
    const response = (await answered('auth', server)).replace('"alice"', '"bob"');
    const error = await server.step(response).then(
      () => assert.fail('it passed'),
      (reason: Error) => reason,
    );
    const shown = `${error.stack}${JSON.stringify(error)}${error.cause}`;
    assert.doesNotMatch(shown, new RegExp(PASSWORD));
    assert.doesNotMatch(shown, /[0-9a-f]{32}/);
  });
});

function upperNonce(message: string): string {
  return message.replace(/,nonce="([^"]*)"/, (_, nonce: string) => `,nonce="${nonce.toUpperCase()}A"`);
}

function wrongResponse(message: string): string {
  return message.replace(/response=(.)/, (_, digit: string) => `response=${digit === '0' ? '1' : '0'}`);
}
