import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECBUFFER, SECQOP, type SecBuffer } from 'secur32/raw';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { encodeLatin1 } from '#dist/bytes/text.js';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { contextTokens } from '#dist/engine/kerberos/per-message/context-tokens.js';
import { MessageProtection } from '#dist/engine/kerberos/per-message/message-protection.js';
import type { SequenceDetection } from '#dist/engine/kerberos/per-message/sequence-window.js';
import type { TokenFormat } from '#dist/engine/kerberos/per-message/token-format.js';
import { SEC_E } from '#dist/sspi/status.js';
import { readVectors } from '../../../vectors/read-vectors.js';

interface Token {
  readonly sequence: number;
  readonly token: string;
}

interface Vectors {
  readonly rc4: {
    readonly key: string;
    readonly confounder: string;
    readonly sequence: number;
    readonly plaintext: string;
    readonly sealed: string;
    readonly signed: string;
    readonly mic: Token & { readonly text: string };
  };
  readonly aes256: Readonly<
    Record<
      'mic' | 'acceptorMic' | 'signed' | 'signedUnrotated' | 'sealed' | 'sealedUnrotated' | 'dceSealed' | 'cookie',
      Token
    >
  > & { readonly key: string; readonly text: string; readonly confounder: string };
}

const { rc4, aes256 } = readVectors<Vectors>('kerberos-per-message');

type Role = 'client' | 'server';

interface Options {
  readonly etype?: number;
  readonly key?: string;
  readonly acceptorSubkey?: boolean;
  readonly dceStyle?: boolean;
  readonly confounder?: string;
}

function tokens(role: Role, options: Options = {}): TokenFormat {
  const { etype = 18, key = aes256.key, acceptorSubkey = false, dceStyle = false, confounder } = options;
  const type = encryptionType(etype)!;
  return contextTokens({
    key: type.key(decodeHex(key).subarray(0, type.keyLength)),
    role,
    acceptorSubkey,
    dceStyle,
    environment: nodeEnvironment(confounder === undefined ? {} : { randomBytes: () => decodeHex(confounder) }),
  });
}

const plain = (bytes: Uint8Array) => [{ bytes, clear: false }];
const hello = (): Uint8Array => encodeLatin1(aes256.text);
const wrapped = (format: TokenFormat, how: 'seal' | 'sign', sequence: number, text: Uint8Array): string => {
  const data = Uint8Array.from(text);
  const { token, padding } = format[how](sequence, plain(data));
  return encodeHex(token) + encodeHex(data) + encodeHex(padding);
};
const altered = (call: () => unknown): void =>
  assert.throws(call, (error: { status?: number }) => {
    assert.ok(error.status === SEC_E.MESSAGE_ALTERED || error.status === SEC_E.INVALID_TOKEN, String(error));
    return true;
  });
/** The number of a signed message of RC4 can be changed on its way (RFC 4757 7): only the order of the messages tells. */
const inTurn = (sequence: number, due: number): void => {
  if (sequence !== due) throw Object.assign(new Error('not its turn'), { status: SEC_E.MESSAGE_ALTERED });
};
const status =
  (expected: number) =>
  (error: { status?: number }): boolean =>
    error.status === expected;

describe('Kerberos per-message tokens', () => {
  describe('vectors', () => {
    it('RFC 4757: Wrap as [MS-KILE] 4.5 has it', () => {
      const options = { etype: 23, key: rc4.key, confounder: rc4.confounder };
      const text = decodeHex(rc4.plaintext);
      assert.equal(wrapped(tokens('client', options), 'seal', rc4.sequence, text), rc4.sealed);
      assert.equal(wrapped(tokens('client', options), 'sign', rc4.sequence, text), rc4.signed);
      for (const message of [rc4.sealed, rc4.signed]) {
        const opened = tokens('server', options).open(decodeHex(message), []);
        assert.equal(encodeHex(opened.plaintext), rc4.plaintext);
        assert.equal(opened.sequence, rc4.sequence);
        assert.equal(opened.sealed, message === rc4.sealed);
      }
    });

    it('RFC 4757: MIC', () => {
      const options = { etype: 23, key: rc4.key };
      const parts = plain(encodeLatin1(rc4.mic.text));
      assert.equal(encodeHex(tokens('client', options).mic(1, parts)), rc4.mic.token);
      assert.equal(tokens('server', options).verifyMic(decodeHex(rc4.mic.token), parts), 1);
    });

    it('RFC 4121: MIC, of both sides', () => {
      const { mic, acceptorMic } = aes256;
      assert.equal(encodeHex(tokens('client').mic(1, plain(hello()))), mic.token);
      const server = tokens('server', { acceptorSubkey: true });
      assert.equal(encodeHex(server.mic(1, plain(hello()))), acceptorMic.token);
      const client = tokens('client', { acceptorSubkey: true });
      assert.equal(client.verifyMic(decodeHex(acceptorMic.token), plain(hello())), 1);
    });

    it('RFC 4121: Wrap, signed and sealed, rotated and not', () => {
      const { sealed, signed, sealedUnrotated, signedUnrotated, confounder } = aes256;
      assert.equal(wrapped(tokens('client', { confounder }), 'seal', 3, hello()), sealed.token);
      assert.equal(wrapped(tokens('client'), 'sign', 2, hello()), signed.token);
      for (const { token, sequence } of [sealed, signed, sealedUnrotated, signedUnrotated]) {
        const opened = tokens('server').open(decodeHex(token), []);
        assert.deepEqual([encodeHex(opened.plaintext), opened.sequence], [encodeHex(hello()), sequence]);
      }
    });

    it('RFC 4121: DCE style ([MS-KILE] 3.4.5.4.1)', () => {
      const { dceSealed, confounder } = aes256;
      assert.equal(wrapped(tokens('client', { confounder, dceStyle: true }), 'seal', 3, hello()), dceSealed.token);
      const opened = tokens('server', { dceStyle: true }).open(decodeHex(dceSealed.token), []);
      assert.equal(encodeHex(opened.plaintext), encodeHex(hello()));
    });

    it('RFC 4121: the cookie of RFC 4752', () => {
      const cookie = decodeHex('07010000');
      assert.equal(wrapped(tokens('server', { acceptorSubkey: true }), 'sign', 0, cookie), aes256.cookie.token);
    });
  });

  const TYPES = [17, 18, 19, 20, 23];

  describe('round trips and every change', () => {
    for (const etype of TYPES) {
      for (const dceStyle of [false, true]) {
        const name = `${encryptionType(etype)!.name}${dceStyle ? ', DCE style' : ''}`;
        const options = { etype, dceStyle };

        it(`${name}: any message`, () => {
          const [client, server] = [tokens('client', options), tokens('server', options)];
          fc.assert(
            fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), fc.nat(), (text, seal, sequence) => {
              const message = decodeHex(wrapped(client, seal ? 'seal' : 'sign', sequence, text));
              const opened = server.open(message, []);
              assert.deepEqual(
                [encodeHex(opened.plaintext), opened.sequence, opened.sealed],
                [encodeHex(text), sequence, seal],
              );
            }),
            { numRuns: 50 },
          );
        });

        it(`${name}: no byte can be changed, none left out`, () => {
          const [client, server] = [tokens('client', options), tokens('server', options)];
          for (const how of ['seal', 'sign'] as const) {
            const message = decodeHex(wrapped(client, how, 5, hello()));
            for (let at = 0; at < message.length; at++) {
              altered(() => server.open(message.subarray(0, at), []));
              // The rotation is a hint to where bytes stand, and not protected (RFC 4121 4.2.5): another one finds other bytes.
              for (const bit of [1, 0x80]) {
                const changed = Uint8Array.from(message);
                changed[at]! ^= bit;
                altered(() => inTurn(server.open(changed, []).sequence, 5));
              }
            }
            altered(() => client.open(message, []));
          }
          const mic = client.mic(7, plain(hello()));
          for (let at = 0; at < mic.length; at++) {
            const changed = Uint8Array.from(mic);
            changed[at]! ^= 1;
            altered(() => inTurn(server.verifyMic(changed, plain(hello())), 7));
            altered(() => server.verifyMic(mic.subarray(0, at), plain(hello())));
          }
          altered(() => server.verifyMic(mic, plain(encodeLatin1('hellp'))));
        });
      }
    }

    it('takes any rotation', () => {
      const message = decodeHex(aes256.sealedUnrotated.token);
      const body = message.subarray(16);
      for (let count = 0; count < 2 * body.length + 3; count++) {
        const cut = body.length - (count % body.length);
        const rotated = Uint8Array.from([...message.subarray(0, 16), ...body.subarray(cut), ...body.subarray(0, cut)]);
        rotated[6] = count >> 8;
        rotated[7] = count;
        assert.equal(encodeHex(tokens('server').open(rotated, []).plaintext), encodeHex(hello()));
      }
    });

    it('takes no message of a context with another base key', () => {
      const message = decodeHex(wrapped(tokens('client', { acceptorSubkey: true }), 'seal', 1, hello()));
      altered(() => tokens('server').open(message, []));
    });

    it('never throws anything but a refusal', () => {
      const servers = TYPES.map(etype => tokens('server', { etype }));
      const starts = [[], [5, 4], [4, 4], [0x60], [...decodeHex(rc4.sealed).subarray(0, 21)]];
      fc.assert(
        fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 80 }), (start, rest) => {
          const message = Uint8Array.from([...start, ...rest]);
          for (const server of servers) {
            altered(() => server.open(message, []));
            altered(() => server.verifyMic(message, []));
          }
        }),
        { numRuns: 300 },
      );
    });
  });

  describe('SSPI buffers', () => {
    const pair = (etype: number, detection: SequenceDetection = 'sequence') =>
      (['client', 'server'] as const).map(
        role =>
          new MessageProtection({
            format: tokens(role, { etype }),
            detection,
            sendSequence: 100,
            receiveSequence: 100,
          }),
      ) as [MessageProtection, MessageProtection];
    const sealInto = (side: MessageProtection, data: SecBuffer[], qop = 0): SecBuffer[] =>
      side.encryptMessage({
        buffers: [
          { type: SECBUFFER.TOKEN, data: new Uint8Array(side.headerLength) },
          ...data,
          { type: SECBUFFER.PADDING, data: new Uint8Array(side.blockSize) },
        ],
        qop,
      });
    const data = (text: string, flags = 0): SecBuffer => ({
      type: (SECBUFFER.DATA | flags) >>> 0,
      data: encodeLatin1(text),
    });
    const wire = (buffers: readonly SecBuffer[]): Uint8Array =>
      Buffer.concat(buffers.filter(({ type }) => type < 0x10000000).map(buffer => buffer.data));
    const text = (buffers: readonly SecBuffer[]): string =>
      buffers
        .filter(({ type }) => type === SECBUFFER.DATA)
        .map(buffer => Buffer.from(buffer.data).toString('latin1'))
        .join('|');

    for (const etype of TYPES) {
      const { name } = encryptionType(etype)!;
      it(`${name}: TOKEN, DATA, PADDING, in place, and as a STREAM`, () => {
        for (const qop of [0, SECQOP.WRAP_NO_ENCRYPT]) {
          const [client, server] = pair(etype);
          const first = sealInto(client, [data('one'), data(' and two')], qop);
          assert.equal(text(first) === 'one| and two', qop !== 0);
          const opened = server.decryptMessage({ buffers: first });
          assert.deepEqual([text(opened), opened.qop], ['one| and two', qop]);
          const second = wire(sealInto(client, [data('three')], qop));
          const stream = server.decryptMessage({
            buffers: [
              { type: SECBUFFER.STREAM, data: second },
              { type: SECBUFFER.DATA, data: new Uint8Array(0) },
            ],
          });
          assert.deepEqual([text(stream), stream.qop], ['three', qop]);
        }
      });

      it(`${name}: READONLY_WITH_CHECKSUM is signed, READONLY is nothing`, () => {
        const { READONLY, READONLY_WITH_CHECKSUM } = SECBUFFER;
        const [client, server] = pair(etype);
        const sealed = sealInto(client, [
          data('head', READONLY_WITH_CHECKSUM),
          data('secret'),
          data('aside', READONLY),
          data('tail', READONLY_WITH_CHECKSUM),
        ]);
        const changed = (at: number, by: SecBuffer): SecBuffer[] =>
          sealed.map((buffer, index) =>
            index === at ? by : { type: buffer.type, data: Uint8Array.from(buffer.data) },
          );
        assert.throws(
          () => server.decryptMessage({ buffers: changed(1, data('hEad', READONLY_WITH_CHECKSUM)) }),
          status(SEC_E.MESSAGE_ALTERED),
        );
        assert.throws(
          () => server.decryptMessage({ buffers: changed(4, data('tael', READONLY_WITH_CHECKSUM)) }),
          status(SEC_E.MESSAGE_ALTERED),
        );
        assert.equal(text(server.decryptMessage({ buffers: changed(3, data('other', READONLY)) })), 'secret');
      });

      it(`${name}: signatures`, () => {
        const [client, server] = pair(etype);
        const token = { type: SECBUFFER.TOKEN, data: new Uint8Array(client.signatureLength + 20) };
        const signed = client.makeSignature({ buffers: [token, data('text')] });
        assert.equal(signed[0]!.data.length, client.signatureLength);
        server.verifySignature({ buffers: signed });
        assert.throws(() => server.verifySignature({ buffers: signed }), status(SEC_E.OUT_OF_SEQUENCE));
      });
    }

    it('needs room', () => {
      const [client] = pair(18);
      const short = { type: SECBUFFER.TOKEN, data: new Uint8Array(client.headerLength - 1) };
      assert.throws(() => client.encryptMessage({ buffers: [short, data('x')] }), status(SEC_E.BUFFER_TOO_SMALL));
      assert.throws(() => client.encryptMessage({ buffers: [data('x')] }), status(SEC_E.INVALID_TOKEN));
      assert.throws(
        () => client.makeSignature({ buffers: [{ ...short, data: new Uint8Array(3) }] }),
        status(SEC_E.BUFFER_TOO_SMALL),
      );
      assert.throws(() => sealInto(client, [data('x')], 5), status(SEC_E.QOP_NOT_SUPPORTED));
    });

    describe('order', () => {
      const numbered = (side: MessageProtection, count: number): Uint8Array[] =>
        Array.from({ length: count }, (_, n) => wire(sealInto(side, [data(String(n))])));
      const open = (side: MessageProtection, message: Uint8Array): string =>
        text(
          side.decryptMessage({
            buffers: [
              { type: SECBUFFER.STREAM, data: message },
              { type: SECBUFFER.DATA, data: new Uint8Array(0) },
            ],
          }),
        );

      for (const etype of [18, 23]) {
        it(`${etype}: sequence: each once, in their order`, () => {
          const [client, server] = pair(etype);
          const messages = numbered(client, 4);
          assert.equal(open(server, messages[0]!), '0');
          assert.throws(() => open(server, messages[0]!), status(SEC_E.OUT_OF_SEQUENCE));
          assert.throws(() => open(server, messages[2]!), status(SEC_E.OUT_OF_SEQUENCE));
          assert.equal(open(server, messages[1]!), '1', 'a refused one changes nothing');
        });

        it(`${etype}: replay: each once, in any order, within a window`, () => {
          const [client, server] = pair(etype, 'replay');
          const messages = numbered(client, 100);
          for (const n of [3, 1, 0, 2, 90, 40]) assert.equal(open(server, messages[n]!), String(n));
          for (const n of [3, 1, 0, 2, 90, 40, 5]) {
            assert.throws(() => open(server, messages[n]!), status(SEC_E.OUT_OF_SEQUENCE), `message ${n}`);
          }
        });

        it(`${etype}: none: any`, () => {
          const [client, server] = pair(etype, 'none');
          const messages = numbered(client, 3);
          for (const n of [2, 2, 0]) assert.equal(open(server, messages[n]!), String(n));
        });
      }

      it('numbers of RC4 come around', () => {
        const parts = { detection: 'sequence', sendSequence: 0xffff_ffff, receiveSequence: 0xffff_ffff } as const;
        const client = new MessageProtection({ ...parts, format: tokens('client', { etype: 23 }) });
        const server = new MessageProtection({ ...parts, format: tokens('server', { etype: 23 }) });
        for (const [n, message] of numbered(client, 3).entries()) assert.equal(open(server, message), String(n));
      });

      it('those of RFC 4121 go on beyond 32 bits', () => {
        const parts = { detection: 'replay', sendSequence: 0xffff_ffff, receiveSequence: 0xffff_ffff } as const;
        const client = new MessageProtection({ ...parts, format: tokens('client') });
        const server = new MessageProtection({ ...parts, format: tokens('server') });
        const messages = numbered(client, 3);
        assert.equal(encodeHex(messages[1]!.subarray(8, 16)), '0000000100000000');
        for (const n of [2, 0, 1]) assert.equal(open(server, messages[n]!), String(n));
      });
    });
  });
});
