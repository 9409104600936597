import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientContext, Credential, ServerContext } from 'secur32';
import { Chromium } from '../../peers/browser/chromium.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { engineFor } from './side.js';

describe('HTTP Negotiate with Kerberos: Chromium', () => {
  requirePeer('mit-kdc', 'chromium');
  const kdc = usePeer(async () => {
    const started = await MitKdc.start();
    // The canonical name of the host as Chromium has it: what its resolver's rules make of it.
    const service = 'HTTP/127.0.0.1';
    await started.kadmin(
      `addprinc -randkey -requires_preauth +ok_as_delegate ${service}`,
      `ktadd -k ${started.keytab} -norandkey ${service}`,
    );
    await started.kinit('alice', 'pw-alice', ['-f']);
    return started;
  });

  /** A page that says who its visitor is, by which package, and whom a second server sees when the first acts for the visitor. */
  async function startServer() {
    const sspi = engineFor(kdc());
    const inbound = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });

    async function onward(server: ServerContext): Promise<string> {
      const identity = await server.delegatedIdentity();
      if (!identity) return 'nobody';
      await using outbound = await Credential.acquire({ package: 'Kerberos', use: 'outbound', identity, sspi });
      await using client = new ClientContext(outbound, { targetName: 'ldap/localhost' });
      await using other = new ServerContext(inbound);
      await client.step((await other.step((await client.step()).token)).token);
      return other.identity.name;
    }

    const server = createServer(async ({ headers }, response) => {
      const [scheme, token = ''] = headers.authorization?.split(' ') ?? [];
      if (scheme !== 'Negotiate') return void response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
      try {
        await using context = new ServerContext(inbound);
        const { token: answer } = await context.step(Buffer.from(token, 'base64'));
        const { name, domain } = context.identity;
        response.setHeader('www-authenticate', `Negotiate ${Buffer.from(answer ?? []).toString('base64')}`);
        response.end(`${name} of ${domain} by ${context.packageName}, and there ${await onward(context)}`);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return {
      url: `http://localhost:${(server.address() as AddressInfo).port}/`,
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
        await inbound.close();
      },
    };
  }

  async function visit(delegateTo: readonly string[]): Promise<string> {
    await using server = await startServer();
    const env = { ...kdc().environment };
    await using browser = await Chromium.start({ authServers: ['localhost'], delegateTo, env });
    return (await browser.load(server.url)).body;
  }

  it('logs on', async () => {
    assert.match(await visit([]), /alice of TEST\.EXAMPLE by Kerberos, and there nobody/);
  });

  it('delegates to a server on its list, which is alice at another then', async () => {
    assert.match(await visit(['localhost']), /alice of TEST\.EXAMPLE by Kerberos, and there alice/);
  });
});
