import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { DEEPEST_DER, DerReader } from '#dist/bytes/der/der-reader.js';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';

const reader = (hex: string): DerReader => new DerReader(decodeHex(hex));

function refuses(read: () => unknown, message: RegExp): void {
  assert.throws(read, (error: unknown) => error instanceof MalformedBytesError && message.test(error.message));
}

describe('DER reader', () => {
  // X.690 gives most of these: 8.1.3 lengths, 8.3.2 integers, 8.6.4.2, 8.19.5, 11.7.5.
  describe('reads what X.690 writes', () => {
    const CASES: readonly [what: string, hex: string, read: (reader: DerReader) => unknown, value: unknown][] = [
      ['true', '0101ff', der => der.boolean(), true],
      ['false', '010100', der => der.boolean(), false],
      ['0', '020100', der => der.integer(), 0],
      ['127', '02017f', der => der.integer(), 127],
      ['128', '02020080', der => der.integer(), 128],
      ['-128', '020180', der => der.integer(), -128],
      ['-129', '0202ff7f', der => der.integer(), -129],
      ['2^32 - 1', '020500ffffffff', der => der.integer(), 0xffffffff],
      ['-2^31', '020480000000', der => der.integer(), -0x80000000],
      ['2^64', '0209010000000000000000', der => der.bigInteger(), 2n ** 64n],
      ['-2^64', '0209ff0000000000000000', der => der.bigInteger(), -(2n ** 64n)],
      ['an enumerated 3', '0a0103', der => der.enumerated(), 3],
      ['{2 100 3}', '0603813403', der => der.objectIdentifier(), '2.100.3'],
      ['SPNEGO', '06062b0601050502', der => der.objectIdentifier(), '1.3.6.1.5.5.2'],
      ['{0 39}', '060127', der => der.objectIdentifier(), '0.39'],
      ['{2 0}', '060150', der => der.objectIdentifier(), '2.0'],
      ['a general string', '1b05416c696365', der => der.generalString(), 'Alice'],
      ['a UTF-8 string', '0c03c3bc78', der => der.utf8String(), 'üx'],
      ['a time', '180f31393835313130363231303632375a', der => der.generalizedTime(), Date.UTC(1985, 10, 6, 21, 6, 27)],
      ['29 February', '180f32303030303232393030303030305a', der => der.generalizedTime(), Date.UTC(2000, 1, 29)],
      ['the year 1', '180f30303031303130313030303030305a', der => der.generalizedTime(), -62135596800000],
      ['null', '0500', der => der.null(), undefined],
      ['an empty octet string', '0400', der => der.octetString().length, 0],
      ['a length of two octets', `048180${'00'.repeat(128)}`, der => der.octetString().length, 128],
      ['a length of three octets', `04820100${'00'.repeat(256)}`, der => der.octetString().length, 256],
    ];

    for (const [what, hex, read, value] of CASES) {
      it(what, () => {
        const der = reader(hex);
        assert.deepEqual(read(der), value);
        assert.equal(der.remaining, 0);
      });
    }

    it('a bit string', () => {
      assert.deepEqual(reader('0307040a3b5f291cd0').bitString(), {
        bytes: decodeHex('0a3b5f291cd0'),
        unusedBits: 4,
      });
      assert.deepEqual(reader('030100').bitString(), { bytes: new Uint8Array(0), unusedBits: 0 });
    });
  });

  describe('refuses what is not DER', () => {
    const CASES: readonly [what: string, hex: string, message: RegExp, read?: (reader: DerReader) => unknown][] = [
      ['nothing', '', /do not fit|nothing/],
      ['a tag alone', '04', /do not fit/],
      ['an indefinite length', '2480000000', /indefinite/],
      ['a length that is too long by one octet', '04810100', /more octets/],
      ['a length with a leading zero', `04820080${'00'.repeat(128)}`, /more octets/],
      ['a length of five octets', '04850000000001aa', /5 octets/],
      ['the reserved length FF', '04ff', /127 octets/],
      ['a length that leads out', '0405aabb', /do not fit/],
      ['a length of 4 GiB', '0484ffffffffaa', /do not fit/],
      ['a length that ends early', '0482ff', /do not fit/],
      ['a tag of two octets', '1f8100', /more than one octet/],
      ['another type', '0400', /0x04 in place of an element 0x02/, der => der.integer()],
      ['an integer without content', '0200', /empty/, der => der.integer()],
      ['an integer with a zero too many', '02020001', /longer than/, der => der.integer()],
      ['an integer with an FF too many', '0202ff80', /longer than/, der => der.integer()],
      ['an integer of six octets where 32 bits are meant', '0206010000000000', /too large/, der => der.integer()],
      ['a boolean of 01', '010101', /00 nor FF/, der => der.boolean()],
      ['a boolean of two octets', '0102ffff', /00 nor FF/, der => der.boolean()],
      ['an empty object identifier', '0600', /do not fit/, der => der.objectIdentifier()],
      ['an object identifier that ends early', '06032b0681', /do not fit/, der => der.objectIdentifier()],
      ['an object identifier with a leading 80', '06042b800601', /leading zeros/, der => der.objectIdentifier()],
      ['an object identifier of 65 octets', `0641${'2b'.repeat(65)}`, /too long/, der => der.objectIdentifier()],
      ['a bit string without its first octet', '0300', /do not fit/, der => der.bitString()],
      ['a bit string with 8 unused bits', '03020800', /unused bits/, der => der.bitString()],
      ['unused bits of nothing', '030101', /unused bits/, der => der.bitString()],
      ['unused bits that are set', '03020101', /unused bits/, der => der.bitString()],
      ['a constructed octet string', '24040402aabb', /0x24 in place/, der => der.octetString()],
      ['a null with content', '050100', /content/, der => der.null()],
      ['a string that is not UTF-8', '1b01ff', /./, der => der.generalString()],
      ['a time without Z', '180e3139383531313036323130363237', /YYYY/, der => der.generalizedTime()],
      ['a time with a fraction', '181131393835313130363231303632372e355a', /YYYY/, der => der.generalizedTime()],
      ['30 February', '180f32303030303233303030303030305a', /YYYY/, der => der.generalizedTime()],
      ['month 13', '180f32303030313330313030303030305a', /YYYY/, der => der.generalizedTime()],
      ['hour 24', '180f32303030303130313234303030305a', /YYYY/, der => der.generalizedTime()],
      ['a second after the last year', '180f39393939313233313233353936305a', /YYYY/, der => der.generalizedTime()],
      [
        'letters in a time',
        '180f3230303030313031613030303030 5a'.replace(' ', ''),
        /YYYY/,
        der => der.generalizedTime(),
      ],
    ];

    for (const [what, hex, message, read = (der: DerReader) => der.element()] of CASES) {
      it(what, () => refuses(() => read(reader(hex)), message));
    }

    it('what follows the last element', () => {
      refuses(() => reader('0500').end(), /after the last/);
      refuses(() => reader('3006020101020102').sequence(fields => fields.integer()), /after the last/);
    });
  });

  describe('nesting', () => {
    /** `depth` sequences, each in the one before. */
    function nested(depth: number): Uint8Array {
      let bytes = new Uint8Array(0);
      for (let level = 0; level < depth; level++) {
        const { length } = bytes;
        const header = length < 0x80 ? [0x30, length] : [0x30, 0x82, length >> 8, length & 0xff];
        bytes = Uint8Array.from([...header, ...bytes]);
      }
      return bytes;
    }
    const descend = (der: DerReader): number => (der.remaining === 0 ? 0 : 1 + der.sequence(descend));

    it(`is followed ${DEEPEST_DER - 1} levels down and no further`, () => {
      assert.equal(descend(new DerReader(nested(DEEPEST_DER - 1))), DEEPEST_DER - 1);
      refuses(() => descend(new DerReader(nested(DEEPEST_DER))), /nested more than 32/);
      refuses(() => descend(new DerReader(nested(1000))), /nested more than 32/);
    });

    it('of 1,000 levels is passed over as one element', () => {
      const bytes = nested(1000);
      const der = new DerReader(bytes);
      assert.deepEqual(der.element().encoding, bytes);
      der.end();
    });
  });

  it('leaves out optional fields that are not there', () => {
    reader('3005a003020105').sequence(fields => {
      assert.equal(fields.nextTag, 0xa0);
      assert.equal(
        fields.optionalField(1, field => field.integer()),
        undefined,
      );
      assert.equal(
        fields.field(0, field => encodeHex(field.element().encoding)),
        '020105',
      );
    });
  });

  it('passes over fields of later versions, in their order', () => {
    reader('a2020500a500').skipFieldsAfter(1);
    for (const hex of ['a1020500', 'a0020500', 'a500a200', 'a500a500', '0500', '8200']) {
      refuses(() => reader(hex).skipFieldsAfter(1), /out of order/);
    }
  });

  it('finds in a key what OpenSSL has put there', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const { n, e } = publicKey.export({ format: 'jwk' });
    const der = new DerReader(publicKey.export({ format: 'der', type: 'spki' }));
    const key = der.sequence(fields => {
      fields.sequence(algorithm => {
        assert.equal(algorithm.objectIdentifier(), '1.2.840.113549.1.1.1');
        algorithm.null();
      });
      return new DerReader(fields.bitString().bytes).sequence(numbers => [numbers.bigInteger(), numbers.bigInteger()]);
    });
    const value = (text = ''): bigint => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
    assert.deepEqual(key, [value(n), value(e)]);
  });
});
