import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { SP_PROT } from 'secur32/raw';
import { identity } from './certificates.js';
import { converse, rejection, Side } from './side.js';

const TLS12 = SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;

describe('Schannel: many connections of one credential at once', () => {
  const sspi = createEngine();

  it('each that fails has its own status and its own alert', async () => {
    const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols: SP_PROT.TLS1_3_SERVER }));
    const old = await Side.acquire(sspi, 'client', identity([], { protocols: TLS12 }));
    const oldHello = await old.start();
    // Whatever fails sooner or later inside of TLS: a hello of another version, one that is cut short, no TLS, a record of the wrong kind.
    const kinds = [
      [oldHello, 'SEC_E_ALGORITHM_MISMATCH', 70],
      [Buffer.from('16030100050100000100', 'hex'), 'SEC_E_ILLEGAL_MESSAGE', 50],
      [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'SEC_E_INVALID_TOKEN', undefined],
      [Buffer.from('170303000548656c6c6f', 'hex'), 'SEC_E_ILLEGAL_MESSAGE', 10],
    ] as const;
    const connections = Array.from({ length: 32 }, (_, n) => {
      const [bytes, code, alert] = kinds[(n * 7 + (n >> 2)) % kinds.length]!;
      return { side: server.again(), bytes, code, alert };
    });
    const errors = await Promise.all(connections.map(({ side, bytes }) => rejection(side.take(bytes))));
    for (const [n, { code, alert }] of connections.entries()) {
      assert.deepEqual([errors[n]!.code, errors[n]!.token?.at(-1)], [code, alert], `connection ${n}`);
    }
  });

  it('one that is deleted in its handshake takes nothing from those that fail beside it', async () => {
    const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols: SP_PROT.TLS1_3_SERVER }));
    const old = await Side.acquire(sspi, 'client', identity([], { protocols: TLS12 }));
    const oldHello = await old.start();
    const given = server.again();
    given.context = (await given.leg(oldHello.subarray(0, 3))).context;
    const failing = [server.again(), server.again()] as const;
    const [, mismatch, cut] = await Promise.all([
      given.delete(),
      rejection(failing[0].take(oldHello)),
      rejection(failing[1].take(Buffer.from('16030100050100000100', 'hex'))),
    ]);
    assert.deepEqual([mismatch.code, cut.code], ['SEC_E_ALGORITHM_MISMATCH', 'SEC_E_ILLEGAL_MESSAGE']);
  });

  it('each that succeeds has its own session, name and messages', async () => {
    const client = await Side.acquire(sspi, 'client', identity([]));
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    await Promise.all(
      Array.from({ length: 16 }, async (_, n) => {
        const [here, there] = [client.again(), server.again()];
        await converse(here, there);
        await there.take(await here.encrypt(Buffer.from(`from ${n}`)));
        await here.take(await there.encrypt(Buffer.from(`to ${n}`)));
        assert.deepEqual([there.received.toString(), here.received.toString()], [`from ${n}`, `to ${n}`]);
        await Promise.all([here.delete(), there.delete()]);
      }),
    );
  });
});
