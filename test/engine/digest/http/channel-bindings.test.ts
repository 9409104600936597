import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { ASC_REQ, channelBindings, SEC_E, SEC_I, SECPKG_ATTR } from 'secur32/raw';
import { Client, directive, Server, textsOf } from './http-pair.js';

const bindingsOf = (fill: number) =>
  channelBindings({
    applicationData: Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32, fill)]),
  });
const bindings = bindingsOf(1);
const targetHost = 'HTTP/www.example.com';

describe('HTTP Digest: channel bindings', () => {
  let server: Server;
  let client: Client;

  beforeEach(async () => {
    server = await Server.create();
    client = await Client.create();
  });

  it('are asked for by the nonce of a server that has them, and sent under the cnonce', async () => {
    const challenges = await server.challenges({ bindings });
    assert.ok(directive(challenges[0]!, 'nonce')!.startsWith('+Upgraded+v1'));
    const token = await client.answer(challenges, { bindings, targetHost });
    assert.equal(directive(token, 'hashed-dirs'), 'service-name,channel-binding');
    assert.equal(directive(token, 'service-name'), targetHost);
    // The gss_channel_bindings_struct of RFC 2744 3.11: four empty fields, and the application data behind its length.
    const application = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32, 1)]);
    const struct = Buffer.concat([Buffer.alloc(16), Buffer.from([application.length, 0, 0, 0]), application]);
    const binding = createHash('md5').update(struct).digest('hex');
    assert.equal(directive(token, 'channel-binding'), binding);
    const covered = createHash('md5').update(`${targetHost}:${binding}`).digest('hex');
    assert.ok(directive(token, 'cnonce')!.startsWith(`+Upgraded+v1${covered}`));

    const { status, context } = await server.accept({ token, bindings });
    assert.equal(status, SEC_E.OK);
    const target = await server.sspi.queryContextAttributes(context, SECPKG_ATTR.CLIENT_SPECIFIED_TARGET);
    assert.deepEqual(target, { targetName: targetHost });
  });

  it('are not sent to a server that does not ask for them', async () => {
    const token = await client.answer(await server.challenges(), { bindings, targetHost });
    assert.equal(directive(token, 'channel-binding'), undefined);
    assert.equal((await server.accept({ token })).status, SEC_E.OK);
  });

  it('say so where the client has no channel', async () => {
    const token = await client.answer(await server.challenges({ bindings }));
    assert.equal(directive(token, 'channel-binding'), '0'.repeat(32));
    assert.equal(directive(token, 'service-name'), '');
  });

  const REFUSED: readonly (readonly [string, (challenges: string[]) => Promise<string>])[] = [
    ['of another channel', challenges => client.answer(challenges, { bindings: bindingsOf(2), targetHost })],
    ['of no channel', challenges => client.answer(challenges, { targetHost })],
    [
      'that the nonce was stripped of',
      challenges => client.answer(challenges.map(text => text.replace('+Upgraded+v1', ''))),
    ],
    [
      'that the cnonce does not cover',
      async challenges => {
        const token = await client.answer(challenges, { bindings: bindingsOf(2), targetHost });
        const right = directive(await client.answer(challenges, { bindings, targetHost }), 'channel-binding')!;
        return token.replace(/channel-binding="[^"]*"/, `channel-binding="${right}"`);
      },
    ],
    [
      'for another service than the cnonce covers',
      async challenges => (await client.answer(challenges, { bindings, targetHost })).replace('www.', 'ftp.'),
    ],
    [
      'with other hashed directives',
      async challenges =>
        (await client.answer(challenges, { bindings, targetHost })).replace('service-name,channel-binding', 'nonce'),
    ],
  ];
  for (const [name, attack] of REFUSED) {
    it(`${name} are refused`, async () => {
      const token = await attack(await server.challenges({ bindings }));
      await assert.rejects(server.accept({ token, bindings }), { code: 'SEC_E_BAD_BINDINGS' });
    });
  }

  it('that are cut or point elsewhere are refused on both sides', async () => {
    const challenges = await server.challenges({ bindings });
    const token = await client.answer(challenges, { bindings, targetHost });
    for (let length = 1; length < bindings.length; length++) {
      const cut = bindings.slice(0, length);
      await assert.rejects(server.accept({ token, bindings: cut }), { code: 'SEC_E_BAD_BINDINGS' });
      await assert.rejects(client.initialize(challenges, { bindings: cut }), { code: 'SEC_E_BAD_BINDINGS' });
    }
  });

  it('to a proxy need only be there', async () => {
    const challenges = await server.challenges({}, ASC_REQ.PROXY_BINDINGS);
    const unbound = await client.answer(challenges, { targetHost });
    await assert.rejects(server.accept({ token: unbound }, ASC_REQ.PROXY_BINDINGS), { code: 'SEC_E_BAD_BINDINGS' });
    const bound = await client.answer(challenges, { bindings, targetHost });
    assert.equal((await server.accept({ token: bound }, ASC_REQ.PROXY_BINDINGS)).status, SEC_E.OK);
  });

  it('hold for later requests', async () => {
    const { context, output } = await client.initialize(await server.challenges({ bindings }), {
      bindings,
      targetHost,
    });
    const logon = await server.accept({ token: textsOf(output)[0]!, bindings });
    const later = (other: Uint8Array) => {
      const token = client.sign(context, { target: '/' });
      return server.sspi.completeAuthToken(logon.context, [
        { type: 2, data: Buffer.from(token) },
        { type: 3, data: Buffer.from('GET') },
        { type: 14, data: other },
      ]);
    };
    await later(bindings);
    await assert.rejects(later(bindingsOf(2)), { code: 'SEC_E_BAD_BINDINGS' });
    const token = client.sign(context, { target: '/' }).replace(/cnonce="\+Upgraded\+v1/, 'cnonce="');
    const { status } = await server.accept({ token });
    assert.equal(status, SEC_I.COMPLETE_NEEDED);
    const complete = server.sspi.completeAuthToken(logon.context, [
      { type: 2, data: Buffer.from(token) },
      { type: 3, data: Buffer.from('GET') },
    ]);
    await assert.rejects(complete, { code: 'SEC_E_MESSAGE_ALTERED' });
  });
});
