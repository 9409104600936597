import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { KERBEROS_ATTR, SspiError } from 'secur32/raw';
import { whoAmIServer } from '../../../examples/http-negotiate-server.js';
import { Chromium, type Page } from '../../peers/browser/chromium.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { closeAfterEach } from './closing.js';
import { engineFor, Side } from './side.js';

describe('HTTP Negotiate with Kerberos: Chromium against us', () => {
  requirePeer('mit-kdc', 'chromium');
  const kdc = usePeer(() => MitKdc.start());
  const keep = closeAfterEach();

  async function listen(server: Server): Promise<string> {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    keep({
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
      },
    });
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  }

  /** What a browser gets whose user has these tickets. */
  async function visit(url: string, user: string, delegateTo: readonly string[] = []): Promise<Page> {
    await kdc().kinit(user, `pw-${user}`, ['-f']);
    await using browser = await Chromium.start({ authServers: ['localhost'], delegateTo, env: kdc().environment });
    return await browser.load(url);
  }

  it('the server of the examples: who it is', async () => {
    const accounts = memoryAccounts([]);
    const url = await listen(
      await whoAmIServer(createEngine({ accounts, environment: { variables: kdc().environment } })),
    );
    for (const user of ['alice', 'bob']) {
      const { body, error } = await visit(url, user);
      assert.ok(body.includes(`You are ${user}, says Kerberos.`), `${body} ${error}`);
    }
  });

  it('the server of the examples: nobody without tickets', async () => {
    const accounts = memoryAccounts([]);
    const url = await listen(
      await whoAmIServer(createEngine({ accounts, environment: { variables: kdc().environment } })),
    );
    await kdc().kinit('alice', 'pw-alice');
    await kdc().kdestroy();
    await using browser = await Chromium.start({ authServers: ['localhost'], env: kdc().environment });
    const { body } = await browser.load(url);
    assert.ok(!body.includes('You are'), body);
  });

  it('delegates to hosts on its list, and to no others; the tickets can be used', async () => {
    const sspi = engineFor(kdc());
    const delegated = `${kdc().path}/of-chromium`;
    const server = createServer(async ({ headers }, response) => {
      const [, token = ''] = headers.authorization?.split(' ') ?? [];
      if (token === '') return void response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
      await using side = await Side.open(sspi, 'server', { package: 'Negotiate' });
      await side.step(Buffer.from(token, 'base64'));
      try {
        const { ccache } = await sspi.queryContextAttributes(side.context, KERBEROS_ATTR.DELEGATED_CCACHE);
        writeFileSync(delegated, ccache);
        response.end('tickets');
      } catch (error) {
        response.end(error instanceof SspiError ? `none: ${error.code}` : String(error));
      }
    });
    const url = await listen(server);
    assert.match((await visit(url, 'alice')).body, />none: SEC_E_/);
    assert.match((await visit(url, 'alice', ['localhost'])).body, />tickets</);
    const { code, stderr } = await kdc().run('kvno', ['-c', `FILE:${delegated}`, 'host/localhost']);
    assert.equal(code, 0, stderr);
  });
});
