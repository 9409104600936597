import assert from 'node:assert/strict';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, ASC_RET, SEC_I, SECBUFFER, SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { withoutPrivateParts } from '#dist/engine/schannel/tls/private-parts.js';
import { identity, pem } from './certificates.js';
import { ASC_FLAGS, byteWise, converse, EMPTY, rejection, Side, type SideOptions, whole } from './side.js';

const VERSIONS = {
  'TLS 1.2': SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
  'TLS 1.3': SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
} as const;

describe('Schannel: where Node.js has only what it documents', () => {
  let end: () => void;

  before(() => {
    end = withoutPrivateParts();
  });

  after(() => end());

  for (const [version, protocols] of Object.entries(VERSIONS)) {
    const sides = async (server: SideOptions = {}): Promise<[Side, Side]> => {
      const accounts = memoryAccounts([{ user: 'alice', certificates: [pem('alice.pem')] }]);
      const sspi = createEngine({ accounts });
      return [
        await Side.acquire(sspi, 'client', identity(['alice'], { protocols }), server),
        await Side.acquire(sspi, 'server', identity(['server'], { protocols }), server),
      ];
    };

    it(`${version}: handshake, messages both ways, the end`, async () => {
      for (const split of [whole, byteWise]) {
        const [client, server] = await sides();
        await converse(client, server, split);
        const texts = Array.from({ length: 20 }, (_, n) => `message ${n};`);
        const sealed = await Promise.all(texts.map(text => client.encrypt(Buffer.from(text))));
        await server.take(Buffer.concat(sealed));
        await client.take(await server.encrypt(Buffer.from('answer')));
        assert.deepEqual([server.received.toString(), client.received.toString()], [texts.join(''), 'answer']);
        await client.take(await server.shutDown());
        assert.equal(client.expired, true);
      }
    });

    it(`${version}: a client's certificate, ALPN and resumption`, async () => {
      const [client, server] = await sides({ alpn: ['h2', 'http/1.1'] });
      const mutual = server.again({ alpn: ['http/1.1'], flags: ASC_FLAGS | ASC_REQ.MUTUAL_AUTH });
      await converse(client, mutual);
      assert.notEqual(mutual.contextAttr & ASC_RET.MUTUAL_AUTH, 0);
      assert.equal((await mutual.sspi.querySecurityContextToken(mutual.context!)).user.name, 'alice');
      const protocol = await client.sspi.queryContextAttributes(client.context!, SECPKG_ATTR.APPLICATION_PROTOCOL);
      assert.equal(Buffer.from(protocol.protocolId).toString(), 'http/1.1');
      await client.take(await mutual.encrypt(Buffer.from('tickets are before this')));
      const again = client.again();
      await converse(again, mutual.again());
      const { reconnected } = await again.sspi.queryContextAttributes(again.context!, SECPKG_ATTR.SESSION_INFO);
      assert.equal(reconnected, true);
    });

    it(`${version}: who fails at the same time as others has a status of its own`, async () => {
      const [, server] = await sides();
      const inputs = [
        [Buffer.from('16030100050100000100', 'hex'), 'SEC_E_ILLEGAL_MESSAGE'],
        [Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'SEC_E_INVALID_TOKEN'],
      ] as const;
      const failing = Array.from({ length: 12 }, (_, n) => ({ side: server.again(), input: inputs[(n >> 1) % 2]! }));
      const errors = await Promise.all(failing.map(({ side, input }) => rejection(side.take(input[0]))));
      assert.deepEqual(
        errors.map(({ code }) => code),
        failing.map(({ input }) => input[1]),
      );
    });
  }

  it('there are no twins that are done at once, and the error says what to call', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    await converse(client, server);
    assert.throws(() => sspi.encryptMessageSync(client.context!, { buffers: [EMPTY] }), {
      code: 'SEC_E_UNSUPPORTED_FUNCTION',
      hint: /promise form/,
    });
    const opened = await client.decryptMessage(new Uint8Array(2));
    assert.equal(opened[1]!.type, SECBUFFER.MISSING);
  });

  it('TLS 1.2: a server renegotiates', async () => {
    const protocols = VERSIONS['TLS 1.2'];
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity([], { protocols }));
    const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols }));
    await converse(client, server);
    server.done = false;
    let toServer = await client.take(await server.start());
    assert.equal(client.statuses.includes(SEC_I.CONTINUE_NEEDED), true);
    while (toServer.length > 0) {
      const toClient = await server.take(toServer);
      toServer = toClient.length > 0 ? await client.take(toClient) : new Uint8Array(0);
    }
    assert.deepEqual([client.done, server.done], [true, true]);
  });
});
