import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ClientContext, Credential, SspiError } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { whoAmIServer } from '../../examples/http-negotiate-server.js';
import { type Account, accounts, alice, bob, ivan, juergen } from '../peers/accounts.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { ApacheGssapi } from '../peers/http/apache-gssapi.js';
import { curl } from '../peers/http/curl.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';

const DOMAIN = 'TESTDOM';
const judith: Account = { user: 'judith', password: juergen.password };
const sspi = createEngine({
  accounts: memoryAccounts([...accounts, judith].map(account => ({ ...account, domain: DOMAIN }))),
  negotiate: { packages: ['NTLM'] },
});
const wrong: Account = { ...alice, password: 'pw-bob' };

class OurServer implements AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.origin = `http://localhost:${this.port}`;
  }

  static async start(): Promise<OurServer> {
    const server = await whoAmIServer(sspi);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new OurServer(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A client of the web with one connection, and Negotiate or NTLM by our engine. */
class OurClient implements AsyncDisposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async get(authorization?: string): Promise<Answer> {
    const headers = authorization === undefined ? {} : { authorization };
    const sent = request(`${this.#origin}/`, { agent: this.#agent, headers, family: 4 }).end();
    const [response] = await once(sent, 'response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
  }

  /** Asks until the server is content or gives up; the client must be content, too. */
  async logOn(scheme: 'Negotiate' | 'NTLM', account: Account): Promise<Answer> {
    const identity = { kind: 'password', domain: DOMAIN, ...account } as const;
    await using credential = await Credential.acquire({ package: scheme, use: 'outbound', identity, sspi });
    await using client = new ClientContext(credential, { targetName: 'HTTP/localhost' });
    let { token, done } = await client.step();
    for (;;) {
      const answer = await this.get(`${scheme} ${Buffer.from(token ?? []).toString('base64')}`);
      const challenge = challengeOf(scheme, answer.headers['www-authenticate']);
      if (challenge && !done) ({ token, done } = await client.step(challenge));
      if (answer.status !== 401 || !token || !challenge) {
        if (answer.status === 200) assert.ok(client.established, 'the server is content and the client is not');
        return answer;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
  }
}

function challengeOf(scheme: string, field: string | undefined): Uint8Array | undefined {
  const [name, token] = field?.split(' ') ?? [];
  return name === scheme && token ? Buffer.from(token, 'base64') : undefined;
}

describe('HTTP Negotiate and NTLM: the server of the examples', () => {
  const server = usePeer(() => OurServer.start());

  for (const scheme of ['Negotiate', 'NTLM'] as const) {
    it(`logs our own client on with ${scheme}, once for a connection`, async () => {
      await using client = new OurClient(server().origin);
      assert.deepEqual((await client.get()).headers['www-authenticate'], 'Negotiate, NTLM');
      assert.equal((await client.logOn(scheme, juergen)).body, 'You are jürgen, says NTLM.\n');
      assert.equal((await client.get()).body, 'You are jürgen, says NTLM.\n');
      await using other = new OurClient(server().origin);
      assert.equal((await other.get()).status, 401);
    });

    it(`refuses a wrong password with ${scheme}, and takes the right one after it`, async () => {
      await using client = new OurClient(server().origin);
      assert.equal((await client.logOn(scheme, wrong)).status, 401);
      assert.equal((await client.get()).status, 401);
      assert.equal((await client.logOn(scheme, bob)).body, 'You are bob, says NTLM.\n');
    });

    it(`lets another user take a connection over with ${scheme}, and nobody in between`, async () => {
      await using client = new OurClient(server().origin);
      await client.logOn(scheme, alice);
      const identity = { kind: 'password', domain: DOMAIN, ...bob } as const;
      await using credential = await Credential.acquire({ package: scheme, use: 'outbound', identity, sspi });
      await using context = new ClientContext(credential, { targetName: 'HTTP/localhost' });
      const { token } = await context.step();
      assert.equal((await client.get(`${scheme} ${Buffer.from(token!).toString('base64')}`)).status, 401);
      // alice's logon ended where bob's began.
      assert.equal((await client.get()).status, 401);
      assert.equal((await client.logOn(scheme, bob)).body, 'You are bob, says NTLM.\n');
    });
  }

  for (const authorization of [
    'Negotiate',
    'Negotiate !!!',
    'NTLM AAAA',
    'Negotiate YAA=',
    'Basic YTpi',
    'Digest x',
    '',
  ]) {
    it(`answers ${JSON.stringify(authorization)} with 401`, async () => {
      await using client = new OurClient(server().origin);
      assert.equal((await client.get(authorization)).status, 401);
      assert.equal((await client.get()).status, 401);
    });
  }

  it('survives clients that leave in the middle', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = connect(server().port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        'GET / HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n',
      );
      await once(socket, 'data');
      socket.destroy();
    }
    await using client = new OurClient(server().origin);
    assert.equal((await client.logOn('Negotiate', alice)).status, 200);
  });
});

describe('HTTP Negotiate: curl with libgssapi against the server of the examples', () => {
  requirePeer('curl', 'gss-ntlmssp');
  const server = usePeer(() => OurServer.start());

  async function get(account: Account) {
    await using users = await GssUsers.create({ accounts: [account] });
    return await curl({ url: `${server().origin}/`, user: '', password: '', scheme: 'negotiate', env: users.env });
  }

  for (const account of [alice, juergen, ivan]) {
    it(`logs ${account.user} on`, async () => {
      const { status, body, authorizations } = await get(account);
      assert.equal(body, `You are ${account.user}, says NTLM.\n`);
      assert.equal(status, 200);
      assert.ok(authorizations.every(field => field.startsWith('Negotiate ')));
    });
  }

  it('is refused with a wrong password', async () => {
    assert.equal((await get(wrong)).status, 401);
  });
});

describe('HTTP NTLM: curl’s own against the server of the examples', () => {
  requirePeer('curl');
  const server = usePeer(() => OurServer.start());
  // It widens each byte of a password to a character of 16 bits, and knows no names beyond ASCII.
  const get = ({ user, password }: Account) =>
    curl({ url: `${server().origin}/`, user: `${DOMAIN}\\${user}`, password, scheme: 'ntlm', encoding: 'latin1' });

  for (const account of [alice, bob]) {
    it(`logs ${account.user} on`, async () => {
      assert.equal((await get(account)).body, `You are ${account.user}, says NTLM.\n`);
    });
  }

  it('logs judith on, whose password is beyond ASCII', async () => {
    assert.equal((await get(judith)).body, 'You are judith, says NTLM.\n');
    assert.equal((await get({ ...judith, password: 'passwörd' })).status, 401);
  });

  it('is refused with a wrong password', async () => {
    assert.equal((await get(wrong)).status, 401);
  });
});

describe('HTTP Negotiate: our client against Apache with mod_auth_gssapi', () => {
  requirePeer('apache-gssapi', 'gss-ntlmssp');
  const users = usePeer(() => GssUsers.create());
  const apache = usePeer(() => ApacheGssapi.start({ users: users() }));

  // Apache runs in the locale C, in which gss-ntlmssp reads no names beyond ASCII.
  for (const account of [alice, bob]) {
    it(`logs ${account.user} on, and its last token is checked`, async () => {
      await using client = new OurClient(apache().origin);
      const { status, body } = await client.logOn('Negotiate', account);
      assert.equal(status, 200, apache().log());
      assert.equal(body, `${DOMAIN}\\${account.user}\n`);
    });
  }

  it('is refused with a wrong password', async () => {
    await using client = new OurClient(apache().origin);
    const refused = await client.logOn('Negotiate', wrong).catch((error: unknown) => {
      assert.ok(error instanceof SspiError && error.code === 'SEC_E_LOGON_DENIED', String(error));
      return { status: 401 };
    });
    assert.equal(refused.status, 401);
  });
});
