import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { memoryAccounts } from 'secur32/engine';
import { ASC_RET, ISC_RET, SEC_I, SECPKG_ATTR } from 'secur32/raw';
import { SASL_PARAMETER } from '#dist/sspi/sasl.js';
import { ASK, logOn, PASSWORD, pair, type Qop, REALM, Side, TARGET } from './side.js';
import { bytes, vectors } from './vectors.js';

const QOPS: readonly Qop[] = ['auth', 'auth-int', 'auth-conf'];

const INTEGRITY = ['INTEGRITY', 'REPLAY_DETECT', 'SEQUENCE_DETECT'] as const;
const GRANTED = {
  auth: ['MUTUAL_AUTH', 'CONNECTION'],
  'auth-int': ['MUTUAL_AUTH', 'CONNECTION', ...INTEGRITY],
  'auth-conf': ['MUTUAL_AUTH', 'CONNECTION', ...INTEGRITY, 'CONFIDENTIALITY'],
} as const;

describe('a DIGEST-MD5 logon', () => {
  for (const qop of QOPS) {
    it(`with ${qop} says on both sides what was agreed`, async () => {
      const { server, client } = await pair(qop);
      const { flags: granted } = await server.query(SECPKG_ATTR.FLAGS);
      assert.equal(granted, union(ASC_RET, GRANTED[qop]));
      assert.equal((await client.query(SECPKG_ATTR.FLAGS)).flags, union(ISC_RET, GRANTED[qop]));
    });

    it(`with ${qop} takes the same messages when each leg is given anew`, async () => {
      const server = await Side.server(ASK[qop].server);
      const client = await Side.client(ASK[qop].client);
      const first = await client.step();
      assert.equal(first.status, SEC_I.CONTINUE_NEEDED, 'a client that begins has an empty token to send');
      assert.equal(first.token.length, 0);
      await logOn(server, client);
    });
  }

  it('gives the server an identity', async () => {
    const groups = [{ sid: 'S-1-5-21-1-2-3-513', name: 'Domain Users' }];
    const account = { user: 'alice', password: PASSWORD, sid: 'S-1-5-21-1-2-3-1104', groups };
    const { server } = await pair('auth', { accounts: memoryAccounts([account]) });
    assert.deepEqual(await server.sspi.querySecurityContextToken(server.context), {
      user: { name: 'alice', domain: REALM, sid: 'S-1-5-21-1-2-3-1104' },
      groups,
    });
    assert.deepEqual(await server.query(SECPKG_ATTR.NAMES), { userName: `${REALM}\\alice` });
    assert.deepEqual(await server.query(SECPKG_ATTR.NATIVE_NAMES), { clientName: 'alice', serverName: TARGET });
    assert.deepEqual(await server.query(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), { targetName: TARGET });
    assert.deepEqual(await server.query(SASL_PARAMETER.AUTHZ_STRING), new Uint8Array());
    assert.equal((await server.query(SECPKG_ATTR.PACKAGE_INFO)).name, 'WDigest');
  });

  it('has no identity to give on the client', async () => {
    const { client } = await pair('auth');
    const token = client.sspi.querySecurityContextToken(client.context);
    await assert.rejects(token, { code: 'SEC_E_NO_IMPERSONATION' });
    await assert.rejects(client.query(SASL_PARAMETER.AUTHZ_STRING), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
    assert.deepEqual(await client.query(SECPKG_ATTR.NAMES), { userName: `${REALM}\\alice` });
  });

  it('makes one session key, which is H(A1)', async () => {
    const environment = { randomBytes: (size: number) => new Uint8Array(size).fill(0xab) };
    const { server, client } = await pair('auth', { environment }, { environment });
    const { sessionKey } = await server.query(SECPKG_ATTR.SESSION_KEY);
    assert.deepEqual(sessionKey, (await client.query(SECPKG_ATTR.SESSION_KEY)).sessionKey);
    const nonce = 'ab'.repeat(16);
    const hash = createHash('md5').update(`alice:${REALM}:${PASSWORD}`).digest();
    const expected = createHash('md5').update(hash).update(`:${nonce}:${nonce}`).digest();
    assert.deepEqual(Buffer.from(sessionKey), expected);
  });

  it('tells when it began', async () => {
    const environment = { now: () => Date.UTC(2026, 0, 2) };
    const { server } = await pair('auth', { environment });
    assert.deepEqual(await server.query(SECPKG_ATTR.LIFESPAN), { start: new Date('2026-01-02T00:00:00Z') });
  });

  it('tells nothing before it is complete', async () => {
    const server = await Side.server();
    await server.step();
    await assert.rejects(server.query(SECPKG_ATTR.NAMES), { code: 'SEC_E_INVALID_HANDLE' });
  });

  it('is over when it is over', async () => {
    for (const side of Object.values(await pair('auth'))) {
      await assert.rejects(side.step(''), { code: 'SEC_E_OUT_OF_SEQUENCE' });
      await assert.rejects(side.query(SECPKG_ATTR.NAMES), { code: 'SEC_E_INVALID_HANDLE' });
    }
  });

  it('knows sizes for each protection', async () => {
    const sizes = { maxToken: 4096, maxSignature: 16, blockSize: 1, securityTrailer: 16 };
    const stream = { header: 0, trailer: 16, maximumMessage: 65520, bufferCount: 2, blockSize: 1 };
    const plain = await pair('auth');
    assert.deepEqual(await plain.client.query(SECPKG_ATTR.SIZES), {
      ...sizes,
      ...{ maxSignature: 0, blockSize: 0, securityTrailer: 0 },
    });
    await assert.rejects(plain.client.query(SECPKG_ATTR.STREAM_SIZES), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
    const signed = await pair('auth-int');
    assert.deepEqual(await signed.client.query(SECPKG_ATTR.SIZES), sizes);
    assert.deepEqual(await signed.server.query(SECPKG_ATTR.STREAM_SIZES), stream);
    const digest = { ciphers: ['3des'] } as const;
    const blocks = await pair('auth-conf', { digest }, { digest });
    assert.deepEqual(await blocks.client.query(SECPKG_ATTR.SIZES), { ...sizes, blockSize: 8, securityTrailer: 24 });
    const longest = { ...stream, trailer: 24, maximumMessage: 65517, blockSize: 8 };
    assert.deepEqual(await blocks.server.query(SECPKG_ATTR.STREAM_SIZES), longest);
  });

  const keys = [
    ['rc4', 'RC4', 128],
    ['3des', '3DES', 112],
    ['rc4-56', 'RC4', 56],
    ['rc4-40', 'RC4', 40],
    ['des', 'DES', 56],
  ] as const;
  for (const [cipher, encryptAlgorithmName, keySize] of keys) {
    it(`with ${cipher} tells its keys`, async () => {
      const digest = { ciphers: [cipher] };
      const { server, client } = await pair('auth-conf', { digest }, { digest });
      const info = await server.query(SECPKG_ATTR.KEY_INFO);
      assert.deepEqual(info, await client.query(SECPKG_ATTR.KEY_INFO));
      assert.equal(info.signatureAlgorithmName, 'HMAC-MD5');
      assert.equal(info.encryptAlgorithmName, encryptAlgorithmName);
      assert.equal(info.keySize, keySize);
    });
  }
});

describe('the messages of a DIGEST-MD5 logon', () => {
  const environment = (byte: number, sizes: number[]) => ({
    randomBytes(size: number): Uint8Array {
      sizes.push(size);
      return new Uint8Array(size).fill(byte);
    },
  });

  it('are these, byte for byte, where the random bytes are known', async () => {
    const sizes: number[] = [];
    const digest = { realms: ['a "b"', 'ünder'] };
    const server = await Side.server({ ...ASK['auth-conf'].server, digest, environment: environment(1, sizes) });
    const client = await Side.client({ ...ASK['auth-conf'].client, environment: environment(2, sizes) });
    sizes.length = 0;
    const nonce = '01'.repeat(16);
    const cnonce = '02'.repeat(16);
    const challenge = await server.step();
    assert.equal(
      challenge.text,
      `realm="a \\"b\\"",realm="\xc3\xbcnder",nonce="${nonce}",qop="auth,auth-int,auth-conf",cipher="rc4,3des",` +
        'algorithm=md5-sess,charset=utf-8',
    );
    const response = await client.step(challenge.token);
    const proof = modelProof('AUTHENTICATE:', 'a "b"', nonce, cnonce);
    assert.equal(
      response.text,
      `charset=utf-8,username="alice",realm="a \\"b\\"",nonce="${nonce}",nc=00000001,cnonce="${cnonce}",` +
        `digest-uri="${TARGET}",response=${proof},qop=auth-conf,cipher=rc4`,
    );
    const rspauth = await server.step(response.token);
    assert.equal(rspauth.text, `rspauth=${modelProof(':', 'a "b"', nonce, cnonce)}`);
    assert.deepEqual(sizes, [16, 16], 'random bytes are asked for once for each value, in its size');
  });

  for (const { challenge, digestUri, name, nonce } of vectors.exchanges) {
    it(`answer the challenge of the ${name} example of ${vectors.source}`, async () => {
      const identity = { kind: 'password', user: vectors.user, password: vectors.password } as const;
      const client = await Side.client({ identity, targetName: digestUri, environment: environment(3, []) });
      const cnonce = '03'.repeat(16);
      const hash = md5(
        Buffer.concat([md5(`${vectors.user}:${vectors.realm}:${vectors.password}`), bytes(`:${nonce}:${cnonce}`)]),
      );
      const value = md5(
        `${hash.toString('hex')}:${nonce}:00000001:${cnonce}:auth:${md5(`AUTHENTICATE:${digestUri}`).toString('hex')}`,
      );
      assert.equal(
        (await client.step(bytes(challenge))).text,
        `charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="${nonce}",nc=00000001,cnonce="${cnonce}",` +
          `digest-uri="${digestUri}",response=${value.toString('hex')},qop=auth`,
      );
    });
  }

  /** The proof of RFC 2831 2.1.2.1, written down a second time. */
  function modelProof(method: string, realm: string, nonce: string, cnonce: string): string {
    const hash = md5(Buffer.concat([md5(`alice:${realm}:${PASSWORD}`), bytes(`:${nonce}:${cnonce}`)])).toString('hex');
    const request = md5(`${method}${TARGET}:${'0'.repeat(32)}`).toString('hex');
    return md5(`${hash}:${nonce}:00000001:${cnonce}:auth-conf:${request}`).toString('hex');
  }

  function md5(data: string | Uint8Array): Buffer {
    return createHash('md5').update(data).digest();
  }
});

function union<K extends string>(flags: Record<K, number>, names: readonly K[]): number {
  return names.reduce((bits, name) => (bits | flags[name]) >>> 0, 0);
}
