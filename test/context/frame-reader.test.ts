import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CompletedFrames, FrameReader } from '#dist/context/frame-reader.js';

const MAXIMUM = 100;

function reader(): FrameReader {
  return new FrameReader(length => {
    if (length < 1 || length > MAXIMUM) throw new RangeError(`${length}`);
  });
}

function frame(payload: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** Payloads of what a reader says is complete. */
function payloads({ begun, whole }: CompletedFrames): Buffer[] {
  const found = begun ? [Buffer.from(begun)] : [];
  const bytes = Buffer.from(whole);
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    found.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return found;
}

/** Cuts bytes at the given places, which wrap around. */
function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...cuts].map((start, n) => bytes.subarray(start, cuts[n] ?? bytes.length));
}

describe('Frames of a security layer', () => {
  it('come out whole, in order, whatever the split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: MAXIMUM }), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (frames, places) => {
          const frameReader = reader();
          const found: Buffer[] = [];
          for (const chunk of split(Buffer.concat(frames.map(frame)), places)) {
            found.push(...payloads(frameReader.read(chunk)));
          }
          assert.deepEqual(found, frames.map(Buffer.from));
          assert.equal(frameReader.inFrame, false);
        },
      ),
    );
  });

  it('are waited for byte by byte', () => {
    const frameReader = reader();
    const bytes = frame(Buffer.from('hello'));
    for (const byte of bytes.subarray(0, -1)) {
      assert.deepEqual(payloads(frameReader.read(Uint8Array.of(byte))), []);
      assert.equal(frameReader.inFrame, true);
    }
    assert.deepEqual(payloads(frameReader.read(bytes.subarray(-1))), [Buffer.from('hello')]);
  });

  it('are refused at the last byte of their length', () => {
    for (const length of [0, MAXIMUM + 1, 0x1000000, 0xffffffff]) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      assert.throws(() => reader().read(bytes), RangeError);
      const slow = reader();
      slow.read(bytes.subarray(0, 3));
      assert.throws(() => slow.read(bytes.subarray(3)), RangeError);
      const behind = reader();
      assert.throws(() => behind.read(Buffer.concat([frame(Buffer.from('first')), bytes])), RangeError);
    }
  });

  it('keep no bytes of the caller', () => {
    const frameReader = reader();
    const bytes = frame(Buffer.from('hello'));
    const head = Uint8Array.from(bytes.subarray(0, 7));
    frameReader.read(head);
    head.fill(0);
    assert.deepEqual(payloads(frameReader.read(bytes.subarray(7))), [Buffer.from('hello')]);
  });

  it('cost memory for bytes that have come, not for a length that was announced', () => {
    const huge = 0xffffff;
    const readers = Array.from({ length: 200 }, () => new FrameReader(() => {}));
    const announced = Buffer.alloc(5);
    announced.writeUInt32BE(huge);
    const before = process.memoryUsage().arrayBuffers;
    for (const frameReader of readers) frameReader.read(announced);
    const kept = process.memoryUsage().arrayBuffers - before;
    assert.ok(readers.every(frameReader => frameReader.inFrame));
    assert.ok(kept < huge, `${kept} bytes for ${readers.length} frames that have not come`);
  });
});
