import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { SecBuffer } from 'secur32/raw';
import { SECBUFFER, SECPKG_ATTR } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, serverSide } from './people.js';
import { WINE } from './under-wine.js';

const LARGE = 100_000;

describeAudited('messages', () => {
  let handshake: Handshake;
  afterEach('close the exchange', () => handshake[Symbol.asyncDispose]());
  const { sspi, audit } = useAudit();
  let maxSignature: number;
  /** Wine's SIZES say less than its Kerberos needs. */
  let trailer: number;

  beforeEach(async () => {
    handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const sizes = await sspi.queryContextAttributes(handshake.client.context, SECPKG_ATTR.SIZES);
    maxSignature = sizes.maxSignature;
    trailer = WINE === undefined ? sizes.securityTrailer : 100;
  });

  for (const size of [0, 1, 1000, LARGE]) {
    it(`of ${size} bytes are sealed and opened in place`, async () => {
      const plaintext = Buffer.alloc(size, 'secret ');
      const data = new Uint8Array(plaintext);
      const sealed = await sspi.encryptMessage(handshake.client.context, {
        buffers: [token(trailer), { type: SECBUFFER.DATA, data }],
      });
      if (size > 0) assert.equal(sealed[1]!.data, data);
      if (size > 1) assert.notDeepEqual(Buffer.from(data), plaintext);
      const opened = await sspi.decryptMessage(handshake.server.context, { buffers: sealed });
      assert.deepEqual(Buffer.from(opened[1]!.data), plaintext);
      if (size > 0) assert.equal(opened[1]!.data, data);
    });

    if (WINE === undefined) {
      it(`of ${size} bytes are opened from a stream`, async () => {
        const sealed = await sspi.encryptMessage(handshake.client.context, {
          buffers: [token(trailer), message(size)],
        });
        const stream = Buffer.concat(sealed.map(({ data }) => data));
        const opened = await sspi.decryptMessage(handshake.server.context, {
          buffers: [{ type: SECBUFFER.STREAM, data: stream }, message(0)],
        });
        assert.deepEqual(Buffer.from(opened[1]!.data), Buffer.alloc(size));
      });
    }

    it(`of ${size} bytes are signed and verified`, async () => {
      const signed = await sspi.makeSignature(handshake.client.context, {
        buffers: [message(size), token(maxSignature)],
      });
      assert.equal((await sspi.verifySignature(handshake.server.context, { buffers: signed })).status, 0);
    });

    it(`of ${size} bytes that were altered are refused`, async () => {
      const [data, signature] = await sspi.makeSignature(handshake.client.context, {
        buffers: [message(size), token(maxSignature)],
      });
      signature!.data[signature!.data.length - 1]! ^= 1;
      await assert.rejects(sspi.verifySignature(handshake.server.context, { buffers: [data!, signature!] }), {
        syscall: 'VerifySignature',
        provider: 'native',
      });
    });
  }

  it('in shared memory are worked on in a copy', async () => {
    for (const size of [1000, LARGE]) {
      const shared = new Uint8Array(new SharedArrayBuffer(size));
      const room = new Uint8Array(new SharedArrayBuffer(maxSignature));
      const signed = await sspi.makeSignature(handshake.client.context, {
        buffers: [
          { type: SECBUFFER.DATA, data: shared },
          { type: SECBUFFER.TOKEN, data: room },
        ],
      });
      assert.ok(room.some(byte => byte !== 0));
      assert.equal(signed[1]!.data.buffer, room.buffer);
      await sspi.verifySignature(handshake.server.context, { buffers: signed });
    }
  });

  it('whose memory goes away meanwhile come out in memory of their own', async () => {
    const message = new Uint8Array(LARGE);
    const resizable = resizableBytes(maxSignature);
    const signing = sspi.makeSignature(handshake.client.context, {
      buffers: [
        { type: SECBUFFER.DATA, data: message },
        { type: SECBUFFER.TOKEN, data: resizable },
      ],
    });
    structuredClone(message, { transfer: [message.buffer] });
    resizable.buffer.resize(1);
    const signed = await signing;
    assert.equal(message.length, 0);
    assert.equal(signed[0]!.data.length, LARGE);
    await sspi.verifySignature(handshake.server.context, { buffers: signed });
  });

  it('are changed only by those who own them: what is given in a copy is read when the call is made', async () => {
    const data = new Uint8Array(LARGE).fill(1);
    audit.hold('MakeSignature');
    const signing = sspi.makeSignature(handshake.client.context, {
      buffers: [{ type: SECBUFFER.DATA, data }, token(maxSignature)],
    });
    data.fill(2);
    audit.release();
    const signed = await signing;
    assert.ok(signed[0]!.data.every(byte => byte === 1));
    await sspi.verifySignature(handshake.server.context, { buffers: signed });
  });

  // Wine writes the signature whatever room there is.
  if (WINE === undefined) {
    it('need the room that they say', async () => {
      await assert.rejects(sspi.makeSignature(handshake.client.context, { buffers: [message(10), token(1)] }), {
        syscall: 'MakeSignature',
      });
    });
  }

  it('wants bytes', async () => {
    const { context } = handshake.client;
    for (const data of [new Uint16Array(4), new DataView(new ArrayBuffer(4)), new ArrayBuffer(4), 'bytes', null]) {
      const buffers = [{ type: SECBUFFER.DATA, data } as unknown as SecBuffer];
      assert.throws(() => sspi.makeSignatureSync(context, { buffers }), TypeError);
      await assert.rejects(sspi.makeSignature(context, { buffers }), TypeError);
    }
    for (const type of [-1, 1.5, Number.NaN, '1', 0x1_0000_0000]) {
      const buffers = [{ type, data: new Uint8Array(1) } as unknown as SecBuffer];
      assert.throws(() => sspi.makeSignatureSync(context, { buffers }), TypeError);
    }
  });
});

function message(size: number): SecBuffer {
  return { type: SECBUFFER.DATA, data: new Uint8Array(size) };
}

function token(size: number): SecBuffer {
  return { type: SECBUFFER.TOKEN, data: new Uint8Array(size) };
}

/** ES2024, which every Node here has and the types of the tests do not. */
function resizableBytes(size: number): { readonly buffer: { resize(size: number): void } } & Uint8Array {
  const Resizable = ArrayBuffer as unknown as new (size: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new Uint8Array(new Resizable(size, { maxByteLength: 1000 })) as never;
}
