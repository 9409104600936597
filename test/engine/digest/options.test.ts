import assert from 'node:assert/strict';
import { createEngine, type DigestCipher, memoryAccounts } from 'secur32/engine';

const accounts = memoryAccounts([]);

describe('the options of WDigest', () => {
  it('are refused where no message could carry them', () => {
    const ciphers = ['aes' as DigestCipher];
    assert.throws(() => createEngine({ accounts, digest: { ciphers } }), { name: 'RangeError', message: /"aes"/ });
    for (const realm of ['a\0', 'a\n', 'a\x7f', 'x'.repeat(1500), '"'.repeat(800)]) {
      assert.throws(() => createEngine({ accounts, digest: { realms: [realm] } }), RangeError);
    }
    const many = Array.from({ length: 100 }, (_, number) => `realm-${number}.example`);
    assert.throws(() => createEngine({ accounts, digest: { realms: many } }), RangeError);
    assert.throws(() => createEngine({ accounts, digest: { nonceKey: new Uint8Array(31) } }), RangeError);
  });

  it('are refused where a limit would be none', () => {
    for (const amount of [Number.NaN, 0, -1, '5' as never]) {
      assert.throws(() => createEngine({ accounts, digest: { nonceLifetime: amount } }), RangeError);
      assert.throws(() => createEngine({ accounts, limits: { halfOpenContexts: amount } }), RangeError);
      assert.throws(() => createEngine({ accounts, limits: { halfOpenLifetime: amount } }), RangeError);
    }
    assert.throws(() => createEngine({ accounts, digest: { nonceKey: 'x'.repeat(32) as never } }), RangeError);
  });

  it('fit a challenge where they are accepted', async () => {
    const digest = {
      realms: ['"'.repeat(400), 'x'.repeat(600)],
      ciphers: ['rc4', '3des', 'rc4-56', 'rc4-40', 'des'] as const,
    };
    const sspi = createEngine({ accounts, digest });
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
    const { output } = await sspi.acceptSecurityContext({ credential, input: [], contextReq: 0x10 });
    assert(output[0]!.data.length < 2048);
  });
});
