import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { createEngine } from 'secur32/engine';
import { SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { sessionId } from '#dist/engine/schannel/attributes/session-info.js';
import { parseChannelBindings } from '#dist/sspi/channel-bindings.js';
import { endPointBindings } from '#dist/sspi/tls-bindings.js';
import { identity, pem } from './certificates.js';
import { converse, rejection, Side } from './side.js';

const TLS12 = SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;
const TLS13 = SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER;

async function connected(protocols: number, alpn?: { client?: string[]; server?: string[] }): Promise<[Side, Side]> {
  const sspi = createEngine();
  const client = await Side.acquire(
    sspi,
    'client',
    identity([], { protocols }),
    alpn?.client ? { alpn: alpn.client } : {},
  );
  const server = await Side.acquire(
    sspi,
    'server',
    identity(['server'], { protocols }),
    alpn?.server ? { alpn: alpn.server } : {},
  );
  await converse(client, server);
  return [client, server];
}

const query = <A extends Parameters<Side['sspi']['queryContextAttributes']>[1]>(side: Side, attribute: A) =>
  side.sspi.queryContextAttributes(side.context!, attribute);

describe('Schannel: attributes', () => {
  it('STREAM_SIZES are those of the protocol', async () => {
    const [tls13] = await connected(TLS13);
    const sizes = { maximumMessage: 16384, bufferCount: 4, blockSize: 1 };
    assert.deepEqual(await query(tls13, SECPKG_ATTR.STREAM_SIZES), { ...sizes, header: 5, trailer: 17 + 27 });
    const [tls12] = await connected(TLS12);
    assert.deepEqual(await query(tls12, SECPKG_ATTR.STREAM_SIZES), { ...sizes, header: 13, trailer: 16 });
  });

  it('are not there in the middle of the handshake', async () => {
    const client = await Side.acquire(createEngine(), 'client', identity());
    await client.start();
    for (const attribute of [
      SECPKG_ATTR.STREAM_SIZES,
      SECPKG_ATTR.CIPHER_INFO,
      SECPKG_ATTR.ENDPOINT_BINDINGS,
    ] as const) {
      assert.match((await rejection(query(client, attribute))).code, /INVALID_HANDLE|UNSUPPORTED/);
    }
  });

  it('CONNECTION_INFO and CIPHER_INFO', async () => {
    const [client, server] = await connected(TLS12);
    const info = await query(client, SECPKG_ATTR.CONNECTION_INFO);
    assert.deepEqual(info, {
      protocol: SP_PROT.TLS1_2_CLIENT,
      cipher: 0x660e,
      cipherStrength: 128,
      hash: 0,
      hashStrength: 0,
      exchange: 0xae06,
      exchangeStrength: info.exchangeStrength,
    });
    assert.ok(info.exchangeStrength >= 253);
    assert.equal((await query(server, SECPKG_ATTR.CONNECTION_INFO)).protocol, SP_PROT.TLS1_2_SERVER);
    const cipher = await query(client, SECPKG_ATTR.CIPHER_INFO);
    assert.deepEqual(
      [cipher.protocol, cipher.cipherSuite, cipher.cipherSuiteName, cipher.cipherName, cipher.cipherLength],
      [0x0303, 0xc02b, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'AES', 128],
    );
    const [tls13] = await connected(TLS13);
    assert.deepEqual((await query(tls13, SECPKG_ATTR.CIPHER_INFO)).cipherSuite, 0x1302);
  });

  it('REMOTE_CERT_CONTEXT and LOCAL_CERT_CONTEXT are the same certificate at both ends', async () => {
    for (const protocols of [TLS12, TLS13]) {
      const [client, server] = await connected(protocols);
      const raw = new Uint8Array(new X509Certificate(pem('server.pem')).raw);
      const remote = await query(client, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
      assert.deepEqual(remote.certificate, raw);
      assert.deepEqual(remote.chain.at(-1), new Uint8Array(new X509Certificate(pem('ca.pem')).raw));
      assert.deepEqual((await query(server, SECPKG_ATTR.LOCAL_CERT_CONTEXT)).certificate, raw);
      // Once more: asking changes nothing.
      assert.deepEqual(await query(client, SECPKG_ATTR.REMOTE_CERT_CONTEXT), remote);
    }
  });

  it('APPLICATION_PROTOCOL: the server chooses', async () => {
    for (const protocols of [TLS12, TLS13]) {
      const [client, server] = await connected(protocols, { client: ['http/1.1', 'h2'], server: ['h2', 'http/1.1'] });
      for (const side of [client, server]) {
        const { status, protocolId } = await query(side, SECPKG_ATTR.APPLICATION_PROTOCOL);
        assert.deepEqual([status, Buffer.from(protocolId).toString()], ['success', 'h2']);
      }
    }
  });

  it('APPLICATION_PROTOCOL: none where one side has none', async () => {
    for (const alpn of [{ client: ['h2'] }, { server: ['h2'] }, {}]) {
      const [client, server] = await connected(TLS13, alpn);
      for (const side of [client, server])
        assert.equal((await query(side, SECPKG_ATTR.APPLICATION_PROTOCOL)).status, 'none');
    }
  });

  it('SEC_E_APPLICATION_PROTOCOL_MISMATCH at both ends where nothing is in common', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity(), { alpn: ['h2'] });
    const server = await Side.acquire(sspi, 'server', identity(['server']), { alpn: ['imap'] });
    const error = await rejection(server.take(await client.start()));
    assert.equal(error.code, 'SEC_E_APPLICATION_PROTOCOL_MISMATCH');
    assert.deepEqual([...error.token!], [21, 3, 3, 0, 2, 2, 120]);
    assert.equal((await rejection(client.take(error.token!))).code, 'SEC_E_APPLICATION_PROTOCOL_MISMATCH');
  });

  it('ENDPOINT_BINDINGS are equal at both ends, and the hash of the certificate', async () => {
    const [client, server] = await connected(TLS13);
    const { bindings } = await query(client, SECPKG_ATTR.ENDPOINT_BINDINGS);
    assert.deepEqual((await query(server, SECPKG_ATTR.ENDPOINT_BINDINGS)).bindings, bindings);
    const { raw } = new X509Certificate(pem('server.pem'));
    const expected = Buffer.concat([Buffer.from('tls-server-end-point:'), createHash('sha256').update(raw).digest()]);
    assert.deepEqual(Buffer.from(parseChannelBindings(bindings).applicationData), expected);
  });

  it('UNIQUE_BINDINGS are equal at both ends in TLS 1.2, new and resumed, and not there in TLS 1.3', async () => {
    const [client, server] = await connected(TLS12);
    const { bindings } = await query(client, SECPKG_ATTR.UNIQUE_BINDINGS);
    assert.deepEqual((await query(server, SECPKG_ATTR.UNIQUE_BINDINGS)).bindings, bindings);
    assert.equal(Buffer.from(parseChannelBindings(bindings).applicationData.subarray(0, 11)).toString(), 'tls-unique:');
    const [client2, server2] = [client.again(), server.again()];
    await converse(client2, server2);
    assert.equal((await query(client2, SECPKG_ATTR.SESSION_INFO)).reconnected, true);
    const resumed = await query(client2, SECPKG_ATTR.UNIQUE_BINDINGS);
    assert.deepEqual(await query(server2, SECPKG_ATTR.UNIQUE_BINDINGS), resumed);
    assert.notDeepEqual(resumed.bindings, bindings);
    const [tls13] = await connected(TLS13);
    assert.equal((await rejection(query(tls13, SECPKG_ATTR.UNIQUE_BINDINGS))).code, 'SEC_E_UNSUPPORTED_FUNCTION');
  });

  it('SESSION_INFO: a resumed session of TLS 1.2 has one id at both ends; a ticket and TLS 1.3 have none', async () => {
    for (const protocols of [TLS12, TLS13]) {
      const [client, server] = await connected(protocols);
      await client.take(await server.encrypt(Buffer.from('tickets are before this')));
      const first = await query(server, SECPKG_ATTR.SESSION_INFO);
      assert.deepEqual(first, { reconnected: false, sessionId: new Uint8Array(0) });
      const [client2, server2] = [client.again(), server.again()];
      await converse(client2, server2);
      const info = await query(client2, SECPKG_ATTR.SESSION_INFO);
      assert.deepEqual([info.reconnected, info.sessionId.length], [true, protocols === TLS12 ? 32 : 0]);
      assert.deepEqual(await query(server2, SECPKG_ATTR.SESSION_INFO), info);
    }
  });

  it('SESSION_INFO: what is not in the form of OpenSSL has no id', () => {
    const good = Buffer.from('30120201010202030304020000040501020304ff', 'hex');
    assert.deepEqual([...sessionId(good)], [1, 2, 3, 4, 255]);
    const wrapped = Buffer.concat([Buffer.from('\0nodejs:tls:session:1\0\0\x04host', 'latin1'), good]);
    assert.deepEqual([...sessionId(wrapped)], [1, 2, 3, 4, 255]);
    for (let length = 0; length < wrapped.length; length++)
      assert.equal(sessionId(wrapped.subarray(0, length)).length, 0);
    for (let length = 0; length < good.length; length++) assert.equal(sessionId(good.subarray(0, length)).length, 0);
    for (const bytes of [
      '',
      '0400',
      '3000',
      '3080',
      '300402010102',
      `3030020101020203030402000004${'21'}${'00'.repeat(33)}`,
    ]) {
      assert.equal(sessionId(Buffer.from(bytes, 'hex')).length, 0);
    }
  });

  it('KEYING_MATERIAL is equal at both ends, and depends on label and context', async () => {
    for (const protocols of [TLS12, TLS13]) {
      const [client, server] = await connected(protocols);
      assert.equal((await rejection(query(client, SECPKG_ATTR.KEYING_MATERIAL))).code, 'SEC_E_OUT_OF_SEQUENCE');
      const material = async (side: Side, info: { label: string; context?: Uint8Array; length: number }) => {
        await side.sspi.setContextAttributes(side.context!, SECPKG_ATTR.KEYING_MATERIAL_INFO, info);
        return Buffer.from((await query(side, SECPKG_ATTR.KEYING_MATERIAL)).keyingMaterial).toString('hex');
      };
      const info = { label: 'EXPORTER-Channel-Binding', length: 32 };
      const one = await material(client, info);
      assert.equal(one.length, 64);
      assert.equal(await material(server, info), one);
      assert.notEqual(await material(client, { ...info, context: Uint8Array.of(1) }), one);
      assert.notEqual(await material(client, { ...info, label: 'EXPORTER-Other' }), one);
      if (protocols === TLS12) continue;
      for (const wrong of [
        { ...info, label: 'x'.repeat(300) },
        { ...info, length: 65_535 },
      ]) {
        await client.sspi.setContextAttributes(client.context!, SECPKG_ATTR.KEYING_MATERIAL_INFO, wrong);
        const error = await rejection(query(client, SECPKG_ATTR.KEYING_MATERIAL));
        assert.equal(error.code, 'SEC_E_INVALID_PARAMETER');
      }
    }
  });
});

describe('tls-server-end-point', () => {
  it('is by the hash of the signature, or SHA-256', () => {
    const length = (name: string) =>
      parseChannelBindings(endPointBindings(new X509Certificate(pem(name)).raw)!).applicationData.length;
    assert.equal(length('server.pem'), 'tls-server-end-point:'.length + 32);
  });

  it('refuses what is no certificate', () => {
    const { raw } = new X509Certificate(pem('server.pem'));
    assert.throws(() => endPointBindings(raw.subarray(0, 40)), { name: /Truncated|Malformed/ });
    assert.throws(() => endPointBindings(Uint8Array.of(0x31, 0)), { name: 'MalformedBytesError' });
    assert.throws(() => endPointBindings(Uint8Array.of(0x30, 0x80)), { name: 'MalformedBytesError' });
  });
});
