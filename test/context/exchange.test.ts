import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ContextEvent } from 'secur32';
import { type ContextLeg, type CtxtHandle, SEC_E, SEC_I, type SecurityFunctionTable, SspiError } from 'secur32/raw';
import { Exchange, type ExchangeKind } from '#dist/context/exchange.js';
import { MessageProtection } from '#dist/context/message-protection.js';
import { SECBUFFER, tokenBuffer } from '#dist/sspi/buffers.js';
import { messageBuffers, SECQOP } from '#dist/sspi/messages.js';
import { aliceEngine, SaslPair } from './sasl-pair.js';

/*
 * What no package of the engine gives yet, but others do: legs that want CompleteAuthToken, errors with a token or a context, messages
 * that were signed only. These tests put a leg or a function of their own in the place of the provider's.
 */

const HANDLE = Object.freeze({}) as CtxtHandle;
const TOKEN = Buffer.from('token');

interface Scene {
  readonly exchange: Exchange;
  readonly calls: string[];
}

function scene(
  legs: readonly (Partial<ContextLeg> | Error)[],
  establish: ExchangeKind['establish'] = async () => {},
): Scene {
  const calls: string[] = [];
  const sspi: SecurityFunctionTable = {
    ...aliceEngine(),
    async completeAuthToken(context, [token]) {
      assert.equal(context, HANDLE);
      calls.push(`complete ${Buffer.from(token?.data ?? []).toString()}`);
    },
    async deleteSecurityContext(context) {
      assert.equal(context, HANDLE);
      calls.push('delete');
    },
  };
  const rest = [...legs];
  const exchange = new Exchange(sspi, {
    owner: 'ServerContext',
    syscall: 'AcceptSecurityContext',
    packageName: 'NTLM',
    async leg() {
      const next = rest.shift();
      if (next instanceof Error) throw next;
      const leg = { status: SEC_E.OK, context: HANDLE, output: [tokenBuffer(TOKEN)], input: [], contextAttr: 0 };
      return { ...leg, ...next };
    },
    establish,
  });
  return { exchange, calls };
}

describe('An exchange', () => {
  it('calls CompleteAuthToken where a leg asks for it', async () => {
    const { exchange, calls } = scene([{ status: SEC_I.COMPLETE_AND_CONTINUE }, { status: SEC_I.COMPLETE_NEEDED }]);
    assert.deepEqual(await exchange.step(TOKEN), { token: TOKEN, done: false });
    assert.equal(exchange.complete, false);
    assert.deepEqual(await exchange.step(TOKEN), { token: TOKEN, done: true });
    assert.deepEqual([exchange.complete, exchange.established], [true, true]);
    assert.deepEqual(calls, ['complete token', 'complete token']);
    await exchange.close();
    assert.deepEqual(calls.slice(2), ['delete']);
  });

  it('passes the token of an error on, and deletes the context', async () => {
    const failure = { status: SEC_E.LOGON_DENIED, syscall: 'AcceptSecurityContext', provider: 'engine' } as const;
    const { exchange, calls } = scene([{ status: SEC_I.CONTINUE_NEEDED }, new SspiError({ ...failure, token: TOKEN })]);
    await exchange.step(TOKEN);
    await assert.rejects(exchange.step(TOKEN), (error: unknown) => error instanceof SspiError && error.token === TOKEN);
    assert.deepEqual(calls, ['delete']);
    await exchange.close();
    assert.deepEqual(calls, ['delete']);
  });

  it('deletes the context that the error of a first leg leaves', async () => {
    const failure = { status: SEC_E.LOGON_DENIED, syscall: 'AcceptSecurityContext', provider: 'engine' } as const;
    const { exchange, calls } = scene([new SspiError({ ...failure, context: HANDLE })]);
    await assert.rejects(exchange.step(TOKEN), { code: 'SEC_E_LOGON_DENIED' });
    assert.deepEqual(calls, ['delete']);
  });

  it('is no exchange of a stream', async () => {
    for (const status of [SEC_E.INCOMPLETE_MESSAGE, SEC_I.INCOMPLETE_CREDENTIALS, SEC_I.MESSAGE_FRAGMENT]) {
      const { exchange, calls } = scene([{ status }]);
      await assert.rejects(exchange.step(TOKEN), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      assert.deepEqual(calls, ['delete']);
    }
  });

  it('is complete and not established where the policy refuses it', async () => {
    const refusal = new Error('not like this');
    const { exchange, calls } = scene([{}], async () => {
      throw refusal;
    });
    await assert.rejects(exchange.step(TOKEN), (error: unknown) => error === refusal);
    assert.deepEqual([exchange.complete, exchange.established, exchange.state], [true, false, 'failed']);
    assert.deepEqual(calls, ['delete']);
  });

  it('tells the channel secur32:context how it ended, and no more', async () => {
    const events: ContextEvent[] = [];
    const listen = (message: unknown) => void events.push(message as ContextEvent);
    subscribe('secur32:context', listen);
    try {
      await using pair = await SaslPair.established();
      await using refused = await SaslPair.create({ password: 'open barley' });
      await assert.rejects(refused.logOn());
      assert.throws(() => pair.server.unwrap(Buffer.alloc(4)));
      assert.deepEqual(events, [
        { type: 'established', owner: 'SaslServer', package: 'WDigest' },
        { type: 'established', owner: 'SaslClient', package: 'WDigest' },
        { type: 'failed', owner: 'SaslServer', package: 'WDigest', code: 'SEC_E_LOGON_DENIED' },
        { type: 'failed', owner: 'SaslServer', package: 'WDigest', code: 'SEC_E_INVALID_TOKEN' },
      ]);
    } finally {
      unsubscribe('secur32:context', listen);
    }
  });
});

describe('Messages', () => {
  const sizes = { maxToken: 100, maxSignature: 16, blockSize: 8, securityTrailer: 20 };

  /** A context of Kerberos or NTLM whose functions show what they are called with. */
  async function protection(layer: 'integrity' | 'confidentiality', received: { qop?: number; status?: number } = {}) {
    const seen: { types: number[]; qop: number | undefined }[] = [];
    const { exchange } = scene([{}]);
    await exchange.step(TOKEN);
    Object.assign(exchange.sspi, {
      encryptMessageSync: (
        _context: CtxtHandle,
        call: { buffers: { type: number; data: Uint8Array }[]; qop?: number },
      ) => {
        seen.push({ types: call.buffers.map(({ type }) => type), qop: call.qop });
        const [header, data, padding] = call.buffers;
        // A header of 5 bytes and a padding of 2, where there was room for 20 and 8.
        return messageBuffers([
          { type: SECBUFFER.TOKEN, data: header!.data.subarray(0, 5).fill(0x48) },
          data!,
          { type: SECBUFFER.PADDING, data: padding!.data.subarray(0, 2).fill(0x50) },
        ]);
      },
      decryptMessageSync: (_context: CtxtHandle, call: { buffers: { type: number; data: Uint8Array }[] }) => {
        const [stream] = call.buffers;
        return messageBuffers(
          [stream!, { type: SECBUFFER.DATA, data: stream!.data.subarray(5, -2) }],
          received.qop,
          received.status,
        );
      },
    });
    return { messages: new MessageProtection(exchange, 'Kerberos', layer, sizes), seen };
  }

  it('are laid out as TOKEN, DATA and PADDING, without the bytes that these did not need', async () => {
    const { messages, seen } = await protection('confidentiality');
    const room = new Uint8Array(4 + messages.overhead);
    room.set(Buffer.from('data'), messages.header);
    assert.deepEqual([messages.header, messages.overhead], [20, 28]);
    const length = messages.sealInPlace(room, 4);
    assert.equal(Buffer.from(room.subarray(0, length)).toString(), 'HHHHHdataPP');
    assert.deepEqual(seen, [{ types: [SECBUFFER.TOKEN, SECBUFFER.DATA, SECBUFFER.PADDING], qop: 0 }]);
    assert.equal(Buffer.from(messages.openInPlace(room.subarray(0, length))).toString(), 'data');
  });

  it('are signed and not encrypted where the layer is integrity', async () => {
    const { messages, seen } = await protection('integrity', { qop: SECQOP.WRAP_NO_ENCRYPT });
    messages.sealInPlace(new Uint8Array(messages.overhead), 0);
    assert.equal(seen[0]?.qop, SECQOP.WRAP_NO_ENCRYPT);
    assert.equal(messages.openInPlace(Buffer.from('HHHHHdataPP')).length, 4);
  });

  it('that were signed only are refused where the layer is confidentiality', async () => {
    for (const qop of [SECQOP.WRAP_NO_ENCRYPT, 0x80000000]) {
      const { messages } = await protection('confidentiality', { qop });
      assert.throws(() => messages.openInPlace(Buffer.from('HHHHHdataPP')), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    }
  });

  it('that are not whole, or end the context, are no messages', async () => {
    for (const status of [SEC_E.INCOMPLETE_MESSAGE, SEC_I.CONTEXT_EXPIRED, SEC_I.RENEGOTIATE]) {
      const { messages } = await protection('confidentiality', { status });
      assert.throws(() => messages.openInPlace(Buffer.from('HHHHHdataPP')), { code: 'SEC_E_INVALID_TOKEN' });
    }
  });
});
