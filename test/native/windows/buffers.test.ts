import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { SecBuffer } from 'secur32/raw';
import { channelBindings, SEC_E, SECBUFFER } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { clientSide } from './people.js';

/** Bits, and the two ends of the types. */
const NOT_TYPES: readonly string[] = ['VERSION', 'EMPTY', 'ATTRMASK', 'READONLY', 'READONLY_WITH_CHECKSUM', 'RESERVED'];

describeAudited('input buffers', () => {
  const { sspi, audit } = useAudit();
  const types = Object.entries(SECBUFFER).filter(([name]) => !NOT_TYPES.includes(name));

  for (const [name, type] of types) {
    it(`${name} reaches the package as it is`, async () => {
      const buffer = { type, data: CONTENTS[type] ?? Buffer.from(name) };
      assert.deepEqual(await given([buffer]), [buffer]);
    });
  }

  it('keep their order, their attributes and their emptiness', async () => {
    const buffers = [
      { type: (SECBUFFER.TARGET_HOST | SECBUFFER.READONLY) >>> 0, data: Buffer.from('host') },
      { type: SECBUFFER.EMPTY, data: Buffer.alloc(0) },
      { type: SECBUFFER.TOKEN, data: Buffer.from('token') },
    ];
    assert.deepEqual(await given(buffers), buffers);
  });

  it('are none where there is none', async () => {
    assert.deepEqual(await given([]), []);
  });

  it('get one of flags where the requirements have more than 32 bits', async () => {
    const [flags] = await given([], 0x1_0000_0001);
    assert.deepEqual(flags, { type: SECBUFFER.FLAGS, data: Buffer.from('0100000001000000', 'hex') });
  });

  /** What InitializeSecurityContext and AcceptSecurityContext got, which go no further. */
  async function given(input: readonly SecBuffer[], contextReq = 0): Promise<readonly SecBuffer[]> {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    const call = { credential, input, contextReq };
    audit.failNext('InitializeSecurityContextW', SEC_E.NOT_OWNER, 0);
    await assert.rejects(sspi.initializeSecurityContext(call), { code: 'SEC_E_NOT_OWNER' });
    const seen = audit.lastInput();
    audit.failNext('AcceptSecurityContext', SEC_E.NOT_OWNER, 0);
    await assert.rejects(sspi.acceptSecurityContext(call), { code: 'SEC_E_NOT_OWNER' });
    assert.deepEqual(audit.lastInput(), seen);
    await sspi.freeCredentialsHandle(credential);
    return seen;
  }
});

/** Structures whose lengths are looked at on the way. */
const CONTENTS: Readonly<Record<number, Buffer>> = {
  [SECBUFFER.CHANNEL_BINDINGS]: Buffer.from(channelBindings({ applicationData: Buffer.from('tls-unique:x') })),
  [SECBUFFER.APPLICATION_PROTOCOLS]: Buffer.from('09000000020000000300026832', 'hex'),
  [SECBUFFER.SRTP_PROTECTION_PROFILES]: Buffer.from('02000100', 'hex'),
  [SECBUFFER.SRTP_MASTER_KEY_IDENTIFIER]: Buffer.from('03aabbcc', 'hex'),
  [SECBUFFER.TOKEN_BINDING]: Buffer.from('01000300aabbcc', 'hex'),
  [SECBUFFER.PRESHARED_KEY]: Buffer.from('0300aabbcc', 'hex'),
  [SECBUFFER.PRESHARED_KEY_IDENTITY]: Buffer.from('0300aabbcc', 'hex'),
  [SECBUFFER.DTLS_MTU]: Buffer.from('e803', 'hex'),
  [SECBUFFER.SEND_GENERIC_TLS_EXTENSION]: Buffer.from('34120100000000000200aabb', 'hex'),
  [SECBUFFER.SUBSCRIBE_GENERIC_TLS_EXTENSION]: Buffer.from('00000000010000003412010000', 'hex'),
  [SECBUFFER.FLAGS]: Buffer.alloc(8, 1),
};
