import assert from 'node:assert/strict';
import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  ServerContext,
  type ServerContextOptions,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ALICE, bindingsOf, HOST, TARGET } from './logon.js';

const sspi = createEngine({ accounts: memoryAccounts([ALICE]), environment: { host: HOST } });
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
  });
});
