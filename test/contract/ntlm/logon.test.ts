import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { ASC_RET, ISC_RET, SEC_E, SEC_I } from 'secur32/raw';
import { legsOf } from '../legs.js';
import { NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ABROAD, CAROL, ENGINES, identityOf, PASSPHRASE } from '../people.js';
import { clientSide, connect, SIGNED, serverSide } from '../sides.js';

describePairs('NTLM: logon', ENGINES, pair => {
  pair.it('takes three messages', async () => {
    const legs = await legsOf(clientSide(pair, NTLM), serverSide(pair, NTLM));
    assert.deepEqual(
      legs.map(({ side, status, token }) => [side, status, messageType(token)]),
      [
        ['client', SEC_I.CONTINUE_NEEDED, 1],
        ['server', SEC_I.CONTINUE_NEEDED, 2],
        ['client', SEC_E.OK, 3],
        ['server', SEC_E.OK, undefined],
      ],
    );
  });

  pair.it('agrees to sign and to seal', async () => {
    const { client, server } = await connect(pair, NTLM);
    assert.equal(client.leg!.contextAttr & SEALED_RET.client, SEALED_RET.client);
    assert.equal(server.leg!.contextAttr & SEALED_RET.server, SEALED_RET.server);
  });

  pair.it('agrees to sign only', async () => {
    const terms = [{ contextReq: SIGNED.client }, { contextReq: SIGNED.server }];
    const { client, server } = await connect(pair, NTLM, ...terms);
    assert.ok(client.leg!.contextAttr & ISC_RET.INTEGRITY);
    assert.ok(server.leg!.contextAttr & ASC_RET.INTEGRITY);
    assert.equal(client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY, 0);
    assert.equal(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY, 0);
  });

  pair.it('goes through without any protection', async () => {
    const { client, server } = await connect(pair, NTLM, { contextReq: 0 }, { contextReq: 0 });
    assert.ok(client.done && server.done);
  });

  pair.it('takes names of every script', async () => {
    const { client, server } = await connect(pair, NTLM, { authData: identityOf({ user: ABROAD }) });
    assert.ok(client.done && server.done);
  });

  pair.it('takes passwords of every script', async () => {
    const { client, server } = await connect(pair, NTLM, {
      authData: identityOf({ user: CAROL, password: PASSPHRASE }),
    });
    assert.ok(client.done && server.done);
  });
});

/** [MS-NLMP] 2.2.1: eight bytes of signature, then the type. */
function messageType(token: Uint8Array): number | undefined {
  return token.length === 0 ? undefined : Buffer.from(token).readUInt32LE(8);
}

const SEALED_RET = {
  client: ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY,
  server: ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY,
} as const;
Object.freeze(SEALED_RET);
