import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { SCH_CRED, SCHANNEL, SECBUFFER, SECPKG_ATTR, SP_PROT, SSL_SESSION } from 'secur32/raw';
import { identity } from './certificates.js';
import { converse, rejection, Side } from './side.js';

const TLS12 = SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;
const TLS13 = SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER;

async function pair(protocols: number, serverFlags = 0): Promise<[Side, Side]> {
  const sspi = createEngine();
  return [
    await Side.acquire(sspi, 'client', identity([], { protocols })),
    await Side.acquire(sspi, 'server', identity(['server'], { protocols, flags: serverFlags })),
  ];
}

function control(side: Side, ...numbers: number[]): Promise<void> {
  const data = new Uint8Array(Uint32Array.from(numbers).buffer);
  return side.sspi.applyControlToken(side.context!, [{ type: SECBUFFER.TOKEN, data }]);
}

/** Another connection of both credentials: whether it is resumed. The client has had what the server sent behind its handshake. */
async function reconnect(client: Side, server: Side): Promise<[Side, boolean]> {
  const [c, s] = [client.again(), server.again()];
  await converse(c, s);
  await c.take(await s.encrypt(Buffer.from('tickets are before this')));
  return [c, (await c.sspi.queryContextAttributes(c.context!, SECPKG_ATTR.SESSION_INFO)).reconnected];
}

describe('Schannel: control tokens', () => {
  for (const [version, protocols] of [
    ['TLS 1.2', TLS12],
    ['TLS 1.3', TLS13],
  ] as const) {
    it(`${version}: SCHANNEL_SESSION: a client goes back to no session of a context that disables it`, async () => {
      const [client, server] = await pair(protocols);
      const [first, isNew] = await reconnect(client, server);
      assert.equal(isNew, false);
      await control(first, SCHANNEL.SESSION, SSL_SESSION.DISABLE_RECONNECTS);
      const [second, afterDisabled] = await reconnect(client, server);
      assert.equal(afterDisabled, false);
      const [, afterOther] = await reconnect(client, server);
      assert.equal(afterOther, true, 'what other contexts keep stays');
      await control(second, SCHANNEL.SESSION, SSL_SESSION.ENABLE_RECONNECTS);
    });

    it(`${version}: SCHANNEL_SESSION: what a server cannot do is an error`, async () => {
      for (const [flags, can, cannot] of [
        [0, SSL_SESSION.ENABLE_RECONNECTS, SSL_SESSION.DISABLE_RECONNECTS],
        [SCH_CRED.DISABLE_RECONNECTS, SSL_SESSION.DISABLE_RECONNECTS, SSL_SESSION.ENABLE_RECONNECTS],
      ] as const) {
        const [client, server] = await pair(protocols, flags);
        await converse(client, server);
        await control(server, SCHANNEL.SESSION, can);
        const error = await rejection(control(server, SCHANNEL.SESSION, cannot));
        assert.equal(error.code, 'SEC_E_UNSUPPORTED_FUNCTION');
        assert.match(error.hint ?? '', /DISABLE_RECONNECTS/);
      }
    });

    it(`${version}: SCHANNEL_ALERT is an error that says what can be done, and the context stands`, async () => {
      const [client, server] = await pair(protocols);
      await converse(client, server);
      const error = await rejection(control(client, SCHANNEL.ALERT, 2, 40));
      assert.equal(error.code, 'SEC_E_UNSUPPORTED_FUNCTION');
      assert.match(error.hint ?? '', /SCHANNEL\.SHUTDOWN/);
      await server.take(await client.encrypt(Buffer.from('x')));
      assert.equal(server.received.toString(), 'x');
    });
  }

  it('SCHANNEL_RENEGOTIATE: the next leg begins it in TLS 1.2, and TLS 1.3 has none', async () => {
    const [client, server] = await pair(TLS12);
    await converse(client, server);
    await control(server, SCHANNEL.RENEGOTIATE);
    server.done = false;
    let toServer = await client.take(await server.start());
    assert.ok(toServer.length > 0);
    while (toServer.length > 0) {
      const toClient = await server.take(toServer);
      toServer = toClient.length > 0 ? await client.take(toClient) : new Uint8Array(0);
    }
    assert.deepEqual([client.done, server.done], [true, true]);
    const [client13, server13] = await pair(TLS13);
    await converse(client13, server13);
    assert.equal((await rejection(control(server13, SCHANNEL.RENEGOTIATE))).code, 'SEC_E_UNSUPPORTED_FUNCTION');
  });

  it('what is no control token is SEC_E_INVALID_TOKEN, and an unknown one is not supported', async () => {
    const [client, server] = await pair(TLS13);
    await converse(client, server);
    const apply = (data: Uint8Array) =>
      rejection(client.sspi.applyControlToken(client.context!, [{ type: SECBUFFER.TOKEN, data }]));
    for (const bytes of [[], [1], [3, 0, 0, 0], [3, 0, 0, 0, 3, 0, 0, 0], [3, 0, 0, 0, 1]]) {
      assert.equal((await apply(Uint8Array.from(bytes))).code, 'SEC_E_INVALID_TOKEN');
    }
    assert.equal((await apply(Uint8Array.of(9, 0, 0, 0))).code, 'SEC_E_UNSUPPORTED_FUNCTION');
  });
});
