import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { Credential } from 'secur32';
import { createEngine } from 'secur32/engine';
import { domainServer } from '../../examples/kerberos/web-server.js';
import { createLdapResponder } from '../../examples/ldap/responder.js';
import { runCli } from '../cli/run-cli.js';
import { type CurlResult, curl } from '../peers/http/curl.js';
import { MitKdc } from '../peers/krb5/mit-kdc.js';
import { PROJECT_ROOT } from '../peers/paths.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { freePort } from '../peers/run/port.js';
import { runCommand } from '../peers/run/run-command.js';
import { markdownSnippets, SnippetFolder } from './snippets.js';

describe('docs/kerberos.md and examples/kerberos', () => {
  requirePeer('mit-kdc', 'curl');
  const kdc = usePeer(() => MitKdc.start());
  const get = (port: number, env: Record<string, string> = kdc().environment): Promise<CurlResult> =>
    curl({ url: `http://localhost:${port}/`, user: '', password: '', scheme: 'negotiate', env });
  /** A service has its keytab, and knows nothing of KDCs. */
  const serviceEnvironment = (): Record<string, string> => ({ KRB5_KTNAME: kdc().keytab, KRB5_CONFIG: '/dev/null' });

  it('the service of the guide, as it stands there, with a keytab and nothing else', async () => {
    const [service] = markdownSnippets('docs/kerberos.md');
    const port = await freePort();
    const folder = new SnippetFolder('kerberos-guide');
    assert.equal(service!.code.split('8080').length, 2);
    const name = folder.add({ place: service!.place, code: service!.code.replace('8080', String(port)) });
    assert.deepEqual(await folder.compile(), []);
    const running = spawn(process.execPath, [folder.compiled(name)], {
      env: { ...process.env, ...serviceEnvironment() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    running.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
    try {
      await untilOpen(port);
      await kdc().kinit('alice', 'pw-alice');
      const { body, headers, status } = await get(port);
      assert.deepEqual([status, body], [200, 'Hello alice of TEST.EXAMPLE, member of 0 groups.\n'], log);
      assert.match(headers.get('www-authenticate') ?? '', /^Negotiate \S+/);
      assert.equal((await get(port, { ...kdc().environment, KRB5CCNAME: 'FILE:/nowhere' })).status, 401);
      await kdc().kadmin('cpw -randkey HTTP/localhost');
      await kdc().kinit('bob', 'pw-bob');
      assert.equal((await get(port)).status, 401);
      assert.match(log, /keytab has version 2 of the key .* encrypted with version 3.* Make the keytab anew/);
      await kdc().kadmin(`ktadd -norandkey -k ${kdc().keytab} HTTP/localhost`);
    } finally {
      running.kill();
      await once(running, 'exit');
    }
  });

  it('the web server of the examples', async () => {
    await using server = listening(await domainServer({ environment: { variables: serviceEnvironment() } }));
    const port = await server.port;
    await kdc().kinit('alice', 'pw-alice');
    const { body, headers, status } = await get(port);
    assert.deepEqual([status, body], [200, 'You are alice of TEST.EXAMPLE.\n']);
    assert.match(headers.get('www-authenticate') ?? '', /^Negotiate \S+/);
    const anonymous = await fetch(`http://localhost:${port}/`);
    assert.deepEqual([anonymous.status, anonymous.headers.get('www-authenticate')], [401, 'Negotiate']);
  });

  it('the client of a directory in the examples, with the tickets of secur32 kinit', async () => {
    const sspi = createEngine({ environment: { variables: serviceEnvironment() } });
    await using credential = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
    const layers: string[] = [];
    const responder = createLdapResponder({
      credentials: new Map([['GSSAPI', credential]]),
      hosts: ['localhost'],
      bound: ({ layer }) => layers.push(layer),
    });
    await using server = listening(responder);
    const port = await server.port;
    const env = { ...kdc().environment, KRB5CCNAME: `${kdc().path}/of-secur32` };
    const { code } = await runCli(['kinit', 'alice'], env, 'pw-alice\n');
    assert.equal(code, 0);
    const main = join(PROJECT_ROOT, 'build/examples/kerberos/ldap-whoami.js');
    const whoAmI = (variables: Record<string, string>) =>
      runCommand(process.execPath, [main, 'localhost', String(port)], { env: variables });
    assert.equal((await whoAmI(env)).stdout, 'u:alice\n');
    assert.deepEqual(layers, ['confidentiality']);
    const without = await whoAmI({ ...env, KRB5CCNAME: '/nowhere' });
    assert.equal(without.code, 1);
    assert.match(without.stderr, /cannot be read.*\n {2}Get tickets with kinit/);
  });
});

function listening(server: Server): AsyncDisposable & { readonly port: Promise<number> } {
  server.listen(0, 'localhost');
  return {
    port: once(server, 'listening').then(() => (server.address() as AddressInfo).port),
    async [Symbol.asyncDispose]() {
      server.close();
      if (server instanceof HttpServer) server.closeAllConnections();
    },
  };
}

async function untilOpen(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, 'localhost');
    const open = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
