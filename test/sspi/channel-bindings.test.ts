import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { channelBindings, gssChannelBindings, parseChannelBindings } from '#dist/sspi/channel-bindings.js';

const text = (value: string) => new TextEncoder().encode(value);

describe('SEC_CHANNEL_BINDINGS', () => {
  it('lays TLS bindings out as the header does: eight numbers, then the application data', () => {
    const data = channelBindings({ applicationData: text('tls-unique:abc') });
    assert.equal(
      Buffer.from(data).toString('hex'),
      `${'00'.repeat(24)}0e00000020000000${Buffer.from('tls-unique:abc').toString('hex')}`,
    );
  });

  it('reads back what it wrote, as plain views', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        bytes,
        fc.nat(0xffff),
        bytes,
        bytes,
        (initiatorAddressType, initiatorAddress, acceptorAddressType, acceptorAddress, applicationData) => {
          const parts = {
            initiatorAddressType,
            initiatorAddress,
            acceptorAddressType,
            acceptorAddress,
            applicationData,
          };
          assert.deepEqual(parseChannelBindings(channelBindings(parts)), parts);
        },
      ),
    );
  });

  it('refuses every strict prefix and every offset outside', () => {
    const whole = channelBindings({ initiatorAddress: text('i'), applicationData: text('tls-unique:abc') });
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(() => parseChannelBindings(whole.subarray(0, length)), MalformedBytesError, `prefix of ${length}`);
    }
    const far = whole.slice();
    far.set([0xff, 0xff, 0xff, 0xff], 28);
    assert.throws(() => parseChannelBindings(far), MalformedBytesError);
    const inHeader = whole.slice();
    inHeader.set([8, 0, 0, 0], 28);
    assert.throws(() => parseChannelBindings(inHeader), MalformedBytesError);
  });

  it('hashes as RFC 2744 3.11 and Microsoft describe: the application data of a null address pair', () => {
    assert.equal(
      Buffer.from(gssChannelBindings({ applicationData: text('tls-unique:abc') })).toString('hex'),
      `${'00'.repeat(16)}0e000000${Buffer.from('tls-unique:abc').toString('hex')}`,
    );
  });
});
