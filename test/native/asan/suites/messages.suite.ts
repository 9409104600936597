import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type CtxtHandle, SECBUFFER } from 'secur32/raw';
import type { BufferAnswer } from '../fake.js';
import { answered, refused, useScripted } from '../scripted.js';

const FUNCTIONS = {
  MakeSignature: 'makeSignature',
  VerifySignature: 'verifySignature',
  EncryptMessage: 'encryptMessage',
  DecryptMessage: 'decryptMessage',
} as const;

/** Bytes of data: few are worked on at once, many on a work thread. */
const SIZES = [10, 200_000] as const;

describe('messages with answers that do not fit together', () => {
  const { windows, sspi, context } = useScripted();

  for (const [name, method] of Object.entries(FUNCTIONS)) {
    describe(name, () => {
      it('a buffer that grew', () => refuses([{ size: 21 }, { size: 10 }]));
      it('a buffer of all there is', () => refuses([{ size: 0xffffffff }, { size: 10 }]));
      it('a buffer that begins before its memory', () => refuses([{ memory: 'moved', offset: -1, size: 1 }]));
      it('a buffer that ends behind its memory', () => refuses([{ memory: 'moved', offset: 19, size: 2 }]));
      it('a buffer elsewhere', () => refuses([{ memory: 'fresh', data: new Uint8Array(4) }]));
      it('a buffer nowhere', () => refuses([{ memory: 'none', size: 4 }]));
      it('more left over than there was', () => refuses([{ type: SECBUFFER.EXTRA, size: 21 }]));
      it('a part of a buffer', () => takes([{ memory: 'moved', offset: 5, size: 15 }]));

      it('any answer at all', async () => {
        const buffer: fc.Arbitrary<BufferAnswer> = fc.record({
          type: fc.constantFrom(...Object.values(SECBUFFER)),
          size: fc.oneof(fc.nat(40), fc.nat(0xffffffff)),
          memory: fc.constantFrom('kept', 'none', 'moved'),
          offset: fc.integer({ min: -40, max: 40 }),
        });
        const handle = await context();
        await fc.assert(
          fc.asyncProperty(fc.array(buffer, { maxLength: 2 }), fc.nat(0xffffffff), async (output, status) => {
            for (const result of await run(handle, { status, output })) answered(result);
          }),
        );
      });

      async function refuses(output: readonly BufferAnswer[]): Promise<void> {
        for (const result of await run(await context(), { output })) refused(result);
      }

      async function takes(output: readonly BufferAnswer[]): Promise<void> {
        for (const result of await run(await context(), { output })) assert.equal(result.status, 'fulfilled');
      }

      async function run(
        handle: CtxtHandle,
        answer: { readonly status?: number; readonly output: readonly BufferAnswer[] },
      ): Promise<PromiseSettledResult<unknown>[]> {
        const results = [];
        for (const size of SIZES) {
          const buffers = [
            { type: SECBUFFER.TOKEN, data: new Uint8Array(20) },
            { type: SECBUFFER.DATA, data: new Uint8Array(size) },
          ];
          windows.answer(name, answer);
          results.push(...(await Promise.allSettled([sspi[method](handle, { buffers })])));
        }
        return results;
      }
    });
  }
});
