import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECBUFFER, type SecurityFunctionTable } from 'secur32/raw';
import type { BufferAnswer } from '../fake.js';
import { answered, useScripted } from '../scripted.js';

const FUNCTIONS = {
  MakeSignature: 'makeSignature',
  VerifySignature: 'verifySignature',
  EncryptMessage: 'encryptMessage',
  DecryptMessage: 'decryptMessage',
} as const;

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
            windows.answer(name, { status, output });
            answered(await run(handle));
          }),
        );
      });

      const run = async (handle: Awaited<ReturnType<typeof context>>): Promise<PromiseSettledResult<unknown>> => {
        const [result] = await Promise.allSettled([call(sspi, method, handle)]);
        return result;
      };

      async function refuses(output: readonly BufferAnswer[]): Promise<void> {
        windows.answer(name, { output });
        const result = await run(await context());
        assert.equal(result.status, 'rejected');
        assert.equal(result.reason.code, 'SEC_E_INTERNAL_ERROR', String(result.reason.stack));
      }

      async function takes(output: readonly BufferAnswer[]): Promise<void> {
        windows.answer(name, { output });
        const result = await run(await context());
        assert.equal(result.status, 'fulfilled', String(result.status === 'rejected' && result.reason.stack));
      }
    });
  }
});

/** By turns on the calling thread and on a work thread. */
async function call(
  sspi: SecurityFunctionTable,
  method: (typeof FUNCTIONS)[keyof typeof FUNCTIONS],
  handle: Parameters<SecurityFunctionTable['encryptMessage']>[0],
): Promise<unknown> {
  const buffers = [
    { type: SECBUFFER.TOKEN, data: new Uint8Array(20) },
    { type: SECBUFFER.DATA, data: new Uint8Array(10) },
  ];
  return sspi[method](handle, { buffers });
}
