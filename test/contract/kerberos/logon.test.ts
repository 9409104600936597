import assert from 'node:assert/strict';
import { ASC_RET, type AuthData, ISC_REQ, ISC_RET, SEC_E, SEC_I } from 'secur32/raw';
import { bob } from '../../peers/accounts.js';
import { KRB5_REALM } from '../../peers/krb5/mit-kdc.js';
import { legsOf } from '../legs.js';
import { KERBEROS, type Mechanism } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { useRealm } from '../realm.js';
import { clientSide, connect, SEALED, SIGNED, serverSide } from '../sides.js';

const ONE_SIDED: Mechanism = { ...KERBEROS, contextReq: 0 };

describe('Kerberos in a realm of MIT krb5', () => {
  describePairs('Kerberos: logon', useRealm(), pair => {
    pair.it('takes two messages where both sides prove who they are', async () => {
      const legs = await legsOf(clientSide(pair, KERBEROS), serverSide(pair, KERBEROS));
      assert.deepEqual(
        legs.map(({ side, status, token }) => [side, status, token.length > 0]),
        [
          ['client', SEC_I.CONTINUE_NEEDED, true],
          ['server', SEC_E.OK, true],
          ['client', SEC_E.OK, false],
        ],
      );
    });

    pair.it('takes one message where the client alone does', async () => {
      const legs = await legsOf(clientSide(pair, ONE_SIDED), serverSide(pair, KERBEROS));
      assert.deepEqual(
        legs.map(({ side, status, token }) => [side, status, token.length > 0]),
        [
          ['client', SEC_E.OK, true],
          ['server', SEC_E.OK, false],
        ],
      );
    });

    pair.it('takes three messages in the style of DCE', async () => {
      const legs = await legsOf(
        clientSide(pair, KERBEROS, { contextReq: SEALED.client | ISC_REQ.USE_DCE_STYLE }),
        serverSide(pair, KERBEROS, { contextReq: SEALED.server }),
      );
      assert.deepEqual(
        legs.map(({ side, status, token }) => [side, status, token.length > 0]),
        [
          ['client', SEC_I.CONTINUE_NEEDED, true],
          ['server', SEC_I.CONTINUE_NEEDED, true],
          ['client', SEC_E.OK, true],
          ['server', SEC_E.OK, false],
        ],
      );
    });

    pair.it('agrees to sign and to seal, and says that both sides are known', async () => {
      const { client, server } = await connect(pair, KERBEROS);
      assert.equal(client.leg!.contextAttr & RET.client, RET.client);
      assert.equal(server.leg!.contextAttr & RET.server, RET.server);
    });

    pair.it('agrees to sign only', async () => {
      const terms = [{ contextReq: SIGNED.client }, { contextReq: SIGNED.server }];
      const { client, server } = await connect(pair, KERBEROS, ...terms);
      assert.ok(client.leg!.contextAttr & ISC_RET.INTEGRITY && server.leg!.contextAttr & ASC_RET.INTEGRITY);
      assert.equal(client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY, 0);
      assert.equal(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY, 0);
    });

    pair.it('takes a password in place of a ticket', async () => {
      const { client, server } = await connect(pair, KERBEROS, { authData: bobWith(bob.password) });
      assert.ok(client.done && server.done);
    });

    pair.it('refuses a wrong password', async () => {
      await assert.rejects(connect(pair, KERBEROS, { authData: bobWith('wrong') }), {
        code: 'SEC_E_LOGON_DENIED',
        provider: pair.client,
      });
    });

    pair.it('refuses a target that the realm does not know', async () => {
      await assert.rejects(connect(pair, KERBEROS, { targetName: 'HTTP/elsewhere' }), {
        code: 'SEC_E_TARGET_UNKNOWN',
        syscall: 'InitializeSecurityContext',
        provider: pair.client,
      });
    });
  });
});

function bobWith(password: string): AuthData {
  return { kind: 'password', user: bob.user, domain: KRB5_REALM, password };
}

const RET = {
  client: ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY | ISC_RET.MUTUAL_AUTH,
  server: ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY | ASC_RET.MUTUAL_AUTH,
} as const;
Object.freeze(RET);
