import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { ISC_REQ, SEC_E, SECBUFFER, SECPKG_ATTR, SECQOP, type SecBuffer } from 'secur32/raw';
import { NTLMSSP } from '#dist/engine/ntlm/messages/flags.js';
import { ConnectionStream } from '#dist/engine/ntlm/session/key-stream.js';
import { MessageGuard } from '#dist/engine/ntlm/session/message-guard.js';
import { CrcSignature } from '#dist/engine/ntlm/session/signature.js';
import type { PackageError } from '#dist/engine/package-error.js';
import {
  ALICE,
  changeU32,
  dataOf,
  type Endpoint,
  type Logon,
  type LogonOptions,
  logOn,
  SEALED,
  SIGNED,
  tokenOf,
} from './logon.js';

const altered = { code: 'SEC_E_MESSAGE_ALTERED' };
const outOfSequence = { code: 'SEC_E_OUT_OF_SEQUENCE' };
const invalid = { code: 'SEC_E_INVALID_TOKEN' };

const WEAK = { clientNtlm: { dangerouslyAllowWeakKeys: true }, serverNtlm: { dangerouslyAllowWeakKeys: true } };
const V1 = {
  clientNtlm: { ...WEAK.clientNtlm, dangerouslySendNtlmV1: true },
  serverNtlm: { ...WEAK.serverNtlm, dangerouslyAcceptNtlmV1: true },
};

/** NEGOTIATE without some flags. With NTLMv1 there is no MIC to tell. */
const without = (...bits: number[]) => changeU32(12, flags => bits.reduce((left, bit) => left & ~bit, flags));

describe('NTLM message protection', () => {
  const { EXTENDED_SESSIONSECURITY, KEY_128, KEY_56, KEY_EXCH } = NTLMSSP;
  const modes: Readonly<Record<string, { options: LogonOptions; strength: number; halfDuplex?: boolean }>> = {
    'NTLMv2, 128 bits': { options: {}, strength: 128 },
    'NTLMv1 with extended session security, 128 bits': { options: V1, strength: 128 },
    'no key exchange': { options: { ...V1, negotiate: without(KEY_EXCH) }, strength: 128 },
    '56 bits': { options: { ...V1, negotiate: without(KEY_128) }, strength: 56 },
    '40 bits': { options: { ...V1, negotiate: without(KEY_128, KEY_56) }, strength: 40 },
    'no extended session security': {
      options: { ...V1, negotiate: without(EXTENDED_SESSIONSECURITY) },
      strength: 128,
      halfDuplex: true,
    },
  };

  for (const [name, { halfDuplex = false, options, strength }] of Object.entries(modes)) {
    describe(name, () => {
      it('seals and signs, in turns', async () => {
        const { client, server } = await logOn(options);
        for (const [from, to] of [
          [client, server],
          [server, client],
          [client, server],
        ] as const) {
          assert.deepEqual(to.open(from.seal('sealed')), { text: 'sealed', qop: 0 });
          to.verify('signed', from.sign('signed'));
          assert.deepEqual(to.open(from.seal('wrapped', SECQOP.WRAP_NO_ENCRYPT)).text, 'wrapped');
        }
        assert.equal((await client.attribute(SECPKG_ATTR.KEY_INFO)).keySize, strength);
      });

      it('goes on through many messages', async () => {
        const { client, server } = await logOn(options);
        for (let i = 0; i < 500; i++) {
          const text = `message ${i}`.repeat(i % 7);
          assert.equal(server.open(client.seal(text)).text, text);
          if (i % 3 === 0) client.verify(text, server.sign(text));
        }
      });

      it('notices every changed byte, and loses nothing by it', async () => {
        const { client, server } = await logOn(options);
        const message = client.seal('attack at dawn');
        for (let at = 0; at < message.length; at++) {
          // Bytes 4 to 7 of a signature with a CRC mean nothing ([MS-NLMP] 3.4.4.1).
          if (halfDuplex && at >= 4 && at < 8) continue;
          const changed = Uint8Array.from(message);
          changed[at]! ^= 0x20;
          assert.throws(() => server.open(changed), at >= 12 && at < 16 ? outOfSequence : altered, `byte ${at}`);
        }
        assert.equal(server.open(message).text, 'attack at dawn');
        assert.equal(server.open(client.seal('more')).text, 'more');
      });

      it('notices a message that comes again, too late, or back', async () => {
        const { client, server } = await logOn(options);
        const first = client.seal('one');
        server.open(first);
        const replayed = halfDuplex ? altered : outOfSequence;
        assert.throws(() => server.open(first), replayed);
        const second = client.seal('two');
        const third = client.seal('three');
        assert.throws(() => server.open(third), replayed);
        assert.equal(server.open(second).text, 'two');
        assert.equal(server.open(third).text, 'three');
        assert.throws(() => client.open(first));
      });

      it('leaves a refused message as it came', async () => {
        const { client, server } = await logOn(options);
        const message = client.seal('attack at dawn');
        message[3]! ^= 1;
        const data = message.slice(16);
        const buffers = [tokenOf(message.slice(0, 16)), { type: SECBUFFER.DATA, data }];
        assert.throws(() => server.sspi.decryptMessageSync(server.context, { buffers }), altered);
        assert.deepEqual(data, message.slice(16));
      });

      it('checks the length of signatures', async () => {
        const { client, server } = await logOn(options);
        const signature = client.sign('text');
        for (const wrong of [
          signature.subarray(1),
          signature.subarray(0, 15),
          Buffer.concat([signature, Buffer.alloc(1)]),
        ]) {
          assert.throws(() => server.verify('text', wrong), invalid);
        }
        assert.throws(() => server.open(new Uint8Array(15)), invalid);
        server.verify('text', signature);
      });

      it('does not take the signature of a session that signs nothing', async () => {
        const { server } = await logOn(options);
        const dummy = new Uint8Array(16);
        dummy[0] = 1;
        assert.throws(() => server.verify('text', dummy), altered);
        assert.throws(() => server.open(dummy), altered);
      });
    });
  }

  describe('a session that only signs', () => {
    it('seals where it is asked to, as Windows and Samba do on LDAP', async () => {
      const { client, server } = await logOn({ isc: SIGNED });
      const message = client.seal('clear text');
      assert.ok(!Buffer.from(message).includes('clear text'));
      assert.deepEqual(server.open(message), { text: 'clear text', qop: 0 });
    });

    it('takes messages that are signed in the form of sealed ones', async () => {
      const { client, server } = await logOn({ isc: SIGNED });
      const qop = SECQOP.WRAP_NO_ENCRYPT;
      assert.deepEqual(server.open(client.seal('clear text', qop)), { text: 'clear text', qop });
      assert.equal(server.open(client.seal('sealed')).text, 'sealed');
    });
  });

  describe('a session without protection', () => {
    it('has no message functions, and no sizes', async () => {
      const { client, server } = await logOn({ isc: 0 });
      for (const side of [client, server]) {
        assert.throws(() => side.sign('text'), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
        assert.throws(() => side.seal('text'), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
        assert.throws(() => side.verify('text', new Uint8Array(16)), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
        assert.throws(() => side.open(new Uint8Array(20)), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
        const sizes = { maxToken: 2888, maxSignature: 0, blockSize: 0, securityTrailer: 0 };
        assert.deepEqual(await side.attribute(SECPKG_ATTR.SIZES), sizes);
        assert.equal((await side.attribute(SECPKG_ATTR.KEY_INFO)).keySize, 0);
      }
    });
  });

  describe('buffers', () => {
    const run = (side: Endpoint, name: 'encryptMessageSync' | 'decryptMessageSync', buffers: SecBuffer[]) =>
      side.sspi[name](side.context, { buffers });
    const readOnly = (text: string, flag: number): SecBuffer => ({
      ...dataOf(text),
      type: (SECBUFFER.DATA | flag) >>> 0,
    });

    it('a message may be in several, and part of it only read', async () => {
      const { client, server } = await logOn();
      for (const flag of [SECBUFFER.READONLY, SECBUFFER.READONLY_WITH_CHECKSUM]) {
        const sealed = run(client, 'encryptMessageSync', [
          readOnly('head', flag),
          tokenOf(new Uint8Array(16)),
          dataOf('one'),
          dataOf('two'),
        ]);
        assert.equal(Buffer.from(sealed[0]!.data).toString(), 'head');
        assert.notEqual(Buffer.from(sealed[2]!.data).toString(), 'one');
        const copies = sealed.map(({ data, type }) => ({ type, data: Uint8Array.from(data) }));
        copies[0]!.data[0]! ^= 1;
        assert.throws(() => run(server, 'decryptMessageSync', copies), altered);
        const opened = run(server, 'decryptMessageSync', [...sealed]);
        assert.deepEqual(
          opened.map(({ data }) => Buffer.from(data).toString()).filter((_, at) => at !== 1),
          ['head', 'one', 'two'],
        );
      }
    });

    it('read-only ones are signed by extended session security only, unless they ask for it', async () => {
      const { client, server } = await logOn({ ...V1, negotiate: without(EXTENDED_SESSIONSECURITY) });
      const change = ([head, ...rest]: readonly SecBuffer[]) => [
        { type: head!.type, data: Buffer.from('HEAD') },
        ...rest,
      ];
      const sealed = run(client, 'encryptMessageSync', [
        readOnly('head', SECBUFFER.READONLY),
        tokenOf(new Uint8Array(16)),
        dataOf('one'),
      ]);
      run(server, 'decryptMessageSync', change(sealed));
      const checked = readOnly('head', SECBUFFER.READONLY_WITH_CHECKSUM);
      const covered = run(client, 'encryptMessageSync', [checked, tokenOf(new Uint8Array(16)), dataOf('one')]);
      assert.throws(() => run(server, 'decryptMessageSync', change(covered)), altered);
      run(server, 'decryptMessageSync', [...covered]);
    });

    it('work is done where the bytes are', async () => {
      const { client, server } = await logOn();
      const room = new Uint8Array(16 + 4);
      const token = room.subarray(0, 16);
      const data = room.subarray(16);
      data.set(Buffer.from('text'));
      run(client, 'encryptMessageSync', [
        tokenOf(token),
        { type: SECBUFFER.DATA, data },
        { type: SECBUFFER.PADDING, data: new Uint8Array(9) },
      ]);
      const [stream, opened] = run(server, 'decryptMessageSync', [{ type: SECBUFFER.STREAM, data: room }, dataOf('')]);
      assert.equal(stream!.data.length, 20);
      assert.equal(opened!.data.buffer, room.buffer);
      assert.equal(Buffer.from(opened!.data).toString(), 'text');
    });

    it('padding comes back empty, and a token cut to the signature', async () => {
      const { client } = await logOn();
      const padding = { type: SECBUFFER.PADDING, data: new Uint8Array(9) };
      const sealed = run(client, 'encryptMessageSync', [tokenOf(new Uint8Array(40)), dataOf('text'), padding]);
      assert.deepEqual(
        sealed.map(({ data }) => data.length),
        [16, 4, 0],
      );
    });

    it('a stream alone is cut to the message', async () => {
      const { client, server } = await logOn();
      const opened = run(server, 'decryptMessageSync', [{ type: SECBUFFER.STREAM, data: client.seal('text') }]);
      assert.equal(Buffer.from(opened[0]!.data).toString(), 'text');
    });

    it('have to be there, and large enough', async () => {
      const { client, server } = await logOn();
      for (const side of [client, server]) {
        for (const name of [
          'encryptMessageSync',
          'decryptMessageSync',
          'makeSignatureSync',
          'verifySignatureSync',
        ] as const) {
          const call =
            (...buffers: SecBuffer[]) =>
            () =>
              side.sspi[name](side.context, { buffers });
          assert.throws(call(), invalid);
          assert.throws(call(dataOf('text')), invalid);
          assert.throws(call(tokenOf(new Uint8Array(16))), invalid);
          const short =
            name.startsWith('encrypt') || name.startsWith('make') ? { code: 'SEC_E_BUFFER_TOO_SMALL' } : invalid;
          assert.throws(call(tokenOf(new Uint8Array(15)), dataOf('text')), short);
        }
      }
    });

    it('a quality of protection that there is not is refused', async () => {
      const { client } = await logOn();
      assert.throws(() => client.seal('text', 1), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    });
  });

  describe('datagrams', () => {
    const datagram = (isc: number, options: LogonOptions = {}): Promise<Logon> =>
      logOn({ ...options, isc: isc | ISC_REQ.DATAGRAM });

    it('the server speaks first', async () => {
      const { client, messages, server } = await datagram(SEALED);
      assert.equal(messages.negotiate.length, 0);
      assert.equal(client.leg.contextAttr & 0x400, 0x400);
      assert.equal(server.leg.contextAttr & 0x400, 0x400);
    });

    it('messages get lost and come in any order, each with the number that its sender gave it', async () => {
      const { client, server } = await datagram(SEALED);
      const sent = [5, 1, 0xffff_ffff, 3].map(number => [number, client.seal(`message ${number}`, 0, number)] as const);
      for (const [number, message] of [...sent].reverse()) {
        assert.equal(server.open(message, number).text, `message ${number}`);
        assert.throws(() => server.open(message, 7), outOfSequence);
      }
      server.verify('signed', client.sign('signed', 9), 9);
      client.verify('signed', server.sign('signed', 9), 9);
    });

    it('one key stream is not used for two messages', async () => {
      const { client } = await datagram(SEALED);
      const [first, second] = [client.seal('text', 0, 1), client.seal('text', 0, 2)];
      assert.notDeepEqual(first.slice(16), second.slice(16));
    });

    it('the MIC covers the challenge', async () => {
      await assert.rejects(datagram(SEALED, { challenge: changeU32(32, () => 1) }), altered);
    });

    it('without extended session security, too', async () => {
      const { client, server } = await datagram(SEALED, {
        ...V1,
        challenge: changeU32(20, flags => flags & ~EXTENDED_SESSIONSECURITY),
      });
      assert.equal(server.open(client.seal('text', 0, 4), 4).text, 'text');
      assert.equal((await client.attribute(SECPKG_ATTR.KEY_INFO)).signatureAlgorithmName, 'CRC32');
      assert.equal((await client.attribute(SECPKG_ATTR.KEY_INFO)).keySize, 56);
    });
  });

  describe('SPNEGO’s list of mechanisms', () => {
    const list = Buffer.from('300c060a2b06010401823702020a', 'hex');

    it('is signed with the key stream put back, and the number counted', async () => {
      const { client, messages, server } = await guards();
      const mic = client.signMechList(list);
      assert.equal(mic.length, 16);
      server.verifyMechList(list, mic);
      client.verifyMechList(list, server.signMechList(list));
      assert.equal(messages.seal(), 'text');
    });

    it('is checked', async () => {
      const { client, server } = await guards();
      const mic = client.signMechList(list);
      assert.throws(() => server.verifyMechList(list.subarray(1), mic), { status: SEC_E.MESSAGE_ALTERED });
      assert.throws(() => server.verifyMechList(list, mic.subarray(1)), { status: SEC_E.INVALID_TOKEN });
      server.verifyMechList(list, mic);
      assert.throws(() => server.verifyMechList(list, mic), { status: SEC_E.OUT_OF_SEQUENCE });
    });
  });

  describe('sequence numbers', () => {
    it('do not come around', () => {
      const key = new Uint8Array(16);
      const parts = { signed: [new Uint8Array(3)], sealed: [] };
      const guard = new MessageGuard(new ConnectionStream(key, 0xffff_fffe), new CrcSignature());
      guard.sign(new Uint8Array(16), parts, 0);
      for (const call of [
        () => guard.sign(new Uint8Array(16), parts, 0),
        () => guard.seal(new Uint8Array(16), parts, 0),
        () => guard.verify(new Uint8Array(16), parts, 0),
        () => guard.unseal(new Uint8Array(16), parts, 0),
      ]) {
        assert.throws(call, (error: PackageError) => error.status === SEC_E.CONTEXT_EXPIRED);
      }
    });
  });
});

/** The package's own contexts of a logon, which the function table does not show. */
async function guards() {
  const { client, server } = await logOn({ accounts: memoryAccounts([ALICE]) });
  const inner = (side: Endpoint) => (side.context as unknown as { context: PackageContextWithMechList }).context;
  return {
    client: inner(client),
    server: inner(server),
    messages: { seal: () => server.open(client.seal('text')).text },
  };
}

interface PackageContextWithMechList {
  signMechList(list: Uint8Array): Uint8Array;
  verifyMechList(list: Uint8Array, mic: Uint8Array): void;
}
