import fc from 'fast-check';

/** fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again. */
export const bounds = (numRuns: number): { numRuns: number; interruptAfterTimeLimit: number } => ({
  numRuns,
  interruptAfterTimeLimit: 10_000,
});

/** Numbers that are lengths, counts and offsets in somebody's mind. */
const word = fc.constantFrom(0, 1, 4, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff);

/** Elements in DER that may mean anything, or nothing: what a generator of bytes alone hardly ever makes. */
const { element } = fc.letrec<{ element: Uint8Array; content: Uint8Array }>(tie => ({
  content: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.uint8Array({ maxLength: 20 }),
    fc
      .constantFrom('\x02\x01\x05', '\x02\x01\x12', '\x1b\x04host', '\x18\x0f20301231235959Z', '\x03\x05\0\0\0\0\0')
      .map(text => Uint8Array.from(Buffer.from(text, 'latin1'))),
    fc.array(tie('element'), { maxLength: 4 }).map(parts => Uint8Array.from(parts.flatMap(part => [...part]))),
  ),
  element: fc
    .tuple(
      // SEQUENCE, the fields of Kerberos, its messages, and anything.
      fc.oneof(
        fc.constant(0x30),
        fc.integer({ min: 0xa0, max: 0xac }),
        fc.integer({ min: 0x60, max: 0x7e }),
        fc.nat(255),
      ),
      tie('content'),
      fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.constantFrom(-1, 1, 0x80, 0x84)),
    )
    .map(([tag, content, lie]) => Uint8Array.from([tag, ...lengthOctets(content.length, lie), ...content])),
}));

/** The bytes of messages, of elements in DER, or of nothing at all. */
export const anyBytes: fc.Arbitrary<Uint8Array> = fc.oneof(fc.uint8Array({ maxLength: 200 }), element);

/** Some bytes of a message are replaced, cut out, put in; a word of it says another number; or its end is missing. */
export const mutation = (message: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.tuple(
        fc.nat(message.length),
        fc.oneof(
          fc.tuple(fc.nat(4), fc.uint8Array({ maxLength: 4 })),
          fc.tuple(word, fc.boolean()).map(([value, little]) => [4, wordOctets(value, little)] as const),
          fc.constant([message.length, new Uint8Array(0)] as const),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map(edits =>
      edits.reduce(
        (bytes, [at, [length, put]]) => Uint8Array.from([...bytes.slice(0, at), ...put, ...bytes.slice(at + length)]),
        message,
      ),
    );

function wordOctets(value: number, little: boolean): Uint8Array {
  const octets = Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
  return little ? octets.reverse() : octets;
}

function lengthOctets(length: number, lie: number): number[] {
  if (lie >= 0x80) return lie === 0x80 ? [0x80] : [0x84, 0, 0, length >> 8, length & 0xff];
  const said = Math.max(0, length + lie);
  return said < 0x80 ? [said] : [0x82, said >> 8, said & 0xff];
}
