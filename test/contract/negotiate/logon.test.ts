import assert from 'node:assert/strict';
import { ASC_RET, ISC_RET, SECPKG_ATTR, SECPKG_NEGOTIATION } from 'secur32/raw';
import { Handshake } from '../../native/windows/handshake.js';
import { legsOf } from '../legs.js';
import { NEGOTIATE_NTLM, NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES, identityOf } from '../people.js';
import { clientSide, connect, SIGNED, serverSide } from '../sides.js';

describePairs('Negotiate: logon by NTLM', ENGINES, pair => {
  pair.it('ends well on both sides', async () => {
    const { client, server } = await connect(pair, NEGOTIATE_NTLM);
    assert.ok(client.done && server.done);
  });

  pair.it('begins with a NegTokenInit of the client and ends with a NegTokenResp', async () => {
    const legs = await legsOf(clientSide(pair, NEGOTIATE_NTLM), serverSide(pair, NEGOTIATE_NTLM));
    const tags = legs.map(({ token }) => token[0]).filter(tag => tag !== undefined);
    assert.equal(tags[0], INIT);
    assert.deepEqual(new Set(tags.slice(1)), new Set([RESP]));
  });

  pair.it('agrees to sign and to seal', async () => {
    const { client, server } = await connect(pair, NEGOTIATE_NTLM);
    assert.ok(client.leg!.contextAttr & ISC_RET.INTEGRITY && client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY);
    assert.ok(server.leg!.contextAttr & ASC_RET.INTEGRITY && server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY);
  });

  pair.it('does not seal where nobody asked for it', async () => {
    const terms = [{ contextReq: SIGNED.client }, { contextReq: SIGNED.server }];
    const { client, server } = await connect(pair, NEGOTIATE_NTLM, ...terms);
    assert.equal(client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY, 0);
    assert.equal(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY, 0);
  });

  pair.it('says which package was agreed on', async () => {
    const { client, server } = await connect(pair, NEGOTIATE_NTLM);
    for (const { table, context } of [client, server]) {
      const info = await table.queryContextAttributes(context, SECPKG_ATTR.NEGOTIATION_INFO);
      assert.equal(info.packageInfo.name, 'NTLM');
      // A client that has NTLM alone may send its tokens bare, which negotiates nothing.
      assert.ok(DONE.includes(info.negotiationState));
    }
  });

  pair.it('has one session key', async () => {
    const { client, server } = await connect(pair, NEGOTIATE_NTLM);
    const keyOf = ({ table, context }: typeof client) => table.queryContextAttributes(context, SECPKG_ATTR.SESSION_KEY);
    assert.deepEqual(await keyOf(client), await keyOf(server));
  });

  pair.it('takes NTLM without SPNEGO around it', async () => {
    const { client, server } = await pair.keep(Handshake.run(clientSide(pair, NTLM), serverSide(pair, NEGOTIATE_NTLM)));
    assert.ok(client.done && server.done);
  });

  pair.it('is refused with a wrong password', async () => {
    const authData = identityOf({ password: 'wrong', packageList: '!kerberos' });
    await assert.rejects(connect(pair, NEGOTIATE_NTLM, { authData }), {
      code: 'SEC_E_LOGON_DENIED',
      syscall: 'AcceptSecurityContext',
      provider: pair.server,
    });
  });
});

/** RFC 4178 section 4.2: [APPLICATION 0] of the first token, [1] of the others. */
const INIT = 0x60;
const RESP = 0xa1;
const DONE: readonly number[] = [SECPKG_NEGOTIATION.COMPLETE, SECPKG_NEGOTIATION.DIRECT];
