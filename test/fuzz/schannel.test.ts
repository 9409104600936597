import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { applicationProtocols, channelBindings } from 'secur32/raw';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { RECORD_HEADER, recordAt } from '#dist/engine/schannel/records.js';
import { parseApplicationProtocols } from '#dist/sspi/application-protocols.js';
import { parseChannelBindings } from '#dist/sspi/channel-bindings.js';
import { endPointBindings } from '#dist/sspi/tls-bindings.js';
import { pem } from '../engine/schannel/certificates.js';

// fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again.
const bounds = { numRuns: 2000, interruptAfterTimeLimit: 10_000 };

/** What `read` answers; undefined for bytes that it calls malformed. Everything else that it throws is a failure. */
function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof MalformedBytesError, String(error));
    return undefined;
  }
}

/** Bytes with a few of them changed, left out, or doubled. */
const damaged = (whole: Uint8Array) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(whole.length),
      fc.nat(whole.length),
    )
    .map(([edits, from, to]) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of edits) bytes[at] = value;
      return from === to ? bytes : Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    });

/** Every strict beginning is refused. */
function assertNoBeginning(whole: Uint8Array, read: (bytes: Uint8Array) => unknown): void {
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => read(whole.subarray(0, length)), MalformedBytesError, `${length} of ${whole.length} bytes`);
  }
}

describe('Fuzzing: Schannel', () => {
  it('records: any bytes are a whole one, the beginning of one, or none; nothing before or behind is looked at', () => {
    const header = fc.tuple(fc.nat({ max: 30 }), fc.nat({ max: 5 }), fc.nat(255), fc.nat(255), fc.nat(255));
    const bytes = fc
      .tuple(header, fc.uint8Array({ maxLength: 600 }))
      .map(([fields, rest]) => Buffer.concat([Uint8Array.from(fields), rest]));
    fc.assert(
      fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 20 })), fc.nat({ max: 20 }), (data, before) => {
        const there = recordAt(data, 0);
        assert.deepEqual(recordAt(Buffer.concat([new Uint8Array(before), data]), before), there);
        switch (there.kind) {
          case 'whole':
            assert.ok(there.length >= RECORD_HEADER && there.length <= data.length);
            assert.equal(there.length, RECORD_HEADER + data[3]! * 256 + data[4]!);
            assert.deepEqual(recordAt(data.subarray(0, there.length), 0), there);
            assert.equal(recordAt(data.subarray(0, there.length - 1), 0).kind, 'partial');
            break;
          case 'partial':
            // What is missing is what it takes, or what the header takes.
            assert.ok(there.missing > 0 && there.missing <= 0x4000 + 2048);
            if (data.length >= RECORD_HEADER) {
              const filled = Buffer.concat([data, new Uint8Array(there.missing)]);
              assert.deepEqual(recordAt(filled, 0), { kind: 'whole', type: data[0], length: filled.length });
            }
            break;
          default:
            assert.ok(data.length >= RECORD_HEADER);
        }
      }),
      bounds,
    );
  });

  it('SEC_APPLICATION_PROTOCOLS: what was written is read, and no beginning of it', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 255 }).map(bytes => Buffer.from(bytes).toString('latin1'));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), names => {
        assert.deepEqual(parseApplicationProtocols(applicationProtocols(names)), names);
      }),
      { ...bounds, numRuns: 300 },
    );
    assertNoBeginning(applicationProtocols(['h2', 'http/1.1']), parseApplicationProtocols);
  });

  it('SEC_APPLICATION_PROTOCOLS: any bytes are names of 1 to 255 bytes, or refused', () => {
    const name = fc.uint8Array({ maxLength: 3 }).map(bytes => Buffer.concat([Uint8Array.of(bytes.length), bytes]));
    const lie = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 3 }));
    const list = fc
      .tuple(fc.oneof(fc.constant(2), fc.nat(3)), fc.array(name, { maxLength: 4 }), lie)
      .map(([extension, names, more]) => {
        const content = Buffer.concat(names);
        const header = Buffer.alloc(6);
        header.writeUInt32LE(extension);
        header.writeUInt16LE(Math.max(content.length + more, 0), 4);
        return Buffer.concat([header, content]);
      });
    const whole = fc.tuple(fc.array(list, { maxLength: 3 }), lie).map(([lists, more]) => {
      const content = Buffer.concat(lists);
      const header = Buffer.alloc(4);
      header.writeUInt32LE(Math.max(content.length + more, 0));
      return Buffer.concat([header, content]);
    });
    let read = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: whole }, fc.uint8Array({ maxLength: 40 })), data => {
        const names = unlessMalformed(() => parseApplicationProtocols(data)) ?? [];
        read += names.length;
        assert.ok(names.reduce((sum, { length }) => sum + length + 1, 0) <= data.length);
        assert.ok(
          names.every(({ length }) => length >= 1 && length <= 255),
          JSON.stringify(names),
        );
      }),
      bounds,
    );
    assert.ok(read > 50, 'some of it is good');
  });

  it('certificates: the walk to the signature stays inside of any bytes, and no beginning of one will do', () => {
    for (const name of ['server', 'server-rsa', 'self-signed']) {
      const { raw } = new X509Certificate(pem(`${name}.pem`));
      fc.assert(
        fc.property(damaged(raw), data => {
          const bindings = unlessMalformed(() => endPointBindings(data));
          if (bindings) assert.ok(parseChannelBindings(bindings).applicationData.length <= 21 + 64);
        }),
        bounds,
      );
      // All but its last value, which nobody reads here: the outer length says that it is not whole.
      assertNoBeginning(raw, endPointBindings);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), data => {
        unlessMalformed(() => endPointBindings(data));
      }),
      bounds,
    );
  });

  it('SEC_CHANNEL_BINDINGS: what was written is read', () => {
    const address = fc.uint8Array({ maxLength: 20 });
    const type = fc.nat({ max: 0xffff });
    fc.assert(
      fc.property(type, address, type, address, fc.uint8Array({ maxLength: 90 }), (a, from, b, to, data) => {
        const parts = {
          initiatorAddressType: a,
          initiatorAddress: from,
          acceptorAddressType: b,
          acceptorAddress: to,
          applicationData: data,
        };
        // Views of other buffers are equal to what they show.
        const read = Object.entries(parseChannelBindings(channelBindings(parts))).map(([key, value]) =>
          value instanceof Uint8Array ? [key, Uint8Array.from(value)] : [key, value],
        );
        assert.deepEqual(Object.fromEntries(read), parts);
      }),
      { ...bounds, numRuns: 500 },
    );
  });
});
