import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DerReader } from '#dist/bytes/der/der-reader.js';
import { encodeDer } from '#dist/bytes/der/der-value.js';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { mechTypeList, readMechTypeList } from '#dist/engine/negotiate/messages/mech-type-list.js';
import { derNegHints, NO_HINT, readNegHints } from '#dist/engine/negotiate/messages/neg-hints.js';
import type { NegState } from '#dist/engine/negotiate/messages/neg-token-resp.js';
import {
  decodeNegotiationToken,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from '#dist/engine/negotiate/messages/negotiation-token.js';
import { readVectors } from '../../vectors/read-vectors.js';

interface Vectors {
  readonly mechTypes: { readonly oids: readonly string[]; readonly encoding: string };
  readonly negHints: { readonly hintName: string; readonly encoding: string };
  readonly exchanges: readonly { readonly name: string; readonly tokens: readonly string[] }[];
}

const vectors = readVectors<Vectors>('spnego');
const NTLM = '1.3.6.1.4.1.311.2.2.10';
const SPNEGO = '06062b0601050502';

/** Contents of one token, and what is in it again after encoding. */
function again(token: Uint8Array): Uint8Array {
  const decoded = decodeNegotiationToken(token);
  return decoded.kind === 'init' ? encodeNegTokenInit(decoded.init) : encodeNegTokenResp(decoded.resp);
}

const bytes = fc.uint8Array({ maxLength: 200 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const oid = fc.array(fc.nat(), { minLength: 1, maxLength: 6 }).map(arcs => ['1.3', ...arcs].join('.'));

describe('SPNEGO tokens', () => {
  it('the list of mechanisms of [MS-SPNG]', () => {
    const { oids, encoding } = vectors.mechTypes;
    assert.equal(encodeHex(mechTypeList(oids).encoding), encoding);
    const list = readMechTypeList(new DerReader(decodeHex(encoding)));
    assert.deepEqual([list.oids, encodeHex(list.encoding)], [oids, encoding]);
  });

  it('the hints of [MS-SPNG]', () => {
    const { hintName, encoding } = vectors.negHints;
    assert.equal(NO_HINT, hintName);
    assert.equal(encodeHex(encodeDer(derNegHints({ hintName }))), encoding);
    assert.deepEqual(readNegHints(new DerReader(decodeHex(encoding))), { hintName });
  });

  for (const { name, tokens } of vectors.exchanges) {
    it(`of others, byte for byte: ${name}`, () => {
      for (const token of tokens) assert.equal(encodeHex(again(decodeHex(token))), token);
    });

    it(`of others, and no strict prefix of them: ${name}`, () => {
      for (const token of tokens.map(decodeHex)) {
        for (let length = 0; length < token.length; length++) {
          assert.throws(() => decodeNegotiationToken(token.subarray(0, length)), MalformedBytesError);
        }
        assert.throws(() => decodeNegotiationToken(Uint8Array.from([...token, 0])), MalformedBytesError);
      }
    });
  }

  it('NegTokenInit: what is written is read', () => {
    const init = fc.record({
      oids: fc.array(oid, { minLength: 1, maxLength: 64 }),
      mechToken: optional(bytes),
      hintName: optional(fc.string()),
    });
    fc.assert(
      fc.property(init, ({ oids, mechToken, hintName }) => {
        const negHints = hintName === undefined ? undefined : { hintName };
        const mechTypes = mechTypeList(oids);
        const decoded = decodeNegotiationToken(encodeNegTokenInit({ mechTypes, mechToken, negHints }));
        assert.deepEqual(decoded, { kind: 'init', init: { mechTypes, mechToken, negHints, mechListMic: undefined } });
      }),
    );
  });

  it('NegTokenResp: what is written is read', () => {
    const resp = fc.record({
      negState: optional(fc.constantFrom<NegState>(0, 1, 2, 3)),
      supportedMech: optional(oid),
      responseToken: optional(bytes),
      mechListMic: optional(bytes.map(mic => Uint8Array.from([...mic, 1]))),
    });
    fc.assert(
      fc.property(resp, content => {
        fc.pre(
          encodeHex(content.responseToken ?? new Uint8Array(0)) !== encodeHex(content.mechListMic ?? Uint8Array.of(9)),
        );
        assert.deepEqual(decodeNegotiationToken(encodeNegTokenResp(content)), { kind: 'resp', resp: { ...content } });
      }),
    );
  });

  describe('in forms that others write', () => {
    const list = `a00e300c060a2b06010401823702020a`;
    const token = (fields: string): string => {
      const length = (hex: string): string => (hex.length / 2).toString(16).padStart(2, '0');
      const sequence = `30${length(fields)}${fields}`;
      const choice = `a0${length(sequence)}${sequence}`;
      const content = SPNEGO + choice;
      return `60${length(content)}${content}`;
    };
    const init = (fields: string) => {
      const decoded = decodeNegotiationToken(decodeHex(token(fields)));
      assert.ok(decoded.kind === 'init');
      return decoded.init;
    };

    it('reqFlags are passed over, whatever they are (RFC 4178 4.2.1)', () => {
      for (const flags of ['a10403020176', 'a1050303040606', 'a10403020800', 'a1020500', 'a100']) {
        assert.deepEqual(init(`${list}${flags}a2030401aa`).mechToken, Uint8Array.of(0xaa));
      }
    });

    it('[3] is a signature, or hints and [4] the signature', () => {
      assert.deepEqual(init(`${list}a3030401aa`).mechListMic, Uint8Array.of(0xaa));
      const both = init(`${list}a3063004a1020400a4030401aa`);
      assert.deepEqual(both.negHints, { hintAddress: new Uint8Array(0) });
      assert.deepEqual(both.mechListMic, Uint8Array.of(0xaa));
      assert.deepEqual(init(`${list}a3023000`).negHints, {});
    });

    it('fields of later versions are passed over (RFC 4178 6)', () => {
      assert.deepEqual(init(`${list}a5020500bd00`).mechTypes.oids, [NTLM]);
      const resp = decodeNegotiationToken(decodeHex('a10b3009a0030a0101a4020500'));
      assert.ok(resp.kind === 'resp' && resp.resp.negState === 1);
    });

    it('the mechanism’s token in place of a signature, as Windows 2000 has it, is none', () => {
      const resp = decodeNegotiationToken(decodeHex('a10c300aa2030401aaa3030401aa'));
      assert.deepEqual(resp.kind === 'resp' && [resp.resp.responseToken, resp.resp.mechListMic], [
        Uint8Array.of(0xaa),
        undefined,
      ]);
    });
  });

  describe('that are refused', () => {
    const NESTED = (): Uint8Array => {
      let nested = Uint8Array.of(0x05, 0x00);
      for (let level = 0; level < 1000; level++) {
        const header = nested.length < 0x80 ? [nested.length] : [0x82, nested.length >> 8, nested.length & 0xff];
        nested = Uint8Array.from([0x30, ...header, ...nested]);
      }
      return nested;
    };
    const many = (count: number): Uint8Array => mechTypeList(Array.from({ length: count }, () => NTLM)).encoding;
    const initWith = (encoding: Uint8Array): Uint8Array => encodeNegTokenInit({ mechTypes: { oids: [], encoding } });

    const CASES: readonly [what: string, token: Uint8Array | string, message: RegExp][] = [
      ['nothing', '', /./],
      ['an empty sequence', '3000', /0x30 in place/],
      ['NegTokenInit without GSS-API’s frame', 'a0123010a00e300c060a2b06010401823702020a', /0xa0 in place/],
      ['another mechanism’s token', '600b06092a864886f712010202', /not SPNEGO/],
      ['a frame without a mechanism', '6000', /nothing/],
      ['a frame with nothing behind the mechanism', `6008${SPNEGO}`, /nothing/],
      ['NegTokenResp in the frame', `6010${SPNEGO}a1063004a0020a00`, /./],
      ['an indefinite length', 'a1803080a0030a010100000000', /indefinite/],
      ['a length of more octets than it needs', 'a181073005a0030a0101', /more octets/],
      ['a length with a leading zero', 'a18200073005a0030a0101', /more octets/],
      ['a length that lies: too long', 'a1083005a0030a0101', /do not fit/],
      ['a length that lies: too short', 'a1063005a0030a0101', /./],
      ['an inner length that lies', 'a1073006a0030a0101', /./],
      ['a length of 4 GiB', 'a184ffffffff', /do not fit/],
      ['what follows the token', 'a1073005a0030a010100', /after the last/],
      ['a field twice', 'a10c300aa0030a0101a0030a0101', /out of order/],
      ['fields in the wrong order', 'a10c300aa2030401aaa0030a0101', /out of order/],
      ['an element that is no field', 'a10430020500', /out of order/],
      ['a negState that there is not', 'a1073005a0030a0104', /no negState/],
      ['a negative negState', 'a1073005a0030a01ff', /no negState/],
      ['a negState of six octets', 'a10c300aa0080a06000000000001', /./],
      ['a negState that is an integer', 'a1073005a003020101', /0x02 in place/],
      ['two values in a field', 'a10a3008a0060a01010a0101', /after the last/],
      ['an empty field', 'a1043002a000', /nothing/],
      ['a list that is no sequence', initWith(decodeHex('3100')), /no SEQUENCE/],
      ['an empty list', initWith(decodeHex('3000')), /empty/],
      ['a list with something else in it', initWith(decodeHex('30020500')), /0x05 in place/],
      ['two lists', initWith(decodeHex('300306012a300306012a')), /after the last/],
      ['65 mechanisms', initWith(many(65)), /more than 64/],
      ['10,000 mechanisms', initWith(many(10_000)), /more than 64/],
      ['1,000 levels in place of the list', initWith(NESTED()), /0x30 in place/],
      ['an object identifier that ends early', initWith(decodeHex('3003060181')), /do not fit/],
    ];

    for (const [what, token, message] of CASES) {
      it(what, () => {
        const input = typeof token === 'string' ? decodeHex(token) : token;
        assert.throws(
          () => decodeNegotiationToken(input),
          (error: unknown) => error instanceof MalformedBytesError && message.test(error.message),
        );
      });
    }

    it('not for 1,000 levels in a field of a later version: nobody looks into it', () => {
      const nested = NESTED();
      const later = Uint8Array.from([0xa5, 0x82, nested.length >> 8, nested.length & 0xff, ...nested]);
      const total = 5 + later.length;
      const sequence = Uint8Array.from([0x30, 0x82, total >> 8, total & 0xff, ...decodeHex('a0030a0101'), ...later]);
      const token = Uint8Array.from([0xa1, 0x82, sequence.length >> 8, sequence.length & 0xff, ...sequence]);
      const decoded = decodeNegotiationToken(token);
      assert.ok(decoded.kind === 'resp' && decoded.resp.negState === 1);
    });

    it('64 mechanisms are enough for anybody', () => {
      const decoded = decodeNegotiationToken(initWith(many(64)));
      assert.ok(decoded.kind === 'init' && decoded.init.mechTypes.oids.length === 64);
    });
  });
});
