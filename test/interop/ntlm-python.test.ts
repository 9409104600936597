import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Credential, ServerContext, type ServerContextOptions, SspiError } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { channelBindings } from 'secur32/raw';
import { type Account, accounts, alice, bob, juergen } from '../peers/accounts.js';
import { ImpacketPeer } from '../peers/python/impacket-peer.js';
import { requestsNtlm } from '../peers/python/requests-ntlm.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { exchangeTokens } from '../peers/run/exchange.js';
import { TlsCertificate } from '../peers/tls-certificate.js';
import { DOMAIN, LENGTHS, NtlmSide, textOf } from './ntlm-side.js';

const WRONG: Account = { ...alice, password: 'pw-bob' };

/** A web server that asks for NTLM, and says who is at the other end of the connection. */
class NtlmWebServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #credential: Credential;
  /** Codes of refused logons. */
  readonly refusals: string[] = [];
  readonly #contexts = new WeakMap<Socket, ServerContext>();

  private constructor(credential: Credential, options: ServerContextOptions, certificate: TlsCertificate | undefined) {
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response, options);
    this.#credential = credential;
    this.#server = certificate
      ? createTlsServer({ cert: readFileSync(certificate.certificate), key: readFileSync(certificate.key) }, answer)
      : createServer(answer);
  }

  static async start(options: ServerContextOptions = {}, certificate?: TlsCertificate): Promise<NtlmWebServer> {
    const sspi = createEngine({ accounts: memoryAccounts(accounts) });
    const started = new NtlmWebServer(
      await Credential.acquire({ package: 'NTLM', use: 'inbound', sspi }),
      options,
      certificate,
    );
    await once(started.#server.listen(0, '127.0.0.1'), 'listening');
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#credential.close();
  }

  async #answer({ headers, socket }: IncomingMessage, response: ServerResponse, options: ServerContextOptions) {
    const context = this.#contexts.get(socket) ?? new ServerContext(this.#credential, { request: [], ...options });
    this.#contexts.set(socket, context);
    const [scheme, text = ''] = headers.authorization?.split(' ') ?? [];
    let challenge = 'NTLM';
    try {
      const step = scheme === 'NTLM' ? await context.step(Buffer.from(text, 'base64')) : undefined;
      if (step?.done) return void response.end(`You are ${context.identity.name}.`);
      if (step?.token) challenge = `NTLM ${Buffer.from(step.token).toString('base64')}`;
    } catch (error) {
      assert.ok(error instanceof SspiError);
      this.refusals.push(error.code);
    }
    response.writeHead(401, { 'www-authenticate': challenge }).end();
  }
}

describe('NTLM: Python’s requests-ntlm against a web server of ours', () => {
  requirePeer('requests-ntlm');
  const server = usePeer(() => NtlmWebServer.start());
  const get = ({ user, password }: Account) =>
    requestsNtlm({ url: `http://localhost:${server().port}/`, user: `${DOMAIN}\\${user}`, password });

  // It asks for OEM, and then knows ASCII only.
  for (const account of [alice, bob]) {
    it(account.user, async () => {
      assert.deepEqual(await get(account), { status: 200, body: `You are ${account.user}.` });
    });
  }

  it('is refused with a wrong password', async () => {
    assert.equal((await get(WRONG)).status, 401);
    assert.deepEqual(server().refusals, ['SEC_E_LOGON_DENIED']);
  });
});

describe('NTLM: requests-ntlm over TLS, bound to it', () => {
  requirePeer('requests-ntlm');
  const certificate = usePeer(() => TlsCertificate.create());

  async function get(applicationData: Uint8Array, extendedProtection: 'always' | 'whenSupported') {
    const options = { channelBindings: channelBindings({ applicationData }), extendedProtection };
    await using server = await NtlmWebServer.start(options, certificate());
    const { status } = await requestsNtlm({
      url: `https://localhost:${server.port}/`,
      user: `${DOMAIN}\\${alice.user}`,
      password: alice.password,
      certificate: certificate().certificate,
    });
    return [status, ...server.refusals];
  }

  it('logs on to the server of the certificate', async () => {
    assert.deepEqual(await get(certificate().endPointBindings, 'always'), [200]);
  });

  it('does not to another’s', async () => {
    const other = Buffer.from('tls-server-end-point:another certificate');
    assert.deepEqual(await get(other, 'whenSupported'), [401, 'SEC_E_BAD_BINDINGS']);
  });
});

describe('NTLM: Impacket against ours', () => {
  requirePeer('impacket');

  // It reads passwords as ISO 8859-1, for the LM hash that it does not send.
  for (const account of [alice, juergen]) {
    it(`${account.user}, with one session key on both sides`, async () => {
      await using client = await ImpacketPeer.client({ account, domain: DOMAIN });
      const server = new NtlmSide('server');
      await exchangeTokens(client, server);
      assert.equal(await server.userName(), account.user);
      assert.deepEqual(await server.sessionKey(), await client.sessionKey());
    });
  }

  it('with a wrong password: denied', async () => {
    await using client = await ImpacketPeer.client({ account: WRONG });
    await assert.rejects(exchangeTokens(client, new NtlmSide('server')), { code: 'SEC_E_LOGON_DENIED' });
  });

  it('without a MIC, which it does not have: denied where one is asked for', async () => {
    await using client = await ImpacketPeer.client();
    const server = new NtlmSide('server', { ntlm: { requireMic: true } });
    await assert.rejects(exchangeTokens(client, server), { code: 'SEC_E_LOGON_DENIED' });
  });

  it('and seals messages of all lengths, both ways', async () => {
    await using client = await ImpacketPeer.client();
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    const { endpoint } = server;
    for (const length of LENGTHS) {
      const text = textOf(length);
      assert.equal(endpoint.open(await client.seal(Buffer.from(text))).text, text);
      assert.equal(Buffer.from(await client.unseal(endpoint.seal(text))).toString(), text);
    }
  });
});
