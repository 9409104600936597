import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { decodeEncApRepPart, encodeEncApRepPart } from '#dist/engine/kerberos/messages/enc-ap-rep-part.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { CODECS } from './codecs.js';

const refused = (call: () => unknown, what: string): void =>
  assert.throws(
    call,
    (error: unknown) => error instanceof PackageError && error.status === SEC_E.INVALID_TOKEN,
    `${what} passes`,
  );

/** The tag and the content of an element. */
function parts(bytes: Uint8Array): { tag: number; content: Uint8Array } {
  const first = bytes[1]!;
  return { tag: bytes[0]!, content: bytes.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f)) };
}

/** What somebody may write in place of a length. */
const LENGTHS: Readonly<Record<string, (length: number) => number[]>> = {
  'an indefinite length': () => [0x80],
  'a length of 4 GiB': () => [0x84, 0xff, 0xff, 0xff, 0xff],
  'a length of 2^64 - 1': () => [0x88, ...new Array<number>(8).fill(0xff)],
  'a length of 126 octets': length => [0xfe, ...new Array<number>(125).fill(0), length & 0xff],
  'a length that is not the shortest': length => [0x84, 0, 0, length >> 8, length & 0xff],
  'a length that is one too many': length => [0x82, (length + 1) >> 8, (length + 1) & 0xff],
  'the reserved length': () => [0xff],
};

/** SEQUENCEs in SEQUENCEs, 60,000 bytes of them. */
const NESTED = Uint8Array.from(
  Array.from({ length: 15_000 }, (_, n) => 4 * (15_000 - 1 - n)).flatMap(length => [
    0x30,
    0x82,
    length >> 8,
    length & 0xff,
  ]),
);

describe('Malformed messages of Kerberos', () => {
  for (const { name, values, encode, decode } of CODECS) {
    it(`${name}: lying lengths, other tags, endless nesting`, () => {
      for (const value of fc.sample(values, { numRuns: 5, seed: 11 })) {
        const bytes = encode(value as never);
        const { tag, content } = parts(bytes);
        for (const [what, length] of Object.entries(LENGTHS)) {
          refused(() => decode(Uint8Array.from([tag, ...length(content.length), ...content])), what);
        }
        for (const other of [tag ^ 1, tag ^ 0x20, tag ^ 0x80, 0, 0x1f]) {
          refused(() => decode(Uint8Array.from([other, ...bytes.subarray(1)])), `the tag ${other}`);
        }
      }
      refused(() => decode(NESTED), 'endless nesting');
    });
  }

  it('integers that are too large, too small, or too long', () => {
    const good = encodeHex(encodeEncApRepPart({ ctime: 0, cusec: 5, seqNumber: 7 }));
    assert.equal(decodeEncApRepPart(decodeHex(good)).cusec, 5);
    const text = (value: string): string => encodeHex(Buffer.from(value, 'latin1'));
    const epoch = text('19700101000000');
    for (const [what, from, to] of [
      ['more than a million microseconds', 'a103020105', 'a10502030f4240'],
      ['negative microseconds', 'a103020105', 'a1030201ff'],
      ['no octets', 'a103020105', 'a1020200'],
      ['not the shortest form', 'a103020105', 'a10402020005'],
      ['2^63', 'a103020105', 'a10b0209008000000000000000'],
      ['100 octets', 'a103020105', `a1660264${'7f'.repeat(100)}`],
      ['a sequence number of 2^32', 'a303020107', 'a30702050100000000'],
      ['a sequence number below -2^31', 'a303020107', 'a3070205ff7fffffff'],
      ['a month that is none', epoch, text('19701301000000')],
      ['a second that is none', epoch, text('19700101000061')],
      ['a time with letters', epoch, text('1970010100000x')],
    ] as const) {
      assert.ok(good.includes(from), what);
      // Behind the two tags and lengths.
      const body = good.slice(8).replace(from, to);
      const inner = `30${lengthOf(body)}${body}`;
      refused(() => decodeEncApRepPart(decodeHex(`7b${lengthOf(inner)}${inner}`)), what);
    }
  });
});

function lengthOf(hex: string): string {
  const length = hex.length / 2;
  return length < 0x80 ? length.toString(16).padStart(2, '0') : `81${length.toString(16).padStart(2, '0')}`;
}
