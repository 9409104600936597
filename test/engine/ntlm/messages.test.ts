import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SEC_E } from 'secur32/raw';
import { ByteWriter } from '#dist/bytes/writer.js';
import { buildAuthenticate, parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { AvPairs, writeAvEnd, writeAvPair } from '#dist/engine/ntlm/messages/av-pairs.js';
import { buildChallenge, parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { parseClientChallenge } from '#dist/engine/ntlm/messages/client-challenge.js';
import { NTLMSSP } from '#dist/engine/ntlm/messages/flags.js';
import { isNtlmMessage, messageType } from '#dist/engine/ntlm/messages/message.js';
import { buildNegotiate, parseNegotiate } from '#dist/engine/ntlm/messages/negotiate.js';
import { PackageError } from '#dist/engine/package-error.js';
import { responseHead } from './forge.js';
import { unhex, vectors } from './vectors.js';

const bytes = (maxLength = 60) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Objects as the parsers make them. */
const plain = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });
const version = plain({ major: fc.nat(255), minor: fc.nat(255), build: fc.nat(0xffff), revision: fc.nat(255) });
const SUPPLIED = NTLMSSP.OEM_DOMAIN_SUPPLIED | NTLMSSP.OEM_WORKSTATION_SUPPLIED;

const refused = (error: unknown): boolean => error instanceof PackageError && error.status === SEC_E.INVALID_TOKEN;

describe('NTLM messages', () => {
  describe('NEGOTIATE', () => {
    const messages = plain({
      flags: fc.constant(NTLMSSP.VERSION | SUPPLIED),
      domain: bytes(),
      workstation: bytes(),
      version,
    });

    it('reads what it writes', () => {
      fc.assert(fc.property(messages, message => assert.deepEqual(parseNegotiate(buildNegotiate(message)), message)));
    });

    it('refuses every strict prefix of a message with names', () => {
      const whole = buildNegotiate({ flags: SUPPLIED, domain: Buffer.from('D'), workstation: Buffer.from('W') });
      for (let length = 0; length < whole.length; length++) {
        assert.throws(() => parseNegotiate(whole.subarray(0, length)), refused, `${length} bytes`);
      }
    });

    it('takes 16 bytes, as old clients have them, and 32, as curl and Chromium have them', () => {
      const flags = 0x00088207;
      const whole = buildNegotiate({ flags });
      assert.deepEqual(parseNegotiate(whole.subarray(0, 16)), { flags });
      assert.deepEqual(parseNegotiate(whole.subarray(0, 32)), { flags });
    });

    it('passes over names that the flags do not announce, wherever they are', () => {
      const message = Buffer.from(buildNegotiate({ flags: NTLMSSP.UNICODE }));
      message.fill(0xff, 16, 32);
      assert.deepEqual(parseNegotiate(message), { flags: NTLMSSP.UNICODE });
    });
  });

  describe('CHALLENGE', () => {
    const messages = plain({
      flags: fc.constant(NTLMSSP.TARGET_INFO | NTLMSSP.VERSION),
      targetName: bytes(),
      serverChallenge: exactly(8),
      targetInfo: bytes(),
      version,
    });

    it('reads what it writes', () => {
      fc.assert(fc.property(messages, message => assert.deepEqual(parseChallenge(buildChallenge(message)), message)));
    });

    it('refuses every strict prefix', () => {
      const whole = unhex(vectors.v2.challenge);
      for (let length = 0; length < whole.length; length++) {
        assert.throws(() => parseChallenge(whole.subarray(0, length)), refused, `${length} bytes`);
      }
    });

    it('takes 32 bytes, as old servers have them', () => {
      const whole = buildChallenge({
        flags: NTLMSSP.OEM,
        targetName: new Uint8Array(0),
        serverChallenge: new Uint8Array(8),
      });
      const { flags, targetInfo } = parseChallenge(whole.subarray(0, 32));
      assert.deepEqual([flags, targetInfo], [NTLMSSP.OEM, undefined]);
    });
  });

  describe('AUTHENTICATE', () => {
    const messages = plain({
      flags: fc.constant(NTLMSSP.VERSION),
      lmResponse: bytes(),
      ntResponse: bytes(400),
      domain: bytes(),
      user: bytes(),
      workstation: bytes(),
      sessionKey: bytes(),
      version,
    });

    it('reads what it writes', () => {
      fc.assert(
        fc.property(messages, message => {
          const { mic, ...read } = parseAuthenticate(buildAuthenticate(message));
          assert.deepEqual(read, message);
          assert.deepEqual(mic(), new Uint8Array(16));
        }),
      );
    });

    it('refuses every strict prefix', () => {
      const whole = unhex(vectors.withMic.authenticate);
      for (let length = 0; length < whole.length; length++) {
        assert.throws(() => parseAuthenticate(whole.subarray(0, length)), refused, `${length} bytes`);
      }
    });

    it('takes a payload that begins where version and MIC would be', () => {
      const whole = Buffer.from(unhex(vectors.v1.authenticate));
      const old = Buffer.concat([whole.subarray(0, 64), whole.subarray(72)]);
      for (let field = 12; field < 60; field += 8) old.writeUInt32LE(old.readUInt32LE(field + 4) - 8, field + 4);
      const { mic, user } = parseAuthenticate(old);
      assert.equal(Buffer.from(user).toString('utf16le'), vectors.user);
      assert.throws(mic, refused);
    });
  });

  describe('descriptors of the payload', () => {
    const AUTHENTICATE = vectors.withMic.authenticate;
    const CHALLENGE = vectors.withMic.challenge;
    const NEGOTIATE = Buffer.from(
      buildNegotiate({ flags: SUPPLIED, domain: Buffer.from('DOMAIN'), workstation: Buffer.from('WORKSTATION') }),
    ).toString('hex');

    const parsers = { parseNegotiate, parseChallenge, parseAuthenticate };
    const fields = [
      ...[16, 24].map(at => ({ parser: 'parseNegotiate', message: NEGOTIATE, at, fixed: 32 }) as const),
      ...[12, 40].map(at => ({ parser: 'parseChallenge', message: CHALLENGE, at, fixed: 48 }) as const),
      ...[12, 20, 28, 36, 44, 52].map(
        at => ({ parser: 'parseAuthenticate', message: AUTHENTICATE, at, fixed: 64 }) as const,
      ),
    ];
    for (const { at, fixed, message, parser } of fields) {
      const total = message.length / 2;
      const other =
        at === 12 || at === 16
          ? at + (parser === 'parseChallenge' ? 28 : 8)
          : parser === 'parseChallenge'
            ? 12
            : at - 8;
      const overlap = Buffer.from(message, 'hex').readUInt32LE(other + 4);
      for (const [name, length, offset] of [
        ['reaches past the end', 8, total - 7],
        ['begins behind the end', 1, total],
        ['is as long as a field can say', 0xffff, total - 10],
        ['begins at 2^31', 4, 0x8000_0000],
        ['wraps around 2^32', 8, 0xffff_fffc],
        ['lies at the very end of the numbers', 1, 0xffff_ffff],
        ['lies in the fixed part', 2, fixed - 2],
        ['lies over the signature', 8, 0],
        ['overlaps another', 2, overlap],
      ] as const) {
        it(`${parser}: a value at ${at} that ${name}`, () => {
          const changed = Buffer.from(message, 'hex');
          changed.writeUInt16LE(length, at);
          changed.writeUInt32LE(offset, at + 4);
          assert.throws(() => parsers[parser](changed), refused);
        });
      }

      it(`${parser}: an empty value at ${at} is nowhere`, () => {
        const changed = Buffer.from(message, 'hex');
        changed.writeUInt16LE(0, at);
        changed.writeUInt32LE(0xffff_ffff, at + 4);
        parsers[parser](changed);
      });

      it(`${parser}: MaxLen at ${at} says nothing`, () => {
        const changed = Buffer.from(message, 'hex');
        changed.writeUInt16LE(0xffff, at + 2);
        parsers[parser](changed);
      });
    }

    it('a value of a payload may not lie where the MIC is', () => {
      const changed = Buffer.from(AUTHENTICATE, 'hex');
      changed.writeUInt32LE(84, 44 + 4);
      changed.writeUInt16LE(4, 44);
      assert.throws(() => parseAuthenticate(changed).mic(), refused);
    });

    it('values may stand in any order and with gaps', () => {
      const whole = Buffer.from(AUTHENTICATE, 'hex');
      const length = whole.readUInt16LE(36);
      const moved = Buffer.concat([
        whole,
        Buffer.alloc(5),
        whole.subarray(whole.readUInt32LE(40), whole.readUInt32LE(40) + length),
      ]);
      moved.writeUInt32LE(whole.length + 5, 40);
      assert.equal(Buffer.from(parseAuthenticate(moved).user).toString('utf16le'), vectors.user);
    });

    it('messages have an end', () => {
      for (const [parser, message, limit] of [
        ['parseNegotiate', NEGOTIATE, 2888],
        ['parseChallenge', CHALLENGE, 0x10000],
        ['parseAuthenticate', AUTHENTICATE, 0x10000],
      ] as const) {
        const whole = Buffer.from(message, 'hex');
        parsers[parser](Buffer.concat([whole, Buffer.alloc(limit - whole.length)]));
        assert.throws(() => parsers[parser](Buffer.concat([whole, Buffer.alloc(limit - whole.length + 1)])), refused);
      }
    });

    it('are of a type, with a signature', () => {
      for (const parser of [parseNegotiate, parseChallenge, parseAuthenticate]) {
        for (const text of [
          '',
          'NTLMSSP',
          'NTLMSSP\0',
          'NTLMSSP\0\x04\0\0\0',
          'ntlmssp\0\x01\0\0\0',
          '\x60\x28\x06\x06+\x06\x01',
        ]) {
          assert.throws(() => parser(Buffer.from(text.padEnd(text.length && 100, '\0'), 'latin1')), refused);
        }
      }
      assert.throws(() => parseNegotiate(unhex(vectors.v2.challenge)), refused);
      assert.throws(() => parseChallenge(unhex(vectors.v2.authenticate)), refused);
      assert.throws(() => parseAuthenticate(unhex(vectors.withMic.negotiate)), refused);
      assert.equal(messageType(unhex(vectors.v2.authenticate)), 3);
      assert.equal(messageType(Buffer.from('NTLMSSP\0\x01\0\0')), undefined);
      assert.ok(isNtlmMessage(unhex(vectors.v2.challenge)));
    });
  });

  describe('AV pairs', () => {
    const pair = plain({ id: fc.integer({ min: 11, max: 0xffff }), value: bytes() });

    it('are read as they are written', () => {
      fc.assert(
        fc.property(fc.array(pair), pairs => {
          const writer = new ByteWriter();
          for (const { id, value } of pairs) writeAvPair(writer, id, value);
          writeAvEnd(writer);
          assert.deepEqual([...AvPairs.parse(writer.toBytes())], pairs);
          for (let length = 0; length < writer.length; length++) {
            assert.throws(() => AvPairs.parse(writer.view().subarray(0, length)), refused);
          }
        }),
      );
    });

    for (const [name, list] of Object.entries({
      'an empty list': '',
      'no end': '02000200 4100',
      'an end that is cut': '02000200 4100 0000',
      'an end with a value': '00000200 0000',
      'a value that leaves the list': '0200ffff 4100 00000000',
      'half a character': '02000100 41 00000000',
      'flags of three bytes': '06000300 000000 00000000',
      'no flags in flags': '06000000 00000000',
      'a short timestamp': '07000700 00000000000000 00000000',
      'long bindings': '0a001100 0000000000000000000000000000000000 00000000',
      'flags twice': '06000400 00000000 06000400 02000000 00000000',
      'a timestamp twice': '07000800 0000000000000000 07000800 0000000000000000 00000000',
      'a target twice': '09000000 09000000 00000000',
      'the server’s name twice': '01000200 4100 02000200 4100 01000200 4100 00000000',
    })) {
      it(`refuse ${name}`, () => {
        const bytes = unhex(list.replaceAll(' ', ''));
        assert.throws(() => AvPairs.parse(bytes), refused);
        const response = Buffer.concat([responseHead(0n), bytes]);
        assert.throws(() => parseClientChallenge(response), refused);
      });
    }

    it('may stand in any order, twice where nobody knows them, and with anything behind their end', () => {
      const list = AvPairs.parse(unhex('630001004163000100420200020041000100020042000000000012345678'));
      assert.deepEqual(
        [...list].map(({ id }) => id),
        [99, 99, 2, 1],
      );
      assert.deepEqual([list.text(1), list.text(2), list.text(3), list.flags], ['B', 'A', undefined, 0]);
    });

    it('take a time that grows with their number', () => {
      const writer = new ByteWriter();
      for (let i = 0; i < 16_000; i++) writeAvPair(writer, 99, new Uint8Array(0));
      writeAvEnd(writer);
      assert.equal([...AvPairs.parse(writer.toBytes())].length, 16_000);
    });
  });

  describe('NTLMv2 responses', () => {
    it('have a version', () => {
      for (const [at, value] of [
        [0, 2],
        [0, 0],
        [1, 2],
      ] as const) {
        const response = Buffer.concat([responseHead(0n), new Uint8Array(4)]);
        response[at] = value;
        assert.throws(() => parseClientChallenge(response), refused);
      }
    });

    it('end with their AV pairs at the earliest', () => {
      const response = Buffer.concat([responseHead(7n), unhex('0900020041000000000000000000')]);
      const { avPairs, timestamp } = parseClientChallenge(response);
      assert.deepEqual([avPairs.text(9), timestamp], ['A', 7n]);
      for (let length = 0; length < 28 + 10; length++) {
        assert.throws(() => parseClientChallenge(response.subarray(0, length)), refused, `${length} bytes`);
      }
    });
  });
});
