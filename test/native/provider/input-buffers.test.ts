import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { channelBindings, SECBUFFER } from 'secur32/raw';
import { inputBuffers } from '#dist/native/input-buffers.js';

describe('input buffers as the addon takes them', () => {
  it('pass as they are', () => {
    const data = Uint8Array.of(1, 2, 3);
    const [buffer] = inputBuffers([{ type: SECBUFFER.TOKEN, data }], 'AcceptSecurityContext');
    assert.equal(buffer!.data, data);
    const [odd] = inputBuffers([{ type: 0x12345, data }], 'AcceptSecurityContext');
    assert.equal(odd!.type, 0x12345);
  });

  it('are copied out of shared memory', () => {
    const data = new Uint8Array(new SharedArrayBuffer(3)).fill(5);
    const [buffer] = inputBuffers([{ type: SECBUFFER.TOKEN, data }], 'AcceptSecurityContext');
    assert.ok(buffer!.data.buffer instanceof ArrayBuffer);
    assert.deepEqual([...buffer!.data], [5, 5, 5]);
  });

  for (const [name, type, whole] of structures()) {
    it(`${name}: whole ones pass, every strict prefix is refused`, () => {
      inputBuffers([{ type, data: whole }], 'InitializeSecurityContext');
      for (let length = 1; length < whole.length; length++) {
        assert.throws(() => inputBuffers([{ type, data: whole.subarray(0, length) }], 'InitializeSecurityContext'), {
          code: 'SEC_E_INVALID_TOKEN',
          syscall: 'InitializeSecurityContext',
        });
      }
    });
  }

  it('CHANNEL_BINDINGS that point out of themselves are refused, whatever attributes the type has', () => {
    const bindings = Buffer.from(channelBindings({ applicationData: Buffer.from('tls-unique:x') }));
    bindings.writeUInt32LE(0xffff_fff0, 28);
    const type = (SECBUFFER.CHANNEL_BINDINGS | SECBUFFER.READONLY) >>> 0;
    assert.throws(() => inputBuffers([{ type, data: bindings }], 'AcceptSecurityContext'), {
      code: 'SEC_E_INVALID_TOKEN',
    });
  });
});

function structures(): [name: string, type: number, whole: Uint8Array][] {
  return [
    ['CHANNEL_BINDINGS', SECBUFFER.CHANNEL_BINDINGS, channelBindings({ applicationData: Buffer.from('tls-unique:x') })],
    ['APPLICATION_PROTOCOLS', SECBUFFER.APPLICATION_PROTOCOLS, Buffer.from('09000000020000000300026832', 'hex')],
    ['PRESHARED_KEY', SECBUFFER.PRESHARED_KEY, Buffer.from('0300aabbcc', 'hex')],
    ['SRTP_PROTECTION_PROFILES', SECBUFFER.SRTP_PROTECTION_PROFILES, Buffer.from('02000100', 'hex')],
    ['SRTP_MASTER_KEY_IDENTIFIER', SECBUFFER.SRTP_MASTER_KEY_IDENTIFIER, Buffer.from('03aabbcc', 'hex')],
    ['TOKEN_BINDING', SECBUFFER.TOKEN_BINDING, Buffer.from('01000300aabbcc', 'hex')],
    [
      'SEND_GENERIC_TLS_EXTENSION',
      SECBUFFER.SEND_GENERIC_TLS_EXTENSION,
      Buffer.from('3412010000000000' + '0200aabb', 'hex'),
    ],
    [
      'SUBSCRIBE_GENERIC_TLS_EXTENSION',
      SECBUFFER.SUBSCRIBE_GENERIC_TLS_EXTENSION,
      Buffer.from('00000000' + '02000000' + '3412010035120200', 'hex'),
    ],
    ['DTLS_MTU', SECBUFFER.DTLS_MTU, Buffer.from('e803', 'hex')],
    ['FLAGS', SECBUFFER.FLAGS, Buffer.alloc(8, 1)],
  ];
}
