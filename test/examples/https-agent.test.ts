import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { Credential } from 'secur32';
import { createEngine } from 'secur32/engine';
import { SchannelAgent } from '../../examples/https-agent.js';
import { type CertificateName, identity, pem } from '../engine/schannel/certificates.js';

const sspi = createEngine();

/** A web server that says who asks, and whether it has seen them before. */
async function serve(certificate: CertificateName) {
  const files = { key: pem(`${certificate}.key`), cert: pem(`${certificate}.pem`), ca: pem('ca.pem') };
  const server = createServer(
    { ...files, requestCert: true, rejectUnauthorized: false },
    async (incoming, response) => {
      const socket = incoming.socket as TLSSocket;
      // In a resumed session of TLS 1.3 node:tls says `authorized` of a client that has shown nothing.
      const who = socket.getPeerCertificate().subject?.CN ?? 'nobody';
      const length = (await text(incoming)).length;
      response.end(`${incoming.method} ${incoming.url} ${length} ${who} ${socket.isSessionReused()}`);
    },
  );
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const credentialOf = (names: readonly CertificateName[] = []): Promise<Credential> =>
  Credential.acquire({ package: 'Schannel', use: 'outbound', identity: identity(names), sspi });

async function ask(agent: SchannelAgent, port: number, path: string, body?: string): Promise<string> {
  const asked = request({ host: 'localhost', port, path, agent, method: body ? 'POST' : 'GET' });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [AsyncIterable<Buffer>];
  return text(response);
}

describe('examples: SchannelAgent', () => {
  it('asks over Schannel, several times over one connection, and by its certificate', async () => {
    await using server = await serve('server');
    await using credential = await credentialOf(['alice']);
    const agent = new SchannelAgent(credential, { maxSockets: 1 });
    assert.equal(await ask(agent, server.port, '/one'), 'GET /one 0 alice false');
    assert.equal(await ask(agent, server.port, '/two', 'x'.repeat(100_000)), 'POST /two 100000 alice false');
    agent.destroy();
  });

  it('goes back to its session in the next connection', async () => {
    await using server = await serve('server');
    await using credential = await credentialOf();
    for (const [path, reused] of [
      ['/one', false],
      ['/two', true],
    ] as const) {
      const agent = new SchannelAgent(credential);
      assert.equal(await ask(agent, server.port, path), `GET ${path} 0 nobody ${reused}`);
      agent.destroy();
    }
  });

  it('gives the request the status of a server that cannot be trusted', async () => {
    for (const [certificate, code] of [
      ['self-signed', 'SEC_E_UNTRUSTED_ROOT'],
      ['other', 'SEC_E_WRONG_PRINCIPAL'],
    ] as const) {
      await using server = await serve(certificate);
      await using credential = await credentialOf();
      const agent = new SchannelAgent(credential);
      await assert.rejects(ask(agent, server.port, '/'), { code });
      agent.destroy();
    }
  });
});
