import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEngine } from 'secur32/engine';
import { SECBUFFER, SP_PROT, SspiError } from 'secur32/raw';
import { identity } from './certificates.js';
import { ASC_FLAGS, converse, deliver, EMPTY, rejection, Side } from './side.js';

const TLS12 = SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;

const sspi = createEngine();
const freshServer = (protocols = 0): Promise<Side> => Side.acquire(sspi, 'server', identity(['server'], { protocols }));
const freshClient = (protocols = 0): Promise<Side> => Side.acquire(sspi, 'client', identity([], { protocols }));

describe('Schannel: bad input', () => {
  for (const [name, bytes, code, alert] of [
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'SEC_E_INVALID_TOKEN', undefined],
    ['plain SMTP', Buffer.from('EHLO localhost\r\n'), 'SEC_E_INVALID_TOKEN', 'some'],
    ['zeros', new Uint8Array(64), 'SEC_E_INVALID_TOKEN', 'some'],
    ['a record that is too long', Buffer.from(`160301ffff${'00'.repeat(32)}`, 'hex'), 'SEC_E_INVALID_TOKEN', 22],
    ['a hello that is too short', Buffer.from('16030100050100000100', 'hex'), 'SEC_E_ILLEGAL_MESSAGE', 50],
    ['application data first', Buffer.from('170303000548656c6c6f', 'hex'), 'SEC_E_ILLEGAL_MESSAGE', 10],
    ['an alert first', Buffer.from('15030300020228', 'hex'), 'SEC_E_ILLEGAL_MESSAGE', 10],
  ] as const) {
    it(`to a server: ${name}: ${code}`, async () => {
      const error = await rejection((await freshServer()).take(bytes));
      assert.equal(error.code, code);
      if (typeof alert === 'number') assert.equal(error.token?.at(-1), alert);
      if (alert === undefined) assert.equal(error.token, undefined);
      assert.ok(!(error.cause instanceof TypeError) && !(error.cause instanceof RangeError));
    });
  }

  it('a failed context is good for nothing but to be deleted', async () => {
    const server = await freshServer();
    const { context } = await server.leg(new Uint8Array(0));
    server.context = context;
    assert.equal((await rejection(server.leg(Buffer.from('GET / HTTP/1.1\r\n\r\n')))).code, 'SEC_E_INVALID_TOKEN');
    assert.equal((await rejection(server.leg(new Uint8Array(5)))).code, 'SEC_E_INVALID_HANDLE');
    await server.delete();
  });

  it('a client and a server with no version in common: an error at both ends', async () => {
    const client = await freshClient(TLS12);
    const server = await freshServer(SP_PROT.TLS1_3_SERVER);
    const error = await rejection(server.take(await client.start()));
    assert.equal(error.code, 'SEC_E_ALGORITHM_MISMATCH');
    assert.equal(error.token?.at(-1), 70);
    assert.equal((await rejection(client.take(error.token!))).code, 'SEC_E_UNSUPPORTED_FUNCTION');
  });

  it('alerts of the peer have the statuses of Microsoft Learn', async () => {
    for (const [alert, code] of [
      [10, 'SEC_E_ILLEGAL_MESSAGE'],
      [20, 'SEC_E_MESSAGE_ALTERED'],
      [22, 'SEC_E_ILLEGAL_MESSAGE'],
      [40, 'SEC_E_ILLEGAL_MESSAGE'],
      [42, 'SEC_E_CERT_UNKNOWN'],
      [43, 'SEC_E_CERT_UNKNOWN'],
      [44, 'CRYPT_E_REVOKED'],
      [45, 'SEC_E_CERT_EXPIRED'],
      [46, 'SEC_E_CERT_UNKNOWN'],
      [47, 'SEC_E_ILLEGAL_MESSAGE'],
      [48, 'SEC_E_UNTRUSTED_ROOT'],
      [49, 'SEC_E_LOGON_DENIED'],
      [50, 'SEC_E_ILLEGAL_MESSAGE'],
      [51, 'SEC_E_DECRYPT_FAILURE'],
      [70, 'SEC_E_UNSUPPORTED_FUNCTION'],
      [71, 'SEC_E_ALGORITHM_MISMATCH'],
      [80, 'SEC_E_INTERNAL_ERROR'],
      [110, 'SEC_E_ILLEGAL_MESSAGE'],
      [112, 'SEC_E_ILLEGAL_MESSAGE'],
      [120, 'SEC_E_APPLICATION_PROTOCOL_MISMATCH'],
    ] as const) {
      const client = await freshClient();
      await client.start();
      const error = await rejection(client.take(Uint8Array.of(21, 3, 3, 0, 2, 2, alert)));
      assert.equal(error.code, code, `alert ${alert}`);
      assert.match(error.message, new RegExp(`alert ${alert}\\b`));
    }
  });

  it('close_notify in the middle of a handshake ends it', async () => {
    const client = await freshClient();
    await client.start();
    const error = await rejection(client.take(Uint8Array.of(21, 3, 3, 0, 2, 1, 0)));
    assert.equal(error.code, 'SEC_E_ILLEGAL_MESSAGE');
  });

  it('every flight of a handshake, with one bit changed somewhere, ends in a status or makes no difference', async () => {
    for (const protocols of [0, TLS12]) {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 3 }), fc.nat(), fc.nat({ max: 7 }), async (flight, at, bit) => {
          const client = await freshClient(protocols);
          const server = await freshServer(protocols);
          let n = 0;
          let bytes = await client.start();
          let to: Side = server;
          try {
            while (bytes.length > 0 && n < 8) {
              const sent = Uint8Array.from(bytes);
              if (n === flight) sent[at % sent.length]! ^= 1 << bit;
              bytes = await deliver(to, sent);
              to = to === server ? client : server;
              n += 1;
            }
          } catch (error) {
            if (!(error instanceof SspiError)) throw error;
            assert.notEqual(error.code, 'SEC_E_INTERNAL_ERROR', String(error.cause));
          } finally {
            await client.delete();
            await server.delete();
          }
        }),
        { numRuns: 60, seed: 5 },
      );
    }
  });

  it('noise after the handshake ends in a status', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 5, maxLength: 80 }), fc.boolean(), async (noise, header) => {
        const client = await freshClient();
        const server = await freshServer();
        await converse(client, server);
        const bytes = header ? Buffer.concat([Uint8Array.of(23, 3, 3, 0, noise.length), noise]) : noise;
        const opened = await server.decryptMessage(bytes).catch((error: unknown) => error);
        if (opened instanceof SspiError) assert.notEqual(opened.code, 'SEC_E_INTERNAL_ERROR', String(opened.cause));
        else assert.ok(!(opened instanceof Error), String(opened));
        await client.delete();
        await server.delete();
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('renegotiations are bounded', async () => {
    const client = await freshClient(TLS12);
    const server = await freshServer(TLS12);
    await converse(client, server);
    const renegotiations = async () => {
      for (let n = 0; n < 10; n++) {
        server.done = false;
        let toClient = await server.start();
        while (toClient.length > 0) {
          const toServer = await client.take(toClient);
          toClient = toServer.length > 0 ? await server.take(toServer) : new Uint8Array(0);
        }
      }
    };
    assert.equal((await rejection(renegotiations())).code, 'SEC_E_ILLEGAL_MESSAGE');
  });

  it('half-open contexts are bounded in number', async () => {
    const small = createEngine({ limits: { halfOpenContexts: 2 } });
    const first = await Side.acquire(small, 'server', identity(['server']));
    const { context } = await first.leg(Uint8Array.of(22));
    for (let n = 0; n < 2; n++) await first.again().leg(Uint8Array.of(22));
    const late = small.acceptSecurityContext({ context, input: [EMPTY], contextReq: ASC_FLAGS });
    assert.equal((await rejection(late)).code, 'SEC_E_CONTEXT_EXPIRED');
  });

  it('application protocols that OpenSSL would end the process for are refused', async () => {
    const list = (names: Uint8Array) => {
      const data = Buffer.alloc(10 + names.length);
      data.writeUInt32LE(6 + names.length);
      data.writeUInt32LE(2, 4);
      data.writeUInt16LE(names.length, 8);
      data.set(names, 10);
      return data;
    };
    const tooMany = list(Buffer.concat(Array(300).fill(Buffer.from('\xc8'.padEnd(201, 'x'), 'latin1'))));
    tooMany.writeUInt32LE(2 * (tooMany.length - 4));
    for (const data of [
      list(Uint8Array.of(0)),
      list(Uint8Array.of(2, 0x68, 0x32, 0)),
      Buffer.concat([tooMany, tooMany.subarray(4)]),
    ]) {
      for (const side of [await freshClient(), await freshServer()]) {
        const input = [EMPTY, { type: SECBUFFER.APPLICATION_PROTOCOLS, data }];
        const call = { credential: side.credential, input, contextReq: 0 };
        const leg = side.role === 'client' ? sspi.initializeSecurityContext(call) : sspi.acceptSecurityContext(call);
        assert.equal((await rejection(leg)).code, 'SEC_E_INVALID_PARAMETER');
      }
    }
  });

  it('credentials that cannot be are refused when they are acquired', async () => {
    const acquire = (call: object) =>
      rejection(sspi.acquireCredentialsHandle({ package: 'Schannel', credentialUse: 'outbound', ...call }));
    for (const [code, call] of [
      ['SEC_E_NO_CREDENTIALS', { credentialUse: 'inbound' }],
      ['SEC_E_UNKNOWN_CREDENTIALS', { credentialUse: 'both', authData: identity(['server']) }],
      ['SEC_E_UNKNOWN_CREDENTIALS', { authData: { kind: 'password', user: 'u', password: 'p' } }],
      ['SEC_E_UNKNOWN_CREDENTIALS', { authData: { kind: 'certificate', certificates: [{ pem: 'x', key: 'y' }] } }],
      ['SEC_E_UNKNOWN_CREDENTIALS', { authData: { kind: 'certificate', certificates: [{ thumbprint: 'ab' }] } }],
      ['SEC_E_UNSUPPORTED_FUNCTION', { authData: identity([], { protocols: SP_PROT.DTLS1_2_CLIENT }) }],
      ['SEC_E_UNSUPPORTED_FUNCTION', { authData: identity([], { protocols: SP_PROT.TLS1_CLIENT }) }],
    ] as const) {
      assert.equal((await acquire(call)).code, code);
    }
    for (const name of ['Schannel', 'Microsoft Unified Security Protocol Provider']) {
      assert.equal((await sspi.querySecurityPackageInfo(name)).name, name);
    }
  });
});
