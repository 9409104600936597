import assert from 'node:assert/strict';
import { type DigestCipher, memoryAccounts } from 'secur32/engine';
import { SEC_E, SECPKG_ATTR } from 'secur32/raw';
import { SASL_PARAMETER } from '#dist/sspi/sasl.js';
import { ASK, type ClientOptions, type Qop, type ServerOptions, Side } from '../engine/digest/sasl/side.js';
import { accounts, alice, ivan, juergen, REALM } from '../peers/accounts.js';
import { CyrusDatabase } from '../peers/cyrus/cyrus-database.js';
import { type CyrusClientOptions, CyrusPeer, type CyrusServerOptions, SSF } from '../peers/cyrus/cyrus-peer.js';
import { SampleClient, SampleServer } from '../peers/cyrus/sample-programs.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';

interface Layer {
  readonly name: keyof typeof SSF;
  readonly qop: Qop;
  readonly cipher?: DigestCipher;
}

const LAYERS: readonly Layer[] = [
  { name: 'none', qop: 'auth' },
  { name: 'integrity', qop: 'auth-int' },
  ...(['rc4', '3des', 'rc4-56', 'rc4-40', 'des'] as const).map(cipher => ({
    name: cipher,
    qop: 'auth-conf' as const,
    cipher,
  })),
];

const TARGET = 'imap/localhost';
const LENGTHS = [0, 1, 5, 6, 7, 8, 1000, 20_000];

/** What makes libsasl2 choose or offer one layer only, and work with 3des on OpenSSL 3. */
const only = ({ name }: Layer) => ({ minSsf: SSF[name], maxSsf: SSF[name], desParityShim: name === '3des' });

/** What makes our side do the same. */
const asks = ({ cipher }: Layer) => (cipher ? { digest: { ciphers: [cipher] } } : {});

const password = ({ user, password: text }: { user: string; password: string }) =>
  ({ kind: 'password', user, password: text }) as const;

/** A frame of libsasl2: four bytes of length, and the protected buffer. */
function framed(sealed: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(4 + sealed.length);
  frame.writeUInt32BE(sealed.length);
  frame.set(sealed, 4);
  return frame;
}

function unframed(frame: Uint8Array): Uint8Array {
  assert.equal(Buffer.from(frame).readUInt32BE(), frame.length - 4);
  return frame.subarray(4);
}

async function exchangeMessages(ours: Side, theirs: CyrusPeer): Promise<void> {
  for (const length of LENGTHS) {
    const message = new Uint8Array(length).fill(length);
    if (length > 0) assert.deepEqual(ours.decrypt(unframed(await theirs.encode(message))), message);
    assert.deepEqual(await theirs.decode(framed(ours.encrypt(message))), message);
  }
}

/** Our server and their client, to the end. */
async function ourServer(server: ServerOptions, client: CyrusClientOptions): Promise<[Side, CyrusPeer]> {
  const ours = await Side.server({ accounts: memoryAccounts(accounts), ...server });
  const theirs = await CyrusPeer.client(client);
  try {
    assert.equal((await theirs.start('DIGEST-MD5')).token, undefined);
    const response = await theirs.step((await ours.step()).token);
    const proof = await ours.step(response.token);
    assert.equal(proof.status, SEC_E.OK);
    assert.equal((await theirs.step(proof.token)).done, true);
    return [ours, theirs];
  } catch (error) {
    await theirs.close();
    throw error;
  }
}

/** Our client and their server, to the end. */
async function ourClient(client: ClientOptions, server: CyrusServerOptions): Promise<[Side, CyrusPeer]> {
  const ours = await Side.client({ targetName: TARGET, ...client });
  const theirs = await CyrusPeer.server(server);
  try {
    const response = await ours.step((await theirs.start('DIGEST-MD5')).token);
    const proof = await theirs.step(response.token);
    const end = await ours.step(proof.token);
    assert.equal(end.status, SEC_E.OK);
    if (!proof.done) assert.equal((await theirs.step(end.token)).done, true);
    return [ours, theirs];
  } catch (error) {
    await theirs.close();
    throw error;
  }
}

describe('DIGEST-MD5: our server and the client of libsasl2', () => {
  requirePeer('cyrus');

  for (const layer of LAYERS) {
    it(`agree on ${layer.cipher ?? layer.qop} and understand each other`, async () => {
      const [ours, theirs] = await ourServer(
        { ...ASK[layer.qop].server, ...asks(layer) },
        { authid: alice.user, password: alice.password, ...only(layer) },
      );
      await using _ = theirs;
      assert.equal((await theirs.props()).ssf, SSF[layer.name]);
      assert.deepEqual(await ours.query(SECPKG_ATTR.NAMES), { userName: `${REALM}\\alice` });
      assert.deepEqual(await ours.query(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET), { targetName: TARGET });
      if (layer.qop !== 'auth') await exchangeMessages(ours, theirs);
    });
  }

  it('agree on the strongest of what both allow', async () => {
    const [ours, theirs] = await ourServer(ASK['auth-conf'].server, {
      authid: alice.user,
      password: alice.password,
    });
    await using _ = theirs;
    assert.equal((await theirs.props()).ssf, SSF.rc4);
    await exchangeMessages(ours, theirs);
  });

  for (const person of [juergen, ivan]) {
    it(`know ${person.user}`, async () => {
      const [ours, theirs] = await ourServer({}, { authid: person.user, password: person.password });
      await using _ = theirs;
      assert.deepEqual(await ours.query(SECPKG_ATTR.NAMES), { userName: `${REALM}\\${person.user}` });
    });
  }

  it('carry an authorization identity', async () => {
    const [ours, theirs] = await ourServer({}, { authid: alice.user, password: alice.password, authzid: 'bób' });
    await using _ = theirs;
    assert.equal(Buffer.from(await ours.query(SASL_PARAMETER.AUTHZ_STRING)).toString(), 'bób');
  });

  it('use the realm that the client chooses', async () => {
    const digest = { realms: ['first.example', REALM] };
    const client = { authid: alice.user, password: alice.password, realm: REALM };
    const [ours, theirs] = await ourServer({ digest }, client);
    await using _ = theirs;
    assert.deepEqual(await ours.query(SECPKG_ATTR.NAMES), { userName: `${REALM}\\alice` });
  });

  it('keep to the size that each takes', async () => {
    const data = Uint8Array.of(0x00, 0x04, 0x00, 0x00);
    const [ours, theirs] = await ourServer(
      { ...ASK['auth-int'].server, buffers: [{ type: SASL_PARAMETER.RECV_SIZE, data }] },
      { authid: alice.user, password: alice.password, maxSsf: SSF.integrity, maxBuffer: 2000 },
    );
    await using _ = theirs;
    assert((await theirs.props()).maxOutput <= 1024 - 16);
    assert.equal((await ours.query(SECPKG_ATTR.STREAM_SIZES)).maximumMessage, 2000 - 16);
    const longest = new Uint8Array(2000 - 16).fill(7);
    assert.deepEqual(await theirs.decode(framed(ours.encrypt(longest))), longest);
  });

  it('do not agree on a wrong password', async () => {
    const leg = ourServer({}, { authid: alice.user, password: 'wrong' });
    await assert.rejects(leg, { code: 'SEC_E_LOGON_DENIED' });
  });

  it('do not agree on less than the client wants', async () => {
    const leg = ourServer({}, { authid: alice.user, password: alice.password, minSsf: SSF.integrity });
    await assert.rejects(leg, { name: 'CyrusError' });
  });

  it('find out a message that was changed', async () => {
    const [ours, theirs] = await ourServer(ASK['auth-conf'].server, {
      authid: alice.user,
      password: alice.password,
    });
    await using _ = theirs;
    const sealed = Uint8Array.from(unframed(await theirs.encode(Buffer.from('pay 1'))));
    sealed[4]! ^= 8;
    assert.throws(() => ours.decrypt(sealed), { code: 'SEC_E_MESSAGE_ALTERED' });
    const answer = framed(ours.encrypt(Buffer.from('no')));
    answer[5]! ^= 1;
    await assert.rejects(theirs.decode(answer), { name: 'CyrusError' });
  });
});

describe('DIGEST-MD5: our client and the server of libsasl2', () => {
  requirePeer('cyrus');
  const database = usePeer(() => CyrusDatabase.create());

  for (const layer of LAYERS) {
    it(`agree on ${layer.cipher ?? layer.qop} and understand each other`, async () => {
      const [ours, theirs] = await ourClient(
        { ...ASK[layer.qop].client, ...asks(layer) },
        { database: database(), ...only(layer) },
      );
      await using _ = theirs;
      const { authUser, ssf } = await theirs.props();
      assert.equal(ssf, SSF[layer.name]);
      assert.equal(authUser?.split('@', 1)[0], 'alice');
      if (layer.qop !== 'auth') await exchangeMessages(ours, theirs);
    });
  }

  it('agree on the strongest of what both allow', async () => {
    const [ours, theirs] = await ourClient(ASK['auth-conf'].client, { database: database(), desParityShim: true });
    await using _ = theirs;
    assert.equal((await theirs.props()).ssf, SSF.rc4);
    await exchangeMessages(ours, theirs);
  });

  for (const person of [juergen, ivan]) {
    it(`know ${person.user}`, async () => {
      const [, theirs] = await ourClient({ identity: password(person) }, { database: database() });
      await using _ = theirs;
      assert.equal((await theirs.props()).authUser?.split('@', 1)[0], person.user);
    });
  }

  it('take a success that carries the proof', async () => {
    const [, theirs] = await ourClient({}, { database: database(), successData: true });
    await theirs.close();
  });

  it('carry an authorization identity', async () => {
    const buffers = [{ type: SASL_PARAMETER.AUTHZ_STRING, data: new Uint8Array(Buffer.from('alice')) }];
    const [, theirs] = await ourClient({ buffers }, { database: database() });
    await using _ = theirs;
    assert.equal((await theirs.props()).user?.split('@', 1)[0], 'alice');
  });

  it('do not agree on a wrong password', async () => {
    const leg = ourClient({ identity: { ...password(alice), password: 'wrong' } }, { database: database() });
    await assert.rejects(leg, { name: 'CyrusError', status: 'SASL_BADAUTH' });
  });

  it('do not agree on less than our client wants', async () => {
    const leg = ourClient(ASK['auth-conf'].client, { database: database(), maxSsf: SSF.integrity });
    await assert.rejects(leg, { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    const weak = ourClient(ASK['auth-conf'].client, { database: database(), maxSsf: SSF['rc4-40'] });
    await assert.rejects(weak, { code: 'SEC_E_ALGORITHM_MISMATCH' });
  });
});

describe('DIGEST-MD5 and the sample programs of libsasl2', () => {
  requirePeer('cyrus');
  const database = usePeer(() => CyrusDatabase.create());

  it('our server and sasl-sample-client', async () => {
    const ours = await Side.server({ ...ASK['auth-int'].server, accounts: memoryAccounts(accounts) });
    await using theirs = await SampleClient.start({ ...sampleOptions, authid: 'alice', password: alice.password });
    assert.equal((await theirs.start(['DIGEST-MD5'])).mechanism, 'DIGEST-MD5');
    const response = await theirs.step((await ours.step()).token);
    const proof = await ours.step(response.token);
    const end = await theirs.step(proof.token);
    assert.equal(end.outcome?.ssf, SSF.integrity);
    // The programs insist on these texts.
    assert.equal(await theirs.deliver(framed(ours.encrypt(Buffer.from('srv message 1')))), 'srv message 1');
    assert.equal(Buffer.from(ours.decrypt(unframed(await theirs.receive()))).toString(), 'client message 1\0');
  });

  it('our client and sasl-sample-server', async () => {
    const ours = await Side.client({ ...ASK['auth-int'].client, targetName: TARGET });
    await using theirs = await SampleServer.start({ ...sampleOptions, database: database(), mechanism: 'DIGEST-MD5' });
    const response = await ours.step((await theirs.start('DIGEST-MD5')).token);
    const proof = await theirs.step(response.token);
    const end = await ours.step(proof.token);
    const { outcome } = proof.outcome ? proof : await theirs.step(end.token);
    assert.equal(outcome?.ssf, SSF.integrity);
    assert.equal(Buffer.from(ours.decrypt(unframed(await theirs.receive()))).toString(), 'srv message 1\0');
    assert.equal(await theirs.deliver(framed(ours.encrypt(Buffer.from('client message 1')))), 'client message 1');
  });

  const sampleOptions = { minSsf: SSF.integrity, maxSsf: SSF.integrity } as const;
});
