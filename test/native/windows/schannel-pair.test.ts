import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { AuthData, CredentialUse, CredHandle } from 'secur32/raw';
import { ASC_REQ, ISC_REQ, SCH_CRED, SEC_E, SEC_I, SECBUFFER, SECPKG_ATTR, SP_PROT, tokenBuffer } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { memoryPipe } from './byte-stream.js';
import { SchannelConnection } from './schannel-loop.js';
import { selfSigned } from './self-signed.js';
import { WINE } from './under-wine.js';

/** Wine before 10 has no AcceptSecurityContext for Schannel. */
const NO_SERVER = WINE !== undefined && Number.parseInt(WINE, 10) < 10;

describeAudited('Schannel, both sides in one process', () => {
  const own = selfSigned();
  const clients = selfSigned('client');
  const credentials: CredHandle[] = [];
  afterEach('free the credentials', async () => {
    for (const credential of credentials.splice(0)) await sspi.freeCredentialsHandle(credential);
  });
  const { sspi } = useAudit();

  if (NO_SERVER) {
    it('is not to be had under this Wine', async () => {
      const input = [tokenBuffer(Buffer.from('16030100', 'hex'))];
      await assert.rejects(sspi.acceptSecurityContext({ credential: await serverCredential(), input, contextReq: 0 }), {
        code: 'SEC_E_UNSUPPORTED_FUNCTION',
      });
    });
    return;
  }

  for (const protocols of [0, SP_PROT.TLS1_2_CLIENT]) {
    for (const piece of [undefined, 100, 1]) {
      it(`goes through, protocols ${protocols}, in pieces of ${piece ?? 'any number of'} bytes`, async () => {
        const pair = await connect({ protocols, piece });
        await pair.client.send(Buffer.from('ping'));
        assert.equal(Buffer.from((await pair.server.receive())!).toString(), 'ping');
        await pair.server.send(Buffer.alloc(5000, 'pong'));
        assert.deepEqual(Buffer.from((await pair.client.receive())!), Buffer.alloc(5000, 'pong'));
        await pair.client.shutDown();
        assert.equal(await pair.server.receive(), undefined);
        await close(pair);
      });
    }
  }

  it('has the same channel bindings on both sides', async () => {
    const pair = await connect({ protocols: SP_PROT.TLS1_2_CLIENT });
    const bindings = (side: SchannelConnection) =>
      sspi.queryContextAttributes(side.context, SECPKG_ATTR.UNIQUE_BINDINGS);
    assert.deepEqual(await bindings(pair.client), await bindings(pair.server));
    await close(pair);
  });

  it('says how much of a record is missing, and takes it up when the rest is there', async () => {
    const contextReq = ISC_REQ.STREAM;
    const hello = await sspi.initializeSecurityContext({
      ...{ credential: await clientCredential(0), targetName: 'localhost' },
      contextReq,
    });
    const token = hello.output[0]!.data;
    const server = { credential: await serverCredential(), contextReq: ASC_REQ.STREAM };
    const first = await sspi.acceptSecurityContext({ ...server, input: [tokenBuffer(token.subarray(0, 9))] });
    assert.equal(first.status, SEC_E.INCOMPLETE_MESSAGE);
    const missing = first.input.find(({ type }) => type === SECBUFFER.MISSING)!.missing!;
    assert.ok(missing > 0 && missing <= token.length - 9);
    const { context, status } = await sspi.acceptSecurityContext({
      ...{ ...server, context: first.context },
      input: [tokenBuffer(token)],
    });
    assert.equal(status, SEC_I.CONTINUE_NEEDED);
    assert.equal(context, first.context);
    await sspi.deleteSecurityContext(context);
    await sspi.deleteSecurityContext(hello.context);
  });

  if (WINE === undefined) {
    it("shows the server the client's certificate when it asks for it", async () => {
      const pair = await connect({ contextReq: ASC_REQ.MUTUAL_AUTH });
      const { certificate } = await sspi.queryContextAttributes(pair.server.context, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
      assert.deepEqual(certificate, clients.der);
      await close(pair);
    });
  }

  interface Pair {
    readonly client: SchannelConnection;
    readonly server: SchannelConnection;
  }

  interface Terms {
    /** The server's requirements. */
    readonly contextReq?: number;
    /** The client's. */
    readonly protocols?: number;
    readonly piece?: number | undefined;
  }

  async function connect({ contextReq = 0, protocols = 0, piece }: Terms): Promise<Pair> {
    const [near, far] = memoryPipe(piece);
    const client = { table: sspi, credential: await clientCredential(protocols), stream: near };
    const server = { table: sspi, credential: await serverCredential(), stream: far, contextReq };
    const [connected, accepted] = await Promise.all([
      SchannelConnection.connect(client, 'localhost'),
      SchannelConnection.accept(server),
    ]);
    return { client: connected, server: accepted };
  }

  async function close(pair: Pair): Promise<void> {
    await sspi.deleteSecurityContext(pair.client.context);
    await sspi.deleteSecurityContext(pair.server.context);
  }

  async function serverCredential(): Promise<CredHandle> {
    const certificates = [{ pem: own.certificate, key: own.key }];
    return acquire('inbound', { kind: 'certificate', certificates });
  }

  async function clientCredential(protocols: number): Promise<CredHandle> {
    const certificates = [{ pem: clients.certificate, key: clients.key }];
    const flags = SCH_CRED.MANUAL_CRED_VALIDATION | SCH_CRED.NO_DEFAULT_CREDS;
    return acquire('outbound', { kind: 'certificate', certificates, flags, protocols });
  }

  async function acquire(credentialUse: CredentialUse, authData: AuthData): Promise<CredHandle> {
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'Schannel', credentialUse, authData });
    credentials.push(credential);
    return credential;
  }
});
