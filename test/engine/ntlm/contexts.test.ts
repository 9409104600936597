import assert from 'node:assert/strict';
import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  ServerContext,
  type ServerContextOptions,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { SspiError } from 'secur32/raw';
import { forgeAuthenticate } from './forge.js';
import { ALICE, bindingsOf, HOST, TARGET } from './logon.js';
import { unhex, vectors } from './vectors.js';

const sspi = createEngine({ accounts: memoryAccounts([ALICE]), environment: { host: HOST } });
const vectorNegotiate = unhex(vectors.withMic.negotiate);
const ours = bindingsOf('ours').data;
const theirs = bindingsOf('theirs').data;

async function logOn(serverOptions: ServerContextOptions, clientOptions: Partial<ClientContextOptions> = {}) {
  const identity = { kind: 'password', ...ALICE } as const;
  await using inbound = await Credential.acquire({ package: 'NTLM', use: 'inbound', sspi });
  await using outbound = await Credential.acquire({ package: 'NTLM', use: 'outbound', identity, sspi });
  const server = new ServerContext(inbound, serverOptions);
  const client = new ClientContext(outbound, { targetName: TARGET, ...clientOptions });
  const challenge = await server.step((await client.step()).token);
  await server.step((await client.step(challenge.token)).token);
  return { client, server };
}

describe('NTLM through contexts', () => {
  it('protects messages, and says who is there', async () => {
    const { client, server } = await logOn({ require: ['confidentiality'] }, { require: ['confidentiality'] });
    assert.deepEqual(server.identity, { name: 'alice', domain: 'EXAMPLE', package: 'NTLM' });
    assert.equal(Buffer.from(await server.decrypt(await client.encrypt(Buffer.from('text')))).toString(), 'text');
    await client.verify(Buffer.from('text'), await server.sign(Buffer.from('text')));
    assert.deepEqual([...server.protections].sort(), [
      'confidentiality',
      'integrity',
      'replayDetection',
      'sequenceDetection',
    ]);
  });

  it('has no mutual authentication to require', async () => {
    await assert.rejects(logOn({}, { require: ['mutualAuthentication'] }), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
  });

  it('is refused where protection is required and the client asks for none', async () => {
    await assert.rejects(logOn({ require: ['integrity'] }, { request: [] }), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
  });

  describe('extended protection', () => {
    for (const [policy, same, none, other] of [
      ['always', 'in', 'out', 'out'],
      ['whenSupported', 'in', 'in', 'out'],
      ['never', 'in', 'in', 'in'],
    ] as const) {
      for (const [name, client, expected] of [
        ['the same bindings', { channelBindings: ours }, same],
        ['none', {}, none],
        ['others', { channelBindings: theirs }, other],
      ] as const) {
        it(`${policy}: a client with ${name} is ${expected}`, async () => {
          const logon = logOn({ channelBindings: ours, extendedProtection: policy }, client);
          if (expected === 'in') await logon;
          else await assert.rejects(logon, { code: 'SEC_E_BAD_BINDINGS' });
        });
      }
    }

    it('is always, unless said otherwise', async () => {
      await assert.rejects(logOn({ channelBindings: ours }), { code: 'SEC_E_BAD_BINDINGS' });
    });

    it('asks for the target, too', async () => {
      await logOn({ targetNames: [TARGET] });
      await assert.rejects(logOn({ targetNames: ['cifs/server.example.com'] }), { code: 'SEC_E_WRONG_PRINCIPAL' });
    });

    it('refuses a client that names no target, unless it is whenSupported, and says so', async () => {
      const nameless = async (options: ServerContextOptions): Promise<ServerContext> => {
        await using inbound = await Credential.acquire({ package: 'NTLM', use: 'inbound', sspi });
        const server = new ServerContext(inbound, options);
        const { token: challenge } = await server.step(vectorNegotiate);
        await server.step(forgeAuthenticate({}, vectorNegotiate, challenge!));
        return server;
      };
      await nameless({});
      await assert.rejects(nameless({ targetNames: [TARGET] }), (error: unknown) => {
        assert.ok(error instanceof SspiError && error.code === 'SEC_E_WRONG_PRINCIPAL');
        assert.match(error.hint, /HTTP\/server\.example\.com.*extendedProtection: 'whenSupported'/);
        return true;
      });
      await assert.rejects(nameless({ targetNames: [TARGET], extendedProtection: 'always' }));
      await nameless({ targetNames: [TARGET], extendedProtection: 'whenSupported' });
      const others = logOn({ targetNames: ['cifs/server'], extendedProtection: 'whenSupported' });
      await assert.rejects(others, { code: 'SEC_E_WRONG_PRINCIPAL' });
    });
  });
});
