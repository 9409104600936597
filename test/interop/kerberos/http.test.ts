import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ISC_REQ, ISC_RET, KERBEROS_ATTR, SspiError } from 'secur32/raw';
import { whoAmIServer } from '../../../examples/http-negotiate-server.js';
import { ApacheGssapi } from '../../peers/http/apache-gssapi.js';
import { type CurlResult, curl } from '../../peers/http/curl.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { closeAfterEach } from './closing.js';
import { engineFor, Side, type SideOptions } from './side.js';

const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
const USUAL = ISC_REQ.MUTUAL_AUTH | ISC_REQ.INTEGRITY | ISC_REQ.CONFIDENTIALITY;

describe('HTTP Negotiate with Kerberos', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());
  const keep = closeAfterEach();

  async function listen(server: Server): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    keep({
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
      },
    });
    return `http://localhost:${(server.address() as AddressInfo).port}/`;
  }

  describe('curl against us', () => {
    requirePeer('curl');
    const get = async (url: string, user: string, args: readonly string[] = []): Promise<CurlResult> => {
      await kdc().kinit(user, `pw-${user}`, ['-f']);
      return curl({ url, user: '', password: '', scheme: 'negotiate', env: kdc().environment, args });
    };

    it('the server of the examples: who it is', async () => {
      const accounts = memoryAccounts([]);
      const url = await listen(
        await whoAmIServer(createEngine({ accounts, environment: { variables: kdc().environment } })),
      );
      for (const user of ['alice', 'bob']) {
        const { authorizations, body, headers, status } = await get(url, user);
        assert.deepEqual([status, body], [200, `You are ${user}, says Kerberos.\n`]);
        assert.equal(authorizations.length, 1);
        // The last token proves us to curl.
        assert.match(String(headers.get('www-authenticate')), /^\s*Negotiate \S+/);
      }
    });

    it('the server of the examples: nobody without tickets', async () => {
      const accounts = memoryAccounts([]);
      const url = await listen(
        await whoAmIServer(createEngine({ accounts, environment: { variables: kdc().environment } })),
      );
      await kdc().kinit('alice', 'pw-alice');
      await kdc().kdestroy();
      const { status } = await curl({ url, user: '', password: '', scheme: 'negotiate', env: kdc().environment });
      assert.equal(status, 401);
    });

    it('with --delegation always: the tickets that it delegates can be used', async () => {
      const sspi = engineFor(kdc());
      const delegated = `${kdc().path}/of-curl`;
      const server = createServer(async ({ headers }, response) => {
        const [, token = ''] = headers.authorization?.split(' ') ?? [];
        if (token === '') return void response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
        await using side = await Side.open(sspi, 'server', { package: 'Negotiate' });
        await side.step(Buffer.from(token, 'base64'));
        const { ccache } = await sspi.queryContextAttributes(side.context, KERBEROS_ATTR.DELEGATED_CCACHE);
        writeFileSync(delegated, ccache);
        response.end('thanks');
      });
      const { body } = await get(await listen(server), 'alice', ['--delegation', 'always']);
      assert.equal(body, 'thanks');
      const { code, stderr } = await kdc().run('kvno', ['-c', `FILE:${delegated}`, 'host/localhost']);
      assert.equal(code, 0, stderr);
    });
  });

  describe('we against Apache with mod_auth_gssapi', () => {
    requirePeer('apache-gssapi');
    const apache = usePeer(() => ApacheGssapi.start({ kdc: kdc() }));

    interface Answer {
      readonly status: number;
      readonly user: string;
      readonly ccache: string;
      readonly side: Side;
    }
    async function get(options: SideOptions = {}): Promise<Answer> {
      const side = keep(
        await Side.open(engineFor(kdc()), 'client', {
          authData: ALICE,
          contextReq: USUAL,
          package: 'Negotiate',
          ...options,
        }),
      );
      const { token } = await side.step();
      const authorization = `Negotiate ${Buffer.from(token!).toString('base64')}`;
      const response = await fetch(`http://127.0.0.1:${apache().port}/`, { headers: { authorization } });
      const [, challenge] = response.headers.get('www-authenticate')?.split(' ') ?? [];
      if (response.ok && challenge) assert.ok((await side.step(Buffer.from(challenge, 'base64'))).done);
      const [user = '', ccache = ''] = (await response.text()).trim().split(' ');
      return { status: response.status, user, ccache, side };
    }

    for (const packageName of ['Negotiate', 'Kerberos']) {
      it(`logs on with ${packageName}, and its last token is checked`, async () => {
        const { side, status, user } = await get({ package: packageName });
        assert.equal(status, 200, apache().log());
        assert.equal(user, `alice@${kdc().name}`);
        assert.ok(side.attributes & ISC_RET.MUTUAL_AUTH);
      });
    }

    it('delegates, and the tickets are there', async () => {
      const { ccache, side, status, user } = await get({ contextReq: USUAL | ISC_REQ.DELEGATE });
      assert.deepEqual([status, user], [200, `alice@${kdc().name}`]);
      assert.ok(side.attributes & ISC_RET.DELEGATE);
      assert.ok(existsSync(ccache.replace('FILE:', '')), ccache);
      const { code, stderr } = await kdc().run('kvno', ['-c', ccache, 'host/localhost']);
      assert.equal(code, 0, stderr);
    });

    it('is refused with a ticket for another service', async () => {
      await kdc().kadmin('addprinc -randkey +requires_preauth other/localhost');
      const { status } = await get({ targetName: 'other/localhost' });
      assert.equal(status, 401);
    });

    it('takes the last token in the context that it belongs to, and in no other', async () => {
      const side = keep(await Side.open(engineFor(kdc()), 'client', { authData: ALICE, contextReq: USUAL }));
      const { token } = await side.step();
      const other = keep(await Side.open(engineFor(kdc()), 'client', { authData: ALICE, contextReq: USUAL }));
      await other.step();
      const authorization = `Negotiate ${Buffer.from(token!).toString('base64')}`;
      const response = await fetch(`http://127.0.0.1:${apache().port}/`, { headers: { authorization } });
      const [, challenge = ''] = response.headers.get('www-authenticate')?.split(' ') ?? [];
      await assert.rejects(other.step(Buffer.from(challenge, 'base64')), SspiError);
    });
  });
});
