import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SEC_E, SEC_I, SECBUFFER } from 'secur32/raw';
import type { BufferAnswer } from '../fake.js';
import { answered, refused, useScripted } from '../scripted.js';

describe('legs with answers that do not fit together', () => {
  const { legs } = useScripted();

  it('a token that is longer than its memory', async () => {
    for (const result of await legs({ output: [{ size: 1 << 20 }] })) refused(result);
    for (const result of await legs({ output: [{ size: 0xffffffff }] })) refused(result);
  });

  it('a token in memory that is not the buffer that was given', async () => {
    for (const result of await legs({ output: [{ memory: 'moved', offset: 8, size: 4000 }] })) refused(result);
    for (const result of await legs({ output: [{ memory: 'fresh', data: new Uint8Array(4) }] })) refused(result);
  });

  it('a token of bytes at no address is no token', async () => {
    for (const result of await legs({ output: [{ memory: 'none', size: 100 }] })) {
      assert.equal(result.status, 'fulfilled');
      assert.deepEqual((result.value as { output: unknown }).output, []);
    }
  });

  it('more input left over than there was', async () => {
    const input: BufferAnswer[] = [{ size: 16 }, { type: SECBUFFER.EXTRA, size: 17 }];
    for (const result of await legs({ status: SEC_I.CONTINUE_NEEDED, input })) refused(result);
    input[1] = { type: SECBUFFER.EXTRA, size: 0xffffffff };
    for (const result of await legs({ status: SEC_I.CONTINUE_NEEDED, input })) refused(result);
  });

  it('as much input left over as there was', async () => {
    const input: BufferAnswer[] = [{ size: 16 }, { type: SECBUFFER.EXTRA, size: 16, memory: 'none' }];
    for (const result of await legs({ status: SEC_I.CONTINUE_NEEDED, input })) assert.equal(result.status, 'fulfilled');
  });

  it('expiries at the ends of time', async () => {
    for (const expiry of [0n, 1n, -1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 62n]) {
      for (const result of await legs({ expiry })) assert.equal(result.status, 'fulfilled');
    }
  });

  it('errors with and without a token', async () => {
    for (const status of [
      SEC_E.INVALID_TOKEN,
      SEC_E.INSUFFICIENT_MEMORY,
      SEC_E.INCOMPLETE_MESSAGE,
      0xc000006d,
      0x80000000,
    ]) {
      for (const attributes of [0, 0xffffffff]) {
        for (const output of [[], [{ data: new Uint8Array(9) }], [{ size: 0xfffffff0 }]]) {
          for (const result of await legs({ status, attributes, output })) answered(result);
        }
      }
    }
  });

  it('any answer at all', async () => {
    const buffer: fc.Arbitrary<BufferAnswer> = fc.record({
      type: fc.constantFrom(...Object.values(SECBUFFER)),
      size: fc.oneof(fc.nat(64), fc.nat(0xffffffff)),
      memory: fc.constantFrom('kept', 'none', 'moved'),
      offset: fc.integer({ min: -64, max: 64 }),
      data: fc.uint8Array({ maxLength: 64 }),
    });
    const answer = fc.record({
      status: fc.oneof(fc.constantFrom(...Object.values(SEC_E), ...Object.values(SEC_I)), fc.nat(0xffffffff)),
      input: fc.array(buffer, { maxLength: 3 }),
      output: fc.array(buffer, { maxLength: 2 }),
      attributes: fc.nat(0xffffffff),
      expiry: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    });
    await fc.assert(
      fc.asyncProperty(answer, async given => {
        for (const result of await legs(given)) answered(result);
      }),
    );
  });
});
