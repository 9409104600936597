import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Credential, SaslClient, SaslServer } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ImapClient } from '#dist/cli/imap/client.js';
import type { ImapLimits } from '#dist/cli/imap/limits.js';
import { ImapServer } from '#dist/cli/imap/server.js';
import type { ImapObserver } from '#dist/cli/imap/session.js';
import { RawImap } from './raw-imap.js';

const sspi = createEngine({
  accounts: memoryAccounts([{ user: 'alice', password: 'open sesame' }]),
  digest: { realms: ['example.com'] },
});
const target = { mechanism: 'DIGEST-MD5', service: 'imap' };

describe('the IMAP server', () => {
  let inbound: Credential;
  let outbound: Credential;
  before(async () => {
    inbound = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
    const identity = { kind: 'password', user: 'alice', password: 'open sesame' } as const;
    outbound = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
  });
  after(async () => {
    await outbound.close();
    await inbound.close();
  });

  const listen = (limits: Partial<ImapLimits> = {}, observer: ImapObserver = {}): Promise<ImapServer> =>
    ImapServer.listen({
      mechanisms: ['DIGEST-MD5'],
      createSasl: mechanism => SaslServer.create({ ...target, mechanism, credential: inbound, host: 'localhost' }),
      limits,
      observe: () => observer,
    });
  const saslClient = (request?: ('integrity' | 'confidentiality')[]): Promise<SaslClient> =>
    SaslClient.create({ ...target, credential: outbound, host: 'localhost', ...(request && { request }) });

  it('greets with its capabilities and answers the commands of every state', async () => {
    await using server = await listen();
    await using client = await RawImap.connect(server.port);
    const capabilities = 'IMAP4rev2 SASL-IR LOGINDISABLED AUTH=DIGEST-MD5';
    assert.match(client.greeting, new RegExp(`^\\* OK \\[CAPABILITY ${capabilities}\\] `));
    client.write('a1 CAPABILITY\r\n');
    assert.equal(await client.read(), `* CAPABILITY ${capabilities}`);
    assert.equal(await client.read(), 'a1 OK CAPABILITY completed');
    assert.equal(await client.say('a2 noop'), 'a2 OK NOOP completed');
    assert.match(await client.say('a3 LOGIN alice secret'), /^a3 NO \[PRIVACYREQUIRED\]/);
    assert.match(await client.say('a4 SELECT INBOX'), /^a4 BAD/);
    assert.match(await client.say('a5 XYZZY'), /^a5 BAD/);
    assert.match(await client.say('a6 AUTHENTICATE PLAIN'), /^a6 NO/);
    assert.match(await client.say('a7 AUTHENTICATE DIGEST-MD5 = ='), /^a7 BAD/);
    assert.match(await client.say('a8 LOGOUT'), /^\* BYE/);
    assert.equal(await client.read(), 'a8 OK LOGOUT completed');
    assert.equal(await client.read(), '(closed)');
  });

  for (const line of ['', 'a1', '+ NOOP', 'a+ NOOP', 'a1  NOOP', 'a1 \u00e9', `${'a'.repeat(33)} NOOP`, 'a1 "NOOP"']) {
    it(`knows no command in ${JSON.stringify(line)}`, async () => {
      await using server = await listen();
      await using client = await RawImap.connect(server.port);
      client.write(`${line}\r\n`);
      assert.match(await client.read(), /^\* BAD/);
      assert.equal(await client.say('b NOOP'), 'b OK NOOP completed');
    });
  }

  for (const { request, layer } of [
    { request: undefined, layer: 'confidentiality' },
    { request: ['integrity' as const], layer: 'integrity' },
    { request: [], layer: 'none' },
  ]) {
    it(`logs a client on with layer ${layer} and goes on behind it`, async () => {
      await using server = await listen();
      const client = await ImapClient.connect({ port: server.port });
      try {
        await using sasl = await saslClient(request);
        await client.authenticate('DIGEST-MD5', sasl);
        assert.equal(sasl.layer, layer);
        assert.equal((await client.command('NOOP')).text, 'NOOP completed');
        await assert.rejects(client.command('AUTHENTICATE DIGEST-MD5'), /BAD already logged on/);
        await assert.rejects(client.command('SELECT INBOX'), /NO \[NONEXISTENT\]/);
        assert.equal((await client.command('CAPABILITY')).text, 'CAPABILITY completed');
        assert.equal((await client.command('LOGOUT')).text, 'LOGOUT completed');
        await assert.rejects(client.command('NOOP'), { name: 'ConnectionEnded' });
      } finally {
        client.close();
      }
    });
  }

  it('protects from the first byte after the tagged OK: what was sent in the clear before is no command', async () => {
    let failure: unknown;
    const ended = deferred();
    await using server = await listen(
      {},
      { failed: error => (failure = error), closed: () => ended.resolve(undefined) },
    );
    await using client = await RawImap.connect(server.port);
    await using sasl = await saslClient();
    await sasl.step();
    const challenge = await client.say('a1 AUTHENTICATE DIGEST-MD5');
    const { token: response } = await sasl.step(Buffer.from(challenge.slice(2), 'base64'));
    const proof = await client.say(Buffer.from(response!).toString('base64'));
    await sasl.step(Buffer.from(proof.slice(2), 'base64'));
    client.write('\r\na2 NOOP\r\n');
    assert.equal(await client.read(), 'a1 OK logged on');
    assert.equal(await client.read(), '(closed)');
    await ended.promise;
    assert.equal((failure as { code?: string }).code, 'SEC_E_INVALID_TOKEN');
  });

  describe('during a logon', () => {
    for (const { what, line, answer } of [
      { what: 'a cancelled one', line: '*', answer: /^a1 BAD .*cancelled/ },
      { what: 'what is not base64', line: '???', answer: /^a1 BAD .*base64/ },
      { what: 'base64 that is not canonical', line: 'YQ', answer: /^a1 BAD .*base64/ },
      { what: 'an empty response', line: '', answer: /^a1 NO \[AUTHENTICATIONFAILED\] SEC_E_/ },
      {
        what: 'a response of another mechanism',
        line: 'AGFsaWNlAHNlY3JldA==',
        answer: /^a1 NO \[AUTHENTICATIONFAILED\] SEC_E_INVALID_TOKEN/,
      },
    ]) {
      it(`refuses ${what}, and takes the next command`, async () => {
        await using server = await listen();
        await using client = await RawImap.connect(server.port);
        assert.match(await client.say('a1 AUTHENTICATE digest-md5'), /^\+ \S/);
        assert.match(await client.say(line), answer);
        assert.match(await client.say('a2 SELECT INBOX'), /^a2 BAD/);
      });
    }

    it('refuses an initial response where the server speaks first', async () => {
      await using server = await listen();
      await using client = await RawImap.connect(server.port);
      assert.match(await client.say('a1 AUTHENTICATE DIGEST-MD5 dXNlcm5hbWU9ImFsaWNlIg=='), /^a1 (?:NO|BAD) /);
      assert.match(await client.say('a2 AUTHENTICATE DIGEST-MD5 ==='), /^a2 BAD .*base64/);
    });

    it('says goodbye after the third failure', async () => {
      await using server = await listen();
      await using client = await RawImap.connect(server.port);
      for (const tag of ['a1', 'a2', 'a3']) {
        await client.say(`${tag} AUTHENTICATE DIGEST-MD5`);
        assert.match(await client.say('*'), new RegExp(`^${tag} BAD`));
      }
      assert.match(await client.read(), /^\* BYE/);
      assert.equal(await client.read(), '(closed)');
    });
  });

  describe('within its limits', () => {
    it('ends a connection whose line is too long, before it is whole', async () => {
      await using server = await listen({ lineLength: 1000 });
      await using client = await RawImap.connect(server.port);
      assert.equal(await client.say(`a1 NOOP ${' '.repeat(992)}`), 'a1 OK NOOP completed');
      client.write('a'.repeat(1002));
      assert.match(await client.read(), /^\* BYE .*too long/);
      assert.equal(await client.read(), '(closed)');
    });

    it('ends a connection whose lines end in LF alone', async () => {
      await using server = await listen();
      await using client = await RawImap.connect(server.port);
      client.write('a1 NOOP\n');
      assert.match(await client.read(), /^\* BYE .*CRLF/);
      assert.equal(await client.read(), '(closed)');
    });

    it('turns the connection away that is one too many, and takes the next when one has gone', async () => {
      const closed = deferred();
      await using server = await listen({ connections: 1 }, { closed: () => closed.resolve(undefined) });
      const first = await RawImap.connect(server.port);
      await using second = await RawImap.connect(server.port);
      assert.match(second.greeting, /^\* BYE \[LIMIT\]/);
      assert.equal(await second.read(), '(closed)');
      assert.match(await first.say('a1 LOGOUT'), /^\* BYE/);
      first.socket.end();
      await closed.promise;
      await using third = await RawImap.connect(server.port);
      assert.match(third.greeting, /^\* OK/);
    });

    it('ends a connection that does not log on in time', async () => {
      const failed = deferred();
      await using server = await listen({ logonTime: 20 }, { failed: failed.resolve });
      await using client = await RawImap.connect(server.port);
      assert.equal(await client.read(), '(closed)');
      assert.match(String(await failed.promise), /no logon in time/);
    });

    it('ends a connection that idles', async () => {
      const failed = deferred();
      await using server = await listen({ idleTime: 20 }, { failed: failed.resolve });
      await using client = await RawImap.connect(server.port);
      assert.equal(await client.read(), '(closed)');
      assert.match(String(await failed.promise), /idle/);
    });

    it('ends the connections that are left when it closes', async () => {
      const server = await listen();
      await using client = await RawImap.connect(server.port);
      await server.close();
      assert.equal(await client.read(), '(closed)');
    });
  });
});

describe('the IMAP client', () => {
  it('does not believe a server that says OK before it has proved itself', async () => {
    const impostor = createServer(socket => {
      socket.write('* OK [CAPABILITY IMAP4rev2 AUTH=DIGEST-MD5] trust me\r\n');
      const challenge = 'realm="example.com",nonce="abc",qop="auth",algorithm=md5-sess,charset=utf-8';
      const answers = [`+ ${Buffer.from(challenge).toString('base64')}`, 'a1 OK welcome'];
      socket.on('data', () => socket.write(`${answers.shift()}\r\n`));
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const { port } = impostor.address() as { port: number };
    const identity = { kind: 'password', user: 'alice', password: 'open sesame' } as const;
    await using credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
    await using sasl = await SaslClient.create({ ...target, credential, host: 'localhost', request: [] });
    const client = await ImapClient.connect({ port });
    await assert.rejects(client.authenticate('DIGEST-MD5', sasl), { name: 'ProtocolError' });
    client.close();
    impostor.close();
  });

  it('cancels a logon that its own side gives up', async () => {
    const lines: string[] = [];
    const server = createServer(socket => {
      socket.write('* OK hello\r\n');
      const answers = ['+ bm90IGEgY2hhbGxlbmdl', 'a1 BAD cancelled'];
      socket.on('data', chunk => {
        lines.push(chunk.toString());
        socket.write(`${answers.shift()}\r\n`);
      });
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const identity = { kind: 'password', user: 'alice', password: 'open sesame' } as const;
    await using credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
    await using sasl = await SaslClient.create({ ...target, credential, host: 'localhost' });
    const client = await ImapClient.connect({ port });
    await assert.rejects(client.authenticate('DIGEST-MD5', sasl), { code: 'SEC_E_INVALID_TOKEN' });
    assert.deepEqual(lines, ['a1 AUTHENTICATE DIGEST-MD5\r\n', '*\r\n']);
    client.close();
    server.close();
  });
});

function deferred(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve!: (value: unknown) => void;
  const promise = new Promise(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}
