import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';
import { ASC_REQ, SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { pem } from '../../engine/schannel/certificates.js';
import { describePairs } from '../pairs.js';
import { CERTIFICATE, Connection } from './connection.js';
import { NO_OPTIONS, VERSIONS } from './versions.js';

describePairs('Schannel: handshake', NO_OPTIONS, pair => {
  for (const { name, client } of VERSIONS) {
    for (const piece of [undefined, 100, 1]) {
      pair.it(`goes through, ${name}, in pieces of ${piece ?? 'any number of'} bytes`, async () => {
        const made = await pair.keep(Connection.make(pair, { protocols: client, ...(piece && { piece }) }));
        const info = await pair.clientTable.queryContextAttributes(made.client.context, SECPKG_ATTR.CONNECTION_INFO);
        assert.equal(info.protocol, client);
      });
    }
  }

  pair.it('agrees on a version by itself', async () => {
    const { client } = await pair.keep(Connection.make(pair));
    const info = await pair.clientTable.queryContextAttributes(client.context, SECPKG_ATTR.CONNECTION_INFO);
    assert.ok(info.protocol & (SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_3_CLIENT));
  });

  pair.it('tells the server which version was agreed on', async () => {
    const { server } = await pair.keep(Connection.make(pair, { protocols: SP_PROT.TLS1_2_CLIENT }));
    const info = await pair.serverTable.queryContextAttributes(server.context, SECPKG_ATTR.CONNECTION_INFO);
    assert.equal(info.protocol, SP_PROT.TLS1_2_SERVER);
  });

  pair.it("shows the client the server's certificate", async () => {
    const { client } = await pair.keep(Connection.make(pair));
    const remote = await pair.clientTable.queryContextAttributes(client.context, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
    assert.deepEqual(Buffer.from(remote.certificate), DER);
  });

  pair.it("shows the server the client's certificate where it asks for it", async () => {
    const terms = { clientCertificate: CERTIFICATE, serverReq: ASC_REQ.MUTUAL_AUTH };
    const { server } = await pair.keep(Connection.make(pair, terms));
    const remote = await pair.serverTable.queryContextAttributes(server.context, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
    assert.deepEqual(Buffer.from(remote.certificate), DER);
  });
});

const DER: Buffer = new X509Certificate(pem(`${CERTIFICATE}.pem`)).raw;
