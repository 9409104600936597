import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { findBuffer, SEC_E, SEC_I, SECBUFFER, SECPKG_ATTR, SECQOP, SP_PROT } from 'secur32/raw';
import { openedRecord } from '#dist/engine/schannel/messages.js';
import { identity } from './certificates.js';
import { converse, EMPTY, ISC_FLAGS, rejection, Side } from './side.js';

const TLS12 = SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;

async function connected(protocols = 0): Promise<[Side, Side]> {
  const sspi = createEngine();
  const client = await Side.acquire(sspi, 'client', identity([], { protocols }));
  const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols }));
  await converse(client, server);
  return [client, server];
}

describe('Schannel: handshake buffers', () => {
  it('MISSING says how much more there must be at least; nothing is consumed', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    const hello = await client.start();
    for (const [given, missing] of [
      [1, 4],
      [4, 1],
      [5, hello.length - 5],
      [hello.length - 1, 1],
    ] as const) {
      const { status, input, context } = await server.leg(hello.subarray(0, given));
      server.context = context;
      assert.equal(status, SEC_E.INCOMPLETE_MESSAGE);
      assert.equal(findBuffer(input, SECBUFFER.MISSING)?.missing, missing);
      assert.equal(input.length, 2);
    }
    assert.equal((await server.leg(hello)).status, SEC_I.CONTINUE_NEEDED);
  });

  it('EXTRA is what follows the last record of the handshake, to the byte', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    const finished = await client.take(await server.take(await client.start()));
    assert.equal(client.done, true);
    const data = await client.encrypt(Buffer.from('early'));
    const { status, input } = await server.leg(Buffer.concat([finished, data]));
    assert.equal(status, SEC_E.OK);
    assert.deepEqual(Buffer.from(findBuffer(input, SECBUFFER.EXTRA)!.data), Buffer.from(data));
    assert.equal(input[1]?.type, SECBUFFER.EXTRA, 'it stands in the place of the EMPTY buffer');
  });

  it('EXTRA is the start of a record in the middle of a flight', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    const flight = await server.take(await client.start());
    const { status, input, output } = await client.leg(flight.subarray(0, flight.length - 3));
    assert.equal(status, SEC_I.CONTINUE_NEEDED);
    const token = findBuffer(output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
    assert.equal(token.length, 0);
    const extra = findBuffer(input, SECBUFFER.EXTRA)!.data;
    assert.equal(extra[0], 23);
    const rest = await client.leg(Buffer.concat([extra, flight.subarray(flight.length - 3)]));
    assert.equal(rest.status, SEC_E.OK);
  });

  it('a leg without a credential goes on', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    const flight = await server.take(await client.start());
    const input = [{ type: SECBUFFER.TOKEN, data: flight }, EMPTY];
    const { status } = await sspi.initializeSecurityContext({ context: client.context, input, contextReq: ISC_FLAGS });
    assert.equal(status, SEC_E.OK);
  });
});

describe('Schannel: messages', () => {
  for (const protocols of [0, TLS12]) {
    it(`are in place, record by record (${protocols ? 'TLS 1.2' : 'TLS 1.3'})`, async () => {
      const [client, server] = await connected(protocols);
      const one = await client.encrypt(Buffer.from('one'));
      const two = await client.encrypt(Buffer.from('two'));
      const room = new Uint8Array(Buffer.concat([one, two]));
      const opened = await server.decryptMessage(room);
      assert.deepEqual(
        opened.map(({ type }) => type),
        [SECBUFFER.STREAM_HEADER, SECBUFFER.DATA, SECBUFFER.STREAM_TRAILER, SECBUFFER.EXTRA],
      );
      const data = findBuffer(opened, SECBUFFER.DATA)!.data;
      assert.equal(Buffer.from(data).toString(), 'one');
      assert.equal(data.buffer, room.buffer);
      const extra = findBuffer(opened, SECBUFFER.EXTRA)!.data;
      assert.deepEqual([extra.buffer === room.buffer, extra.length], [true, two.length]);
      const last = await server.decryptMessage(extra);
      assert.equal(Buffer.from(findBuffer(last, SECBUFFER.DATA)!.data).toString(), 'two');
      assert.equal(findBuffer(last, SECBUFFER.EXTRA), undefined);
    });
  }

  it('stand sooner in a record that has less before its data than the cipher of the first handshake', () => {
    const received = new Uint8Array(5 + 10 + 16);
    const message = { buffers: [{ type: SECBUFFER.DATA, data: received }, EMPTY, EMPTY, EMPTY] };
    for (const [header, size, start] of [
      [13, 2, 13],
      [13, 20, 11],
      [5, 26, 5],
    ] as const) {
      const opened = openedRecord(message, received, received.length, header, new Uint8Array(size).fill(1));
      assert.deepEqual(
        opened.slice(0, 3).map(({ data }) => data.length),
        [start, size, received.length - start - size],
      );
    }
  });

  it('SEC_E_INCOMPLETE_MESSAGE with MISSING, and the input as it was', async () => {
    const [client, server] = await connected();
    const sealed = await client.encrypt(Buffer.from('hello'));
    for (const [given, missing] of [
      [0, 5],
      [3, 2],
      [5, sealed.length - 5],
      [sealed.length - 1, 1],
    ] as const) {
      const part = sealed.slice(0, given);
      const opened = await server.decryptMessage(part);
      assert.equal(opened.status, SEC_E.INCOMPLETE_MESSAGE);
      assert.equal(findBuffer(opened, SECBUFFER.MISSING)?.missing, missing);
      assert.deepEqual(Buffer.from(findBuffer(opened, SECBUFFER.DATA)!.data), Buffer.from(sealed.subarray(0, given)));
    }
    await server.take(sealed);
    assert.equal(server.received.toString(), 'hello');
  });

  it('the largest message, and no larger one', async () => {
    const [client, server] = await connected();
    await server.take(await client.encrypt(new Uint8Array(16384).fill(7)));
    assert.equal(server.received.length, 16384);
    assert.equal((await rejection(client.encrypt(new Uint8Array(16385)))).code, 'SEC_E_INVALID_PARAMETER');
    assert.equal((await rejection(client.encrypt(new Uint8Array(0)))).code, 'SEC_E_INVALID_PARAMETER');
  });

  it('run one after the other, whoever awaits', async () => {
    const [client, server] = await connected();
    const texts = Array.from({ length: 50 }, (_, n) => `message ${n};`);
    const sealed = await Promise.all(texts.map(text => client.encrypt(Buffer.from(text))));
    await server.take(Buffer.concat(sealed));
    assert.equal(server.received.toString(), texts.join(''));
  });

  it('buffers that are too small or in another order are refused, and nothing is lost', async () => {
    const [client, server] = await connected();
    const data = { type: SECBUFFER.DATA, data: Buffer.from('x') };
    const header = { type: SECBUFFER.STREAM_HEADER, data: new Uint8Array(5) };
    const trailer = { type: SECBUFFER.STREAM_TRAILER, data: new Uint8Array(44) };
    const encrypt = (buffers: { type: number; data: Uint8Array }[]) =>
      client.sspi.encryptMessage(client.context!, { buffers });
    for (const [code, ...buffers] of [
      ['SEC_E_INVALID_TOKEN', data],
      ['SEC_E_INVALID_TOKEN', data, header, trailer],
      ['SEC_E_INVALID_TOKEN', header, data],
      ['SEC_E_BUFFER_TOO_SMALL', { ...header, data: new Uint8Array(4) }, data, trailer],
      ['SEC_E_BUFFER_TOO_SMALL', header, data, { ...trailer, data: new Uint8Array(43) }],
    ] as const) {
      assert.equal((await rejection(encrypt([...buffers]))).code, code);
    }
    const decrypt = client.sspi.decryptMessage(client.context!, { buffers: [data, EMPTY] });
    assert.equal((await rejection(decrypt)).code, 'SEC_E_INVALID_TOKEN');
    await server.take(await client.encrypt(Buffer.from('still good')));
    assert.equal(server.received.toString(), 'still good');
  });

  it('have twins that are done at once, one after the other in the same turn', async () => {
    for (const protocols of [0, TLS12]) {
      const [client, server] = await connected(protocols);
      const { header, trailer } = await client.sspi.queryContextAttributes(client.context!, SECPKG_ATTR.STREAM_SIZES);
      const room = new Uint8Array(header + 5 + trailer);
      for (let n = 0; n < 50; n++) {
        const [from, to] = n % 3 === 0 ? [server, client] : [client, server];
        room.set(Buffer.from(String(n).padStart(5)), header);
        const sealed = from.sspi.encryptMessageSync(from.context!, {
          buffers: [
            { type: SECBUFFER.STREAM_HEADER, data: room.subarray(0, header) },
            { type: SECBUFFER.DATA, data: room.subarray(header, header + 5) },
            { type: SECBUFFER.STREAM_TRAILER, data: room.subarray(header + 5) },
            EMPTY,
          ],
        });
        const received = room.subarray(0, header + 5 + sealed[2]!.data.length);
        const opened = to.sspi.decryptMessageSync(to.context!, {
          buffers: [{ type: SECBUFFER.DATA, data: received }, EMPTY, EMPTY, EMPTY],
        });
        const data = findBuffer(opened, SECBUFFER.DATA)!.data;
        assert.equal(Buffer.from(data).toString().trim(), String(n));
        // As in Windows: opened where it was sealed.
        assert.equal(data.byteOffset, header);
      }
      const short = { buffers: [{ type: SECBUFFER.DATA, data: room.subarray(0, 3) }, EMPTY, EMPTY, EMPTY] };
      assert.equal(server.sspi.decryptMessageSync(server.context!, short).status, SEC_E.INCOMPLETE_MESSAGE);
      await client.take(await server.shutDown());
      const rest = { buffers: [{ type: SECBUFFER.DATA, data: new Uint8Array(5) }, EMPTY, EMPTY, EMPTY] };
      assert.equal(client.sspi.decryptMessageSync(client.context!, rest).status, SEC_I.CONTEXT_EXPIRED);
    }
  });

  it('the twins refuse what the promise forms refuse', async () => {
    const [client, server] = await connected();
    const sealed = await client.encrypt(Buffer.from('hello'));
    sealed[sealed.length - 1]! ^= 1;
    const message = { buffers: [{ type: SECBUFFER.DATA, data: sealed }, EMPTY, EMPTY, EMPTY] };
    assert.throws(() => server.sspi.decryptMessageSync(server.context!, message), { code: 'SEC_E_MESSAGE_ALTERED' });
    assert.throws(() => client.sspi.encryptMessageSync(client.context!, { buffers: [EMPTY] }), {
      code: 'SEC_E_INVALID_TOKEN',
    });
  });

  it('are not signed alone, and carry no alert', async () => {
    const [client] = await connected();
    const message = { buffers: [EMPTY] };
    assert.equal(
      (await rejection(client.sspi.makeSignature(client.context!, message))).code,
      'SEC_E_UNSUPPORTED_FUNCTION',
    );
    const alert = client.sspi.encryptMessage(client.context!, { ...message, qop: SECQOP.WRAP_OOB_DATA });
    assert.equal((await rejection(alert)).code, 'SEC_E_UNSUPPORTED_FUNCTION');
  });

  it('any changed bit is SEC_E_MESSAGE_ALTERED, with an alert for the peer', async () => {
    for (const protocols of [0, TLS12]) {
      const [client, server] = await connected(protocols);
      const sealed = await client.encrypt(Buffer.from('hello'));
      sealed[sealed.length - 1]! ^= 1;
      const error = await rejection(server.take(sealed));
      assert.equal(error.code, 'SEC_E_MESSAGE_ALTERED');
      assert.ok(error.token!.length > 0);
      assert.equal((await rejection(client.take(error.token!))).code, 'SEC_E_MESSAGE_ALTERED');
    }
  });

  it('a record that is too short for what protects it is SEC_E_MESSAGE_ALTERED', async () => {
    for (const protocols of [0, TLS12]) {
      for (const length of [0, 1, 16]) {
        const [, server] = await connected(protocols);
        const record = Buffer.concat([Uint8Array.of(23, 3, 3, 0, length), new Uint8Array(length)]);
        assert.equal((await rejection(server.take(record))).code, 'SEC_E_MESSAGE_ALTERED', `${length} bytes`);
      }
    }
  });

  it('a record that comes twice is refused', async () => {
    const [client, server] = await connected();
    const sealed = await client.encrypt(Buffer.from('hello'));
    await server.take(sealed);
    assert.equal((await rejection(server.take(sealed))).code, 'SEC_E_MESSAGE_ALTERED');
  });
});

describe('Schannel: the end', () => {
  it('SEC_I_CONTEXT_EXPIRED after close_notify, once and ever after; what came before it is there', async () => {
    for (const protocols of [0, TLS12]) {
      const [client, server] = await connected(protocols);
      const last = await client.encrypt(Buffer.from('last words'));
      await server.take(Buffer.concat([last, await client.shutDown()]));
      assert.deepEqual([server.received.toString(), server.expired], ['last words', true]);
      assert.equal((await server.decryptMessage(new Uint8Array(5))).status, SEC_I.CONTEXT_EXPIRED);
    }
  });

  it('who has said it sends no more, and still hears', async () => {
    const [client, server] = await connected();
    await server.take(await client.shutDown());
    assert.equal((await rejection(client.encrypt(Buffer.from('x')))).code, 'SEC_E_CONTEXT_EXPIRED');
    await client.take(await server.encrypt(Buffer.from('answer')));
    assert.equal(client.received.toString(), 'answer');
  });
});

describe('Schannel: after the handshake', () => {
  it('tickets of TLS 1.3 are SEC_I_RENEGOTIATE, and until the context function has them no messages go', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    const tickets = await server.take(await client.take(await server.take(await client.start())));
    assert.deepEqual([client.done, server.done], [true, true]);
    const data = await server.encrypt(Buffer.from('hello'));
    let bytes: Uint8Array = Buffer.concat([tickets, data]);
    for (let n = 0; n < 2; n++) {
      const opened = await client.decryptMessage(bytes);
      assert.equal(opened.status, SEC_I.RENEGOTIATE);
      assert.equal((await rejection(client.encrypt(Buffer.from('x')))).code, 'SEC_E_CONTEXT_EXPIRED');
      assert.equal((await rejection(client.decryptMessage(bytes))).code, 'SEC_E_CONTEXT_EXPIRED');
      const { status, input, output } = await client.leg(findBuffer(opened, SECBUFFER.EXTRA)!.data);
      assert.deepEqual([status, output.length], [SEC_E.OK, 0]);
      bytes = findBuffer(input, SECBUFFER.EXTRA)!.data;
    }
    const opened = await client.decryptMessage(bytes);
    assert.equal(Buffer.from(findBuffer(opened, SECBUFFER.DATA)!.data).toString(), 'hello');
  });

  it('TLS 1.2: a server renegotiates, by the same loops', async () => {
    const [client, server] = await connected(TLS12);
    const before = await client.sspi.queryContextAttributes(client.context!, SECPKG_ATTR.UNIQUE_BINDINGS);
    server.done = false;
    const hello = await server.start();
    assert.equal(hello[0], 22);
    let toServer = await client.take(hello);
    while (toServer.length > 0) {
      const toClient = await server.take(toServer);
      toServer = toClient.length > 0 ? await client.take(toClient) : new Uint8Array(0);
    }
    assert.deepEqual([client.done, server.done], [true, true]);
    const after = await client.sspi.queryContextAttributes(client.context!, SECPKG_ATTR.UNIQUE_BINDINGS);
    assert.notDeepEqual(after, before);
    assert.deepEqual(await server.sspi.queryContextAttributes(server.context!, SECPKG_ATTR.UNIQUE_BINDINGS), after);
    await server.take(await client.encrypt(Buffer.from('after')));
    assert.equal(server.received.toString(), 'after');
  });

  it('TLS 1.2: a server refuses a client that wants to', async () => {
    const [client, server] = await connected(TLS12);
    client.done = false;
    const hello = await client.start();
    const error = await rejection(server.take(hello));
    assert.equal(error.code, 'SEC_E_ILLEGAL_MESSAGE');
    assert.ok(error.token!.length > 0);
  });

  it('TLS 1.3 has no renegotiation', async () => {
    const [client] = await connected();
    assert.equal((await rejection(client.leg(undefined))).code, 'SEC_E_UNSUPPORTED_FUNCTION');
  });
});
