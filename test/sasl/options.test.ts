import assert from 'node:assert/strict';
import { type ContextLeg, SASL_AUTHZID_STATE, SASL_OPTION, SECPKG_ATTR } from 'secur32/raw';
import { accept, exchange, initialize, NOTHING, type RawPair, rawPair, tokenOf } from './raw-exchange.js';

const { FORBIDDEN, PROCESSED } = SASL_AUTHZID_STATE;
const bob = Buffer.from('bob');

describe('Options of a SASL context', () => {
  let pair: RawPair;
  const read = <O extends 1 | 2 | 3 | 4>({ context }: ContextLeg, option: O) =>
    pair.sspi.saslGetContextOption(context, option);
  const write = ({ context }: ContextLeg, option: number, value: unknown) =>
    pair.sspi.saslSetContextOption(context, option as 1, value as number);

  before(async () => {
    pair = await rawPair();
  });

  it('have the documented defaults', async () => {
    const s1 = await accept(pair, undefined, NOTHING);
    assert.equal(await read(s1, SASL_OPTION.SEND_SIZE), 0xffff);
    assert.equal(await read(s1, SASL_OPTION.RECV_SIZE), 0xffff);
    assert.equal((await read(s1, SASL_OPTION.AUTHZ_STRING)).length, 0);
    assert.equal(await read(s1, SASL_OPTION.AUTHZ_PROCESSING), PROCESSED);
  });

  it('refuse what is no option', async () => {
    const s1 = await accept(pair, undefined, NOTHING);
    for (const option of [0, 5, -1, 1.5, 0x530002]) {
      await assert.rejects(read(s1, option as 1), {
        code: 'SEC_E_UNSUPPORTED_FUNCTION',
        syscall: 'SaslGetContextOption',
      });
      await assert.rejects(write(s1, option, 1), {
        code: 'SEC_E_UNSUPPORTED_FUNCTION',
        syscall: 'SaslSetContextOption',
      });
    }
    await assert.rejects(read(s1, 'SEND_SIZE' as never), TypeError);
  });

  it('refuse values of a wrong type', async () => {
    const c0 = await initialize(pair, undefined, undefined);
    for (const value of ['1', 1.5, -1, 2 ** 32, NaN, undefined, 5n]) {
      await assert.rejects(write(c0, SASL_OPTION.SEND_SIZE, value), TypeError);
      await assert.rejects(write(c0, SASL_OPTION.RECV_SIZE, value), TypeError);
    }
    for (const value of ['bob', 5, [98], Uint8Array.of(98, 0), Uint8Array.of(0xff)]) {
      await assert.rejects(write(c0, SASL_OPTION.AUTHZ_STRING, value), TypeError);
    }
    for (const value of [2, '1', true]) await assert.rejects(write(c0, SASL_OPTION.AUTHZ_PROCESSING, value), TypeError);
    await assert.rejects(accept(pair, undefined, NOTHING, { options: { recvSize: -1 } }), TypeError);
  });

  describe('SEND_SIZE and RECV_SIZE', () => {
    it('come from the peer’s receive size once the layer stands', async () => {
      const { s2, c2 } = await exchange(pair, { options: { recvSize: 4096 } }, { options: { recvSize: 8192 } });
      for (const [leg, peerSize, ownSize] of [[s2, 4096, 8192] as const, [c2, 8192, 4096] as const]) {
        const sizes = await pair.sspi.queryContextAttributes(leg.context, SECPKG_ATTR.STREAM_SIZES);
        const sendSize = await read(leg, SASL_OPTION.SEND_SIZE);
        assert.equal(sendSize, sizes.maximumMessage);
        assert.ok(sendSize <= peerSize - 16 && sendSize > peerSize - 32, `${sendSize} of ${peerSize}`);
        assert.equal(await read(leg, SASL_OPTION.RECV_SIZE), ownSize);
      }
    });

    it('tell the peer the default, too', async () => {
      const { s1, c1 } = await exchange(pair);
      assert.match(Buffer.from(tokenOf(s1)).toString(), /maxbuf=65535/);
      assert.match(Buffer.from(tokenOf(c1)).toString(), /maxbuf=65535/);
    });

    it('can be lowered, never raised over what the peer takes', async () => {
      const { s2 } = await exchange(pair, { options: { recvSize: 4096 } });
      const known = await read(s2, SASL_OPTION.SEND_SIZE);
      await write(s2, SASL_OPTION.SEND_SIZE, 100);
      assert.equal(await read(s2, SASL_OPTION.SEND_SIZE), 100);
      await write(s2, SASL_OPTION.SEND_SIZE, 1_000_000);
      assert.equal(await read(s2, SASL_OPTION.SEND_SIZE), known);
    });

    it('stay as they are without a layer', async () => {
      const { s2 } = await exchange(pair, { contextReq: 0 });
      assert.equal(await read(s2, SASL_OPTION.SEND_SIZE), 0xffff);
    });

    it('count until the peer has been told', async () => {
      const c0 = await initialize(pair, undefined, undefined);
      await write(c0, SASL_OPTION.RECV_SIZE, 5000);
      const s1 = await accept(pair, undefined, NOTHING);
      await assert.rejects(write(s1, SASL_OPTION.RECV_SIZE, 5000), {
        code: 'SEC_E_OUT_OF_SEQUENCE',
        hint: /first call/,
      });
      const c1 = await initialize(pair, c0, tokenOf(s1));
      assert.match(Buffer.from(tokenOf(c1)).toString(), /maxbuf=5000(,|$)/);
      await assert.rejects(write(c1, SASL_OPTION.RECV_SIZE, 6000), { code: 'SEC_E_OUT_OF_SEQUENCE' });
      assert.equal(await read(c1, SASL_OPTION.RECV_SIZE), 5000);
    });

    it('must be sizes that the mechanism can tell the peer', async () => {
      for (const recvSize of [0, 16, 0x1000000]) {
        await assert.rejects(accept(pair, undefined, NOTHING, { options: { recvSize } }), {
          code: 'SEC_E_INVALID_PARAMETER',
        });
      }
    });
  });

  describe('AUTHZ_STRING and AUTHZ_PROCESSING', () => {
    it('take an identity from the client to the server', async () => {
      const { s1, c1, s2 } = await exchange(pair, { options: { authzString: bob } });
      assert.match(Buffer.from(tokenOf(c1)).toString(), /authzid="bob"/);
      assert.deepEqual(Buffer.from(await read(s2, SASL_OPTION.AUTHZ_STRING)), bob);
      assert.deepEqual(Buffer.from(await read(c1, SASL_OPTION.AUTHZ_STRING)), bob);
      assert.equal(s1.context, s2.context);
    });

    it('can be set before the response', async () => {
      const c0 = await initialize(pair, undefined, undefined);
      await write(c0, SASL_OPTION.AUTHZ_STRING, bob);
      const c1 = await initialize(pair, c0, tokenOf(await accept(pair, undefined, NOTHING)));
      assert.match(Buffer.from(tokenOf(c1)).toString(), /authzid="bob"/);
      await assert.rejects(write(c1, SASL_OPTION.AUTHZ_STRING, bob), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    });

    it('are kept as copies', async () => {
      const mine = Uint8Array.from(bob);
      const c0 = await initialize(pair, undefined, undefined, { options: { authzString: mine } });
      mine.fill(120);
      const got = await read(c0, SASL_OPTION.AUTHZ_STRING);
      assert.deepEqual(Buffer.from(got), bob);
      got.fill(120);
      assert.deepEqual(Buffer.from(await read(c0, SASL_OPTION.AUTHZ_STRING)), bob);
    });

    it('are the client’s to set', async () => {
      const s1 = await accept(pair, undefined, NOTHING);
      await assert.rejects(write(s1, SASL_OPTION.AUTHZ_STRING, bob), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
    });

    it('end the exchange where the server forbids them: SEC_E_ALGORITHM_MISMATCH, and nothing for the client', async () => {
      const s1 = await accept(pair, undefined, NOTHING);
      await write(s1, SASL_OPTION.AUTHZ_PROCESSING, FORBIDDEN);
      await assert.rejects(read(s1, SASL_OPTION.AUTHZ_STRING), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      const c1 = await initialize(pair, undefined, tokenOf(s1), { options: { authzString: bob } });
      await assert.rejects(accept(pair, s1, tokenOf(c1)), (error: { code: string; token?: unknown }) => {
        assert.equal(error.code, 'SEC_E_ALGORITHM_MISMATCH');
        assert.equal(error.token, undefined);
        return true;
      });
      const invalid = { code: 'SEC_E_INVALID_HANDLE' };
      await assert.rejects(pair.sspi.querySecurityContextToken(s1.context), invalid, 'the logon did go through below');
      await assert.rejects(accept(pair, s1, tokenOf(c1)), invalid);
      await pair.sspi.deleteSecurityContext(s1.context);
    });

    it('do nothing to a client that names nobody', async () => {
      const { s2 } = await exchange(pair, {}, { options: { authzProcessing: FORBIDDEN } });
      assert.equal(await read(s2, SASL_OPTION.AUTHZ_PROCESSING), FORBIDDEN);
      await assert.rejects(read(s2, SASL_OPTION.AUTHZ_STRING), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      await assert.rejects(write(s2, SASL_OPTION.AUTHZ_PROCESSING, PROCESSED), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    });

    it('keep a client from sending in silence less than it was told to', async () => {
      const options = { authzString: bob, authzProcessing: FORBIDDEN };
      const s1 = await accept(pair, undefined, NOTHING);
      await assert.rejects(initialize(pair, undefined, tokenOf(s1), { options }), { code: 'SEC_E_ALGORITHM_MISMATCH' });
    });
  });
});
