import assert from 'node:assert/strict';
import fc from 'fast-check';
import { md4 } from '#dist/engine/crypto/weak/md4.js';
import { readVectors } from '../../vectors/read-vectors.js';

const { source, vectors } = readVectors<{ source: string; vectors: { text: string; digest: string }[] }>('md4');

/** Of the bytes 0, 1, 2, ... modulo 256, by OpenSSL 3.0's legacy provider: the lengths where padding changes shape. */
const PADDING_DIGESTS = [
  [55, 'cc8a7f2bd608e3eeecb7f121d13bea55'],
  [56, 'b8e94b6408bbfa6ec9805bf21bc05cbd'],
  [57, '6aec85410412ff54078a9fc72a55ace5'],
  [63, '54ba4472fcd03e99cf28f90eed9f2ae0'],
  [64, '2de6578f0e7898fa17acd84b79685d3a'],
  [65, '3a4f2ca37eebdf6dc99a6155517b74fc'],
  [119, '9c1067170940ce8f8e4745d362675fab'],
  [120, 'c5bb35660e3d0a286a96ea3aa4922b3c'],
  [128, 'e1275970eb67d2d996e6e658270aa149'],
  [1000, 'ddef918b4199515fafb1e5fc23e801c3'],
] as const;

describe('md4', () => {
  for (const { text, digest } of vectors) {
    it(`"${text}" (${source})`, () => assert.equal(hex(md4(Buffer.from(text))), digest));
  }

  // [MS-NLMP] 4.2.2.1.2: NTOWFv1("Password").
  it('makes the NT hash of a password', () => {
    assert.equal(hex(md4(Buffer.from('Password', 'utf16le'))), 'a4f49c406510bdcab6824ee7c30fd852');
  });

  it('does not care how the input is cut, at every length round the block', () => {
    const message = Uint8Array.from({ length: 200 }, (_, i) => i);
    for (let length = 0; length <= message.length; length++) {
      const whole = hex(md4(message.subarray(0, length)));
      for (const cut of [0, Math.min(1, length), length >> 1]) {
        assert.equal(hex(md4(message.subarray(0, cut), message.subarray(cut, length))), whole);
      }
    }
  });

  for (const [length, digest] of PADDING_DIGESTS) {
    it(`pads ${length} bytes`, () => {
      assert.equal(hex(md4(Uint8Array.from({ length }, (_, i) => i))), digest);
    });
  }

  it('leaves its input alone', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        const before = bytes.slice();
        md4(bytes);
        assert.deepEqual(bytes, before);
      }),
    );
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
