import assert from 'node:assert/strict';
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET, SEC_E, SEC_I, SECBUFFER, SspiError, tokenBuffer } from 'secur32/raw';
import { accept, exchange, initialize, NOTHING, type RawPair, rawPair, TARGET, tokenOf } from './raw-exchange.js';

/** One bit of each flag space, by what it stands for. */
const LAYERS = [
  { name: 'auth', request: 0, attributes: 0 },
  { name: 'auth-int', request: ISC_REQ.INTEGRITY, attributes: ISC_RET.INTEGRITY },
  { name: 'auth-conf', request: ISC_REQ.CONFIDENTIALITY, attributes: ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY },
] as const;

describe('DIGEST-MD5 through the Sasl functions', () => {
  let pair: RawPair;

  before(async () => {
    pair = await rawPair();
  });

  for (const { name, request, attributes } of LAYERS) {
    it(`goes from challenge to rspauth with ${name}`, async () => {
      const { s1, c1, s2, c2 } = await exchange(pair, { contextReq: request });
      assert.deepEqual(
        [s1.status, c1.status, s2.status, c2.status],
        [SEC_I.CONTINUE_NEEDED, SEC_I.CONTINUE_NEEDED, SEC_E.OK, SEC_E.OK],
      );
      assert.match(Buffer.from(tokenOf(s1)).toString(), /realm="example\.com"/);
      assert.match(Buffer.from(tokenOf(c1)).toString(), new RegExp(`digest-uri="${TARGET}"`));
      assert.match(Buffer.from(tokenOf(c1)).toString(), new RegExp(`qop=${name}(,|$)`));
      assert.match(Buffer.from(tokenOf(s2)).toString(), /^rspauth=[0-9a-f]{32}$/);
      assert.equal(tokenOf(c2).length, 0);
      assert.equal(s2.context, s1.context);
      assert.equal(c2.context, c1.context);
      assert.equal(c2.contextAttr & (ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY), attributes);
      assert.equal(
        (s2.contextAttr & (ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY)) !== 0,
        name !== 'auth',
        'the server reports a layer where there is one',
      );
    });
  }

  it('takes a client that begins without input', async () => {
    const c0 = await initialize(pair, undefined, undefined);
    assert.equal(c0.status, SEC_I.CONTINUE_NEEDED);
    assert.equal(tokenOf(c0).length, 0);
    const s1 = await accept(pair, undefined, NOTHING);
    const c1 = await initialize(pair, c0, tokenOf(s1));
    assert.equal(c1.context, c0.context);
    const s2 = await accept(pair, s1, tokenOf(c1));
    assert.equal((await initialize(pair, c1, tokenOf(s2))).status, SEC_E.OK);
  });

  it('refuses a client that speaks first: there is no subsequent authentication (RFC 2831 2.2)', async () => {
    const { c1 } = await exchange(pair);
    await assert.rejects(accept(pair, undefined, tokenOf(c1)), {
      code: 'SEC_E_INVALID_TOKEN',
      syscall: 'SaslAcceptSecurityContext',
      hint: /RFC 2831/,
    });
  });

  it('is not HTTP Digest', async () => {
    await assert.rejects(accept(pair, undefined, NOTHING, { contextReq: ASC_REQ.HTTP }), {
      code: 'SEC_E_UNSUPPORTED_FUNCTION',
    });
    await assert.rejects(initialize(pair, undefined, undefined, { contextReq: ISC_REQ.HTTP }), {
      code: 'SEC_E_UNSUPPORTED_FUNCTION',
    });
  });

  it('hands on the failure of the package under its own name', async () => {
    const stranger = await rawPair('open barley');
    const s1 = await accept(stranger, undefined, NOTHING);
    const c1 = await initialize(stranger, undefined, tokenOf(s1));
    const error = await accept(stranger, s1, tokenOf(c1)).then(
      () => assert.fail('a wrong password must not do'),
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof SspiError);
    assert.equal(error.code, 'SEC_E_LOGON_DENIED');
    assert.equal(error.syscall, 'SaslAcceptSecurityContext');
    assert.match(error.message, /^SaslAcceptSecurityContext: .+ \(SEC_E_LOGON_DENIED\)$/);
    assert.doesNotMatch(error.message, /(: |\) )AcceptSecurityContext|\).*\)/);
    assert.ok(error.cause instanceof SspiError);
    assert.equal(error.cause.syscall, 'AcceptSecurityContext');
    assert.equal(error.hint, error.cause.hint);
  });

  describe('after a failed leg', () => {
    it('leaves a context that can only be deleted, once', async () => {
      const s1 = await accept(pair, undefined, NOTHING);
      await assert.rejects(accept(pair, s1, Buffer.from('no response at all')), { code: 'SEC_E_INVALID_TOKEN' });
      const invalid = { code: 'SEC_E_INVALID_HANDLE' };
      await assert.rejects(accept(pair, s1, NOTHING), invalid);
      await assert.rejects(pair.sspi.saslGetContextOption(s1.context, 1), invalid);
      await assert.rejects(pair.sspi.encryptMessage(s1.context, { buffers: [] }), invalid);
      await assert.rejects(pair.sspi.querySecurityContextToken(s1.context), invalid);
      await pair.sspi.deleteSecurityContext(s1.context);
      await assert.rejects(pair.sspi.deleteSecurityContext(s1.context), invalid);
      await assert.rejects(accept(pair, s1, NOTHING), invalid);
    });
  });

  it('refuses a leg after the last one, and keeps the context', async () => {
    const { s1, c1, s2 } = await exchange(pair);
    await assert.rejects(accept(pair, s1, tokenOf(c1)), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    await assert.rejects(initialize(pair, c1, tokenOf(s2)), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    assert.equal((await pair.sspi.querySecurityContextToken(s1.context)).user.name, 'alice');
  });

  it('runs the legs of one context in their order', async () => {
    const s1 = await accept(pair, undefined, NOTHING);
    const c1 = await initialize(pair, undefined, tokenOf(s1));
    const both = await Promise.allSettled([accept(pair, s1, tokenOf(c1)), accept(pair, s1, tokenOf(c1))]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.equal((both[1] as PromiseRejectedResult).reason.code, 'SEC_E_OUT_OF_SEQUENCE');
  });

  it('lets a leg that runs end before it deletes', async () => {
    const s1 = await accept(pair, undefined, NOTHING);
    const c1 = await initialize(pair, undefined, tokenOf(s1));
    const leg = accept(pair, s1, tokenOf(c1));
    const deletion = pair.sspi.deleteSecurityContext(s1.context);
    assert.equal((await leg).status, SEC_E.OK);
    await deletion;
    await assert.rejects(pair.sspi.querySecurityContextToken(s1.context), { code: 'SEC_E_INVALID_HANDLE' });
  });

  describe('input', () => {
    const call = (input: unknown) =>
      pair.sspi.saslAcceptSecurityContext({ credential: pair.inbound, contextReq: 0, input: input as never });

    it('is exactly one TOKEN buffer for a server', async () => {
      const refusal = { code: 'SEC_E_INVALID_TOKEN', syscall: 'SaslAcceptSecurityContext' };
      await assert.rejects(call([]), refusal);
      await assert.rejects(call([{ type: SECBUFFER.DATA, data: NOTHING }]), refusal);
      await assert.rejects(call([tokenBuffer(NOTHING), tokenBuffer(NOTHING)]), refusal);
      await assert.rejects(call(undefined), TypeError);
    });

    it('is no larger than the package’s largest token', async () => {
      const { maxToken } = await pair.sspi.querySecurityPackageInfo('WDigest');
      const s1 = await accept(pair, undefined, NOTHING);
      await assert.rejects(accept(pair, s1, new Uint8Array(maxToken + 1)), { code: 'SEC_E_INVALID_TOKEN' });
      await assert.rejects(initialize(pair, undefined, new Uint8Array(maxToken + 1)), { code: 'SEC_E_INVALID_TOKEN' });
    });

    it('must be there on a client’s later legs', async () => {
      const c0 = await initialize(pair, undefined, undefined);
      await assert.rejects(initialize(pair, c0, undefined), { code: 'SEC_E_INVALID_TOKEN' });
    });
  });
});

describe('Handles and the Sasl functions', () => {
  let pair: RawPair;
  const invalid = { code: 'SEC_E_INVALID_HANDLE' };

  before(async () => {
    pair = await rawPair();
  });

  it('refuse a credential that is freed, missing, or another table’s', async () => {
    const { sspi } = pair;
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
    await sspi.freeCredentialsHandle(credential);
    const other = await rawPair();
    for (const each of [credential, other.inbound, undefined, null, {}, 5] as never[]) {
      await assert.rejects(
        sspi.saslAcceptSecurityContext({ credential: each, input: [tokenBuffer(NOTHING)], contextReq: 0 }),
        invalid,
      );
    }
  });

  it('refuse a credential of the wrong direction', async () => {
    await assert.rejects(accept({ ...pair, inbound: pair.outbound }, undefined, NOTHING), {
      code: 'SEC_E_NO_CREDENTIALS',
      syscall: 'SaslAcceptSecurityContext',
    });
  });

  it('refuse a context that none of them made', async () => {
    const { sspi, inbound } = pair;
    const raw = await sspi.acceptSecurityContext({
      credential: inbound,
      input: [tokenBuffer(NOTHING)],
      contextReq: ASC_REQ.CONFIDENTIALITY,
    });
    await assert.rejects(accept(pair, raw, NOTHING), invalid);
    await assert.rejects(sspi.saslGetContextOption(raw.context, 1), invalid);
    await assert.rejects(sspi.saslSetContextOption(raw.context, 1, 100), invalid);
    await sspi.deleteSecurityContext(raw.context);
    const { s1 } = await exchange(pair);
    const other = await rawPair();
    await assert.rejects(other.sspi.saslGetContextOption(s1.context, 1), invalid);
  });

  it('keep their contexts from the functions that would pass over their options', async () => {
    const { sspi, inbound, outbound } = pair;
    const s1 = await accept(pair, undefined, NOTHING);
    const c1 = await initialize(pair, undefined, tokenOf(s1));
    const input = [tokenBuffer(tokenOf(c1))];
    await assert.rejects(
      sspi.acceptSecurityContext({ credential: inbound, context: s1.context, input, contextReq: 0 }),
      { ...invalid, syscall: 'AcceptSecurityContext', hint: /SaslAcceptSecurityContext/ },
    );
    await assert.rejects(
      sspi.initializeSecurityContext({ credential: outbound, context: c1.context, contextReq: 0 }),
      invalid,
    );
    assert.equal((await accept(pair, s1, tokenOf(c1))).status, SEC_E.OK, 'and do them no harm by it');
  });

  it('keep the sides apart', async () => {
    const s1 = await accept(pair, undefined, NOTHING);
    await assert.rejects(initialize(pair, s1, NOTHING), invalid);
  });

  it('pass the reason of an abort on', async () => {
    const reason = new Error('enough');
    const call = { credential: pair.inbound, input: [tokenBuffer(NOTHING)], contextReq: 0 };
    await assert.rejects(
      pair.sspi.saslAcceptSecurityContext({ ...call, signal: AbortSignal.abort(reason) }),
      (error: unknown) => error === reason,
    );
  });
});
