import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server as WebServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EngineOptions, type HttpDigestAlgorithm, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, ISC_REQ, ISC_RET, SEC_E } from 'secur32/raw';
import { digestServer } from '../../examples/http-digest-server.js';
import { Client, Clock, directive, Server, textsOf } from '../engine/digest/http/http-pair.js';
import { type Account, accounts, alice, bob, ivan, juergen, REALM } from '../peers/accounts.js';
import { CyrusDatabase } from '../peers/cyrus/cyrus-database.js';
import { CyrusPeer, SSF } from '../peers/cyrus/cyrus-peer.js';
import { Apache } from '../peers/http/apache.js';
import { curl } from '../peers/http/curl.js';
import { Lighttpd } from '../peers/http/lighttpd.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';

/** The example's web server on a loopback port. */
class OurServer implements AsyncDisposable {
  readonly origin: string;
  readonly #server: WebServer;

  private constructor(server: WebServer) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(options: EngineOptions = {}): Promise<OurServer> {
    const digest = { realms: [REALM], ...options.digest };
    const server = await digestServer({ accounts: memoryAccounts(accounts), ...options, digest });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new OurServer(server);
  }

  /** Sends those who have logged on from one path to another. */
  redirect(paths: Readonly<Record<string, string>>): void {
    this.#server.prependListener('request', ({ url = '' }, response) => {
      const location = paths[url];
      if (location === undefined) return;
      response.statusCode = 302;
      response.setHeader('location', location);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('HTTP Digest: curl against our server', () => {
  requirePeer('curl');

  const ALGORITHMS: readonly HttpDigestAlgorithm[] = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'];
  for (const algorithm of ALGORITHMS) {
    it(`${algorithm}: logs on`, async () => {
      await using server = await OurServer.start({ digest: { httpAlgorithms: [algorithm] } });
      const { status, body, authorizations } = await curl({ url: `${server.origin}/a?b=c`, ...alice });
      assert.equal(status, 200);
      assert.equal(body, 'hello alice\n');
      assert.match(authorizations[0]!, new RegExp(`algorithm=${algorithm}(,|$)`));
    });
  }

  it('takes SHA-256 where both are offered', async () => {
    await using server = await OurServer.start();
    const { status, authorizations } = await curl({ url: server.origin, ...alice });
    assert.equal(status, 200);
    assert.match(authorizations[0]!, /algorithm=SHA-256(,|$)/);
  });

  it('sends a hashed name where the server asks for one', async () => {
    await using server = await OurServer.start({ digest: { httpUserhash: true } });
    const { body, authorizations } = await curl({ url: server.origin, ...alice });
    assert.equal(body, 'hello alice\n');
    assert.match(authorizations[0]!, /userhash=true/);
  });

  for (const { user, password } of [juergen, ivan]) {
    it(`logs ${user} on`, async () => {
      await using server = await OurServer.start();
      assert.equal((await curl({ url: server.origin, user, password })).body, `hello ${user}\n`);
    });
  }

  it('sends request after request under one nonce', async () => {
    await using server = await OurServer.start();
    server.redirect({ '/1': '/2', '/2': '/3', '/3': '/4' });
    const { responses, authorizations } = await curl({ url: `${server.origin}/1`, ...alice, args: ['--location'] });
    assert.deepEqual(
      responses.map(({ status }) => status),
      [401, 302, 302, 302, 200],
    );
    const counts = authorizations.map(text => directive(text.replace('Digest ', ''), 'nc'));
    assert.deepEqual(counts, ['00000001', '00000002', '00000003', '00000004']);
    assert.equal(new Set(authorizations.map(text => directive(text, 'nonce'))).size, 1);
  });

  it('takes a new nonce when the server says that the old one is stale', async () => {
    const clock = new Clock();
    let lookUps = 0;
    const find = ({ user }: { user: string }) => {
      lookUps += 1;
      // An hour passes while the first Authorization is looked at.
      if (lookUps === 1) clock.pass(3600);
      return accounts.find(account => account.user === user);
    };
    await using server = await OurServer.start({ environment: clock.environment, accounts: { find } });
    const { responses, body } = await curl({ url: server.origin, ...alice });
    assert.deepEqual(
      responses.map(({ status }) => status),
      [401, 401, 200],
    );
    assert.match(responses[1]!.headers.get('www-authenticate')!, /stale=true/);
    assert.equal(body, 'hello alice\n');
  });

  it('is refused with a wrong password, and for an unknown user', async () => {
    await using server = await OurServer.start();
    for (const who of [
      { user: 'alice', password: 'wrong' },
      { user: 'nobody', password: 'pw-alice' },
    ]) {
      const { responses } = await curl({ url: server.origin, ...who });
      assert.deepEqual(
        responses.map(({ status }) => status),
        [401, 401],
      );
    }
  });
});

/** What a web client does: asks, answers the challenges of a 401, and then signs each request. */
class WebClient {
  readonly #client: Client;
  #context: Awaited<ReturnType<Client['initialize']>>['context'] | undefined;
  readonly statuses: number[] = [];

  private constructor(client: Client) {
    this.#client = client;
  }

  static async as(account: Account, options: EngineOptions = {}): Promise<WebClient> {
    return new WebClient(await Client.create(account, options));
  }

  /** The body of the last response. */
  async fetch(origin: string, target: string): Promise<string> {
    let authorization = this.#context && this.#client.sign(this.#context, { target });
    for (;;) {
      const headers = authorization ? { authorization: `Digest ${authorization}` } : {};
      const response = await fetch(origin + target, { headers });
      this.statuses.push(response.status);
      if (response.status !== 401) return response.text();
      const challenges = challengesOf(response.headers.get('www-authenticate') ?? '');
      const leg = await this.#client.initialize(challenges, { target }, 0, this.#context);
      this.#context = leg.context;
      authorization = textsOf(leg.output)[0];
    }
  }
}

/** Fetch joins the fields of a name with commas; a new challenge begins with the word `Digest`. */
function challengesOf(field: string): string[] {
  return field
    .split(/(?:^|, )Digest /)
    .filter(Boolean)
    .map(text => text.trim());
}

describe('HTTP Digest: our client against Apache', () => {
  requirePeer('apache');
  const apache = usePeer(() => Apache.start({ nonceLifetime: 1 }));

  for (const account of accounts) {
    it(`logs ${account.user} on`, async () => {
      const client = await WebClient.as(account);
      const { origin, digestPath } = apache();
      assert.match(await client.fetch(origin, digestPath), /hello digest/);
      assert.match(await client.fetch(origin, digestPath), /hello digest/);
      assert.deepEqual(client.statuses, [401, 200, 200]);
    });
  }

  it('takes a new nonce when the old one is stale', async () => {
    const { origin, digestPath } = apache();
    const client = await WebClient.as(bob);
    await client.fetch(origin, digestPath);
    await new Promise(resolve => setTimeout(resolve, 2100));
    assert.match(await client.fetch(origin, digestPath), /hello digest/);
    assert.deepEqual(client.statuses, [401, 200, 401, 200]);
  });

  it('gives up with a wrong password', async () => {
    const client = await WebClient.as({ user: 'alice', password: 'wrong' });
    const { origin, digestPath } = apache();
    await assert.rejects(client.fetch(origin, digestPath), { code: 'SEC_E_LOGON_DENIED' });
  });
});

describe('HTTP Digest: our client against lighttpd', () => {
  requirePeer('lighttpd');
  const lighttpd = usePeer(() => Lighttpd.start());

  const PAGES = ['md5Path', 'sha256Path', 'sha512Path', 'bothPath', 'userhashPath'] as const;
  for (const page of PAGES) {
    for (const account of [alice, juergen, ivan]) {
      it(`${page}: logs ${account.user} on`, async () => {
        const client = await WebClient.as(account);
        const { origin } = lighttpd();
        assert.match(await client.fetch(origin, lighttpd()[page]), /hello/);
        assert.match(await client.fetch(origin, lighttpd()[page]), /hello/);
        assert.deepEqual(client.statuses, [401, 200, 200]);
      });
    }
  }

  it('does not answer a server that has MD5 only, if policy asks for more', async () => {
    const client = await WebClient.as(alice, { digest: { httpAlgorithms: ['SHA-256'] } });
    await assert.rejects(client.fetch(lighttpd().origin, lighttpd().md5Path), { code: 'SEC_E_ALGORITHM_MISMATCH' });
  });
});

describe('HTTP Digest: libsasl2', () => {
  requirePeer('cyrus');
  const database = usePeer(() => CyrusDatabase.create());
  const request = { method: 'POST', target: '/dir/index.html', entity: 'body' };
  const http = { method: request.method, uri: request.target, entity: Buffer.from(request.entity) };
  const QOPS = [
    { qop: 'auth', ssf: SSF.none, integrity: 0 },
    { qop: 'auth-int', ssf: SSF.integrity, integrity: ISC_REQ.INTEGRITY },
  ] as const;

  for (const { qop, ssf, integrity } of QOPS) {
    for (const algorithm of ['MD5', 'MD5-sess'] as const) {
      it(`as client of our server: ${algorithm}, ${qop}`, async () => {
        const digest = { realms: [REALM], httpAlgorithms: [algorithm], httpQop: [qop] };
        const server = await Server.create({ accounts: memoryAccounts(accounts), digest });
        const identity = { authid: alice.user, password: alice.password };
        await using client = await CyrusPeer.client({ ...identity, service: 'HTTP', minSsf: ssf, maxSsf: ssf, http });
        const [challenge = ''] = await server.challenges();
        await client.start('DIGEST-MD5');
        const { token } = await client.step(Buffer.from(challenge));
        const authorization = Buffer.from(token!).toString('latin1');
        const logon = await server.accept({ ...request, token: authorization }, ASC_REQ.MUTUAL_AUTH);
        assert.equal(logon.status, SEC_E.OK);
        // Of auth-int there is no Authentication-Info before there is a response to hash.
        if (qop === 'auth') assert.equal((await client.step(logon.output[0]!.data)).done, true);
      });
    }

    for (const account of accounts) {
      it(`as server of our client: ${account.user}, ${qop}`, async () => {
        const options = { database: database(), service: 'HTTP', minSsf: ssf, maxSsf: ssf, http };
        await using server = await CyrusPeer.server(options);
        const challenge = await server.start('DIGEST-MD5');
        const client = await Client.create(account);
        const flags = ISC_REQ.MUTUAL_AUTH | integrity;
        const first = await client.initialize([Buffer.from(challenge.token!).toString('latin1')], request, flags);
        const { done, token } = await server.step(first.output[0]!.data);
        assert.equal(done, true);
        assert.equal((await server.props()).user, `${account.user}@${REALM}`);
        const info = Buffer.from(token!).toString('latin1');
        const last = await client.initialize([info], request, flags, first.context);
        assert.equal(last.status, SEC_E.OK);
        assert.ok(last.contextAttr & ISC_RET.MUTUAL_AUTH);
      });
    }
  }
});
