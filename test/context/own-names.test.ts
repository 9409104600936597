import assert from 'node:assert/strict';
import { Credential, SaslClient, SaslServer } from 'secur32';
import { Mint } from '../engine/kerberos/ap/mint.js';

const TARGET = { mechanism: 'GSSAPI', service: 'HTTP', host: 'localhost' } as const;

/** A client of this realm with a ticket from the mint logs on, and names itself so. */
async function logOnAs(authorizationId: string, crealm: string): Promise<string> {
  const mint = new Mint();
  const ticket = mint.ticket({ part: { crealm } });
  const cache = mint.ccache({ ...ticket, client: { ...ticket.client, realm: crealm } });
  const sspi = mint.engine();
  const identity = { kind: 'ccache', ccache: cache } as const;
  await using inbound = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
  await using outbound = await Credential.acquire({ package: 'Kerberos', use: 'outbound', identity, sspi });
  await using server = await SaslServer.create({ ...TARGET, credential: inbound });
  await using client = await SaslClient.create({ ...TARGET, credential: outbound, authorizationId });
  let sent = await client.step();
  while (!server.established) {
    const received = await server.step(sent.token);
    if (!received.done) sent = await client.step(received.token);
  }
  return server.authorizationId;
}

describe('the names that are a client’s own', () => {
  for (const name of ['alice', 'alice@TEST.EXAMPLE', 'TEST.EXAMPLE\\alice']) {
    it(`include ${name} for alice of the server's realm`, async () => {
      assert.equal(await logOnAs(name, 'TEST.EXAMPLE'), name);
    });
  }

  for (const name of ['alice@ELSEWHERE.EXAMPLE', 'ELSEWHERE.EXAMPLE\\alice']) {
    it(`include ${name} for alice of a trusted realm`, async () => {
      assert.equal(await logOnAs(name, 'ELSEWHERE.EXAMPLE'), name);
    });
  }

  for (const name of ['alice', 'alice@TEST.EXAMPLE', 'TEST.EXAMPLE\\alice', 'alice@elsewhere.example', 'alice@']) {
    it(`do not include ${name} for alice of a trusted realm`, async () => {
      await assert.rejects(logOnAs(name, 'ELSEWHERE.EXAMPLE'), { code: 'SEC_E_LOGON_DENIED' });
    });
  }
});
