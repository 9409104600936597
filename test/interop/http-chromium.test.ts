import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { whoAmIServer } from '../../examples/http-negotiate-server.js';
import { type Account, accounts, alice, bob, ivan, juergen } from '../peers/accounts.js';
import { Chromium } from '../peers/browser/chromium.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';

const DOMAIN = 'TESTDOM';
const sspi = createEngine({ accounts: memoryAccounts(accounts.map(account => ({ ...account, domain: DOMAIN }))) });
const wrong: Account = { ...alice, password: 'pw-bob' };

/** The server of the examples, and the schemes in which browsers have answered it. */
async function startServer() {
  const server = await whoAmIServer(sspi);
  const schemes: string[] = [];
  server.prependListener('request', ({ headers, url }: IncomingMessage) => {
    if (url === '/' && headers.authorization) schemes.push(headers.authorization.split(' ', 1)[0]!);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    schemes,
    url: (login = '') => `http://${login}localhost:${port}/`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const login = ({ user, password }: Account) =>
  `${encodeURIComponent(`${DOMAIN}\\${user}`)}:${encodeURIComponent(password)}@`;

/** What Chromium makes of a plain text. */
const pre = (text: string) => `<pre style="word-wrap: break-word; white-space: pre-wrap;">${text}</pre>`;

describe('HTTP NTLM: Chromium against the server of the examples', () => {
  requirePeer('chromium');
  const browser = usePeer(() => Chromium.start());
  const server = usePeer(startServer);
  beforeEach(() => {
    server().schemes.length = 0;
  });

  for (const account of [alice, juergen, ivan]) {
    it(`logs ${account.user} on`, async () => {
      const page = await browser().load(server().url(login(account)));
      assert.deepEqual(page, { body: pre(`You are ${account.user}, says NTLM.\n`), error: undefined });
      assert.deepEqual(server().schemes, ['NTLM', 'NTLM']);
    });
  }

  it('is refused with a wrong password', async () => {
    const { body } = await browser().load(server().url(login(wrong)));
    assert.ok(!body.includes('You are'), body);
    assert.ok(server().schemes.length >= 2);
  });
});

describe('HTTP Negotiate: Chromium with libgssapi against the server of the examples', () => {
  requirePeer('chromium', 'gss-ntlmssp');
  const server = usePeer(startServer);
  beforeEach(() => {
    server().schemes.length = 0;
  });

  async function visit(account: Account, authServers: readonly string[]) {
    await using users = await GssUsers.create({ accounts: [account], domain: DOMAIN });
    await using browser = await Chromium.start({ authServers, env: users.env });
    return await browser.load(server().url());
  }

  for (const account of [alice, bob]) {
    it(`logs ${account.user} on`, async () => {
      const page = await visit(account, ['localhost']);
      assert.deepEqual(page, { body: pre(`You are ${account.user}, says NTLM.\n`), error: undefined });
      assert.deepEqual(server().schemes, ['Negotiate', 'Negotiate']);
    });
  }

  it('is refused with a wrong password', async () => {
    const { body } = await visit(wrong, ['localhost']);
    assert.ok(!body.includes('You are'), body);
    assert.equal(server().schemes[0], 'Negotiate');
  });

  it('a host that is not on its list gets nothing', async () => {
    const { body } = await visit(alice, []);
    assert.deepEqual([body.includes('You are'), server().schemes], [false, []]);
  });
});
