import assert from 'node:assert/strict';
import { type MessageBuffers, SECBUFFER, SECQOP, type SecBuffer } from 'secur32/raw';
import { pair, type Qop, type Side } from './side.js';

const { DATA, PADDING, STREAM, TOKEN } = SECBUFFER;
const MESSAGE = Buffer.from('Hello, SASL');
const SIGN_ONLY = 0x80000000;

const buffer = (type: number, data: Uint8Array | string | number): SecBuffer => ({
  type,
  data: typeof data === 'number' ? new Uint8Array(data) : Uint8Array.from(Buffer.from(data as string)),
});

function joined(buffers: readonly SecBuffer[]): Uint8Array {
  return Buffer.concat(buffers.map(({ data }) => data));
}

function texts(buffers: MessageBuffers): string[] {
  return buffers.map(({ data }) => Buffer.from(data).toString());
}

const sealed = (side: Side, qop?: number) =>
  side.sspi.encryptMessageSync(side.context, {
    buffers: [buffer(DATA, MESSAGE as never), buffer(PADDING, 24)],
    ...(qop !== undefined && { qop }),
  });

function withCipher(cipher: 'rc4' | '3des') {
  const digest = { ciphers: [cipher] };
  return pair('auth-conf', { digest }, { digest });
}

const LAYERS: readonly [what: string, make: () => ReturnType<typeof pair>, trailer: number, qop: number][] = [
  ['auth-int', () => pair('auth-int'), 16, SECQOP.WRAP_NO_ENCRYPT],
  ['rc4', () => withCipher('rc4'), 16, 0],
  ['3des', () => withCipher('3des'), 19, 0],
];

for (const [what, make, trailerLength, qop] of LAYERS) {
  describe(`the message functions with ${what}`, () => {
    let client: Side;
    let server: Side;

    beforeEach(async () => {
      ({ client, server } = await make());
    });

    it('work in place', () => {
      const frame = new Uint8Array(4 + MESSAGE.length + 24);
      frame.set(MESSAGE, 4);
      const data = frame.subarray(4, 4 + MESSAGE.length);
      const padding = frame.subarray(4 + MESSAGE.length);
      const buffers = [
        { type: DATA, data },
        { type: PADDING, data: padding },
      ];
      const result = client.sspi.encryptMessageSync(client.context, { buffers });
      assert.equal(result.status, 0);
      assert.equal(result.qop, qop);
      assert.equal(result[0]!.data, data);
      assert.equal(result[1]!.data.length, trailerLength);
      assert.equal(result[1]!.data.byteOffset, padding.byteOffset);
      assert.equal(Buffer.from(data).equals(MESSAGE), qop !== 0, 'sealed or in the clear');

      const received = frame.subarray(4, 4 + MESSAGE.length + trailerLength);
      const opened = server.sspi.decryptMessageSync(server.context, { buffers: [{ type: DATA, data: received }] });
      assert.deepEqual(texts(opened), [MESSAGE.toString()]);
      assert.equal(opened.qop, qop);
      assert.equal(opened[0]!.data.byteOffset, received.byteOffset);
    });

    const layouts: [what: string, layout: (wire: Uint8Array) => SecBuffer[], expected: string[]][] = [
      ['one DATA', wire => [{ type: DATA, data: wire }], ['Hello, SASL']],
      ['one STREAM', wire => [{ type: STREAM, data: wire }], ['Hello, SASL']],
      [
        'DATA and PADDING side by side',
        wire => [
          { type: DATA, data: wire.subarray(0, 11) },
          { type: PADDING, data: wire.subarray(11) },
        ],
        ['Hello, SASL', ''],
      ],
      [
        'DATA and PADDING apart',
        wire => [
          { type: DATA, data: wire.slice(0, 11) },
          { type: PADDING, data: wire.slice(11) },
        ],
        ['Hello, SASL', ''],
      ],
      [
        'an empty TOKEN before them',
        wire => [
          { type: TOKEN, data: new Uint8Array() },
          { type: DATA, data: wire.slice(0, 11) },
          { type: PADDING, data: wire.slice(11) },
        ],
        ['', 'Hello, SASL', ''],
      ],
    ];
    for (const [layout, split, expected] of layouts) {
      it(`decrypt ${layout}`, () => {
        const buffers = split(Uint8Array.from(joined(sealed(client))));
        assert.deepEqual(texts(server.sspi.decryptMessageSync(server.context, { buffers })), expected);
      });
    }

    it('decrypt a STREAM into an empty DATA', () => {
      const stream = { type: STREAM, data: Uint8Array.from(joined(sealed(client))) };
      const buffers = [stream, buffer(DATA, 0)];
      const [, data] = server.sspi.decryptMessageSync(server.context, { buffers });
      assert.equal(Buffer.from(data!.data).toString(), 'Hello, SASL');
      assert.equal(data!.data.buffer, stream.data.buffer);
    });

    it('encrypt into a second DATA, and leave a TOKEN empty', () => {
      const buffers = [buffer(TOKEN, 16), buffer(DATA, 'abc'), buffer(DATA, 24)];
      const result = client.sspi.encryptMessageSync(client.context, { buffers });
      assert.equal(result[0]!.data.length, 0);
      assert.deepEqual(server.decrypt(joined(result)), new Uint8Array(Buffer.from('abc')));
    });

    it('leave read-only buffers alone', () => {
      const header = buffer(DATA | SECBUFFER.READONLY, 'header');
      const result = client.sspi.encryptMessageSync(client.context, {
        buffers: [{ ...header, type: header.type >>> 0 }, buffer(DATA, 'abc'), buffer(PADDING, 24)],
      });
      assert.equal(Buffer.from(result[0]!.data).toString(), 'header');
      assert.deepEqual(server.decrypt(joined(result.slice(1))), new Uint8Array(Buffer.from('abc')));
      const made = client.sspi.makeSignatureSync(client.context, {
        buffers: [buffer(TOKEN, 16), { ...header, type: header.type >>> 0 }, buffer(DATA, 'abc')],
      });
      const buffers = [{ type: (TOKEN | SECBUFFER.READONLY) >>> 0, data: made[0]!.data }, buffer(DATA, 'abc')];
      server.sspi.verifySignatureSync(server.context, { buffers });
    });

    it('do not pretend to sign what they leave out', () => {
      const buffers = [buffer(DATA | SECBUFFER.READONLY_WITH_CHECKSUM, 'x'), buffer(DATA, 'y'), buffer(PADDING, 24)];
      assert.throws(() => client.sspi.encryptMessageSync(client.context, { buffers }), {
        code: 'SEC_E_QOP_NOT_SUPPORTED',
      });
    });

    it('take empty messages', () => {
      assert.equal(server.decrypt(client.encrypt(new Uint8Array())).length, 0);
    });

    it('sign and verify parts of a message', async () => {
      const parts = [buffer(DATA, 'one'), buffer(DATA, 'two')];
      const made = await client.sspi.makeSignature(client.context, { buffers: [buffer(TOKEN, 20), ...parts] });
      assert.equal(made[0]!.data.length, 16);
      const whole = [made[0]!, buffer(DATA, 'onetwo')];
      assert.equal((await server.sspi.verifySignature(server.context, { buffers: whole })).status, 0);
      await assert.rejects(server.sspi.verifySignature(server.context, { buffers: whole }), {
        code: 'SEC_E_OUT_OF_SEQUENCE',
      });
      await assert.rejects(
        server.sspi.verifySignature(server.context, { buffers: [made[0]!, buffer(DATA, 'onetwx')] }),
        { code: 'SEC_E_MESSAGE_ALTERED' },
      );
    });

    it('count signatures and messages together, each direction by itself', () => {
      const signature = () =>
        Buffer.from(
          client.sspi.makeSignatureSync(client.context, { buffers: [buffer(TOKEN, 16), buffer(DATA, 'x')] })[0]!.data,
        ).readUInt32BE(12);
      assert.equal(signature(), 0);
      client.encrypt(MESSAGE);
      assert.equal(signature(), 2);
      assert.deepEqual(client.decrypt(server.encrypt(MESSAGE)), new Uint8Array(MESSAGE));
    });

    const refused: [what: string, name: Call, buffers: SecBuffer[], code: string][] = [
      ['no DATA', 'encryptMessageSync', [buffer(PADDING, 24)], 'SEC_E_INVALID_TOKEN'],
      ['no PADDING', 'encryptMessageSync', [buffer(DATA, 'x')], 'SEC_E_INVALID_TOKEN'],
      ['nothing', 'encryptMessageSync', [], 'SEC_E_INVALID_TOKEN'],
      ['too much', 'encryptMessageSync', Array(3).fill(buffer(DATA, 24)), 'SEC_E_INVALID_TOKEN'],
      ['a short PADDING', 'encryptMessageSync', [buffer(DATA, 'x'), buffer(PADDING, 15)], 'SEC_E_BUFFER_TOO_SMALL'],
      ['a long message', 'encryptMessageSync', [buffer(DATA, 65521), buffer(PADDING, 24)], 'SEC_E_INVALID_PARAMETER'],
      ['nothing', 'decryptMessageSync', [], 'SEC_E_INVALID_TOKEN'],
      ['a TOKEN only', 'decryptMessageSync', [buffer(TOKEN, 30)], 'SEC_E_INVALID_TOKEN'],
      ['an empty message', 'decryptMessageSync', [buffer(DATA, 0)], 'SEC_E_INVALID_TOKEN'],
      ['a long message', 'decryptMessageSync', [buffer(DATA, 65537)], 'SEC_E_INVALID_TOKEN'],
      ['zeros', 'decryptMessageSync', [buffer(DATA, 30)], 'SEC_E_MESSAGE_ALTERED'],
      ['no TOKEN', 'makeSignatureSync', [buffer(DATA, 'x')], 'SEC_E_INVALID_TOKEN'],
      ['no DATA', 'makeSignatureSync', [buffer(TOKEN, 16)], 'SEC_E_INVALID_TOKEN'],
      ['a short TOKEN', 'makeSignatureSync', [buffer(TOKEN, 15), buffer(DATA, 'x')], 'SEC_E_BUFFER_TOO_SMALL'],
      ['no TOKEN', 'verifySignatureSync', [buffer(DATA, 'x')], 'SEC_E_INVALID_TOKEN'],
      ['a short TOKEN', 'verifySignatureSync', [buffer(TOKEN, 15), buffer(DATA, 'x')], 'SEC_E_INVALID_TOKEN'],
      ['a long TOKEN', 'verifySignatureSync', [buffer(TOKEN, 17), buffer(DATA, 'x')], 'SEC_E_INVALID_TOKEN'],
      ['zeros', 'verifySignatureSync', [buffer(TOKEN, 16), buffer(DATA, 'x')], 'SEC_E_MESSAGE_ALTERED'],
    ];
    for (const [lacking, name, buffers, code] of refused) {
      it(`refuse ${lacking} (${name})`, () => {
        assert.throws(() => client.sspi[name](client.context, { buffers }), { code });
      });
    }

    it('protect in the way that was agreed on, and in no other', () => {
      assert.throws(() => sealed(client, SECQOP.WRAP_OOB_DATA), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
      for (const signOnly of [SECQOP.WRAP_NO_ENCRYPT, SIGN_ONLY]) {
        if (qop === 0) assert.throws(() => sealed(client, signOnly), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
        else assert.equal(sealed(client, signOnly).qop, SECQOP.WRAP_NO_ENCRYPT);
      }
    });

    it('have an end', async () => {
      await client.sspi.deleteSecurityContext(client.context);
      assert.throws(() => sealed(client), { code: 'SEC_E_INVALID_HANDLE' });
    });
  });
}

type Call = 'makeSignatureSync' | 'verifySignatureSync' | 'encryptMessageSync' | 'decryptMessageSync';

describe('the message functions with auth', () => {
  it('are refused', async () => {
    const { client } = await pair('auth' satisfies Qop);
    const buffers = [buffer(TOKEN, 16), buffer(DATA, 'x'), buffer(PADDING, 24)];
    const calls: Call[] = ['makeSignatureSync', 'verifySignatureSync', 'encryptMessageSync', 'decryptMessageSync'];
    for (const name of calls) {
      assert.throws(() => client.sspi[name](client.context, { buffers }), {
        code: 'SEC_E_QOP_NOT_SUPPORTED',
        hint: /INTEGRITY/,
      });
    }
  });
});
