import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { ASC_RET, ISC_RET, SASL_AUTHZID_STATE, SASL_OPTION, SEC_E, SEC_I } from 'secur32/raw';
import { KERBEROS, type Mechanism } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { open, seal, sign, verify } from '../protection.js';
import { useRealm } from '../realm.js';
import { clientSide, SIGNED, serverSide } from '../sides.js';
import { type ExchangeTerms, SaslExchange } from './exchange.js';

const ONE_SIDED: Mechanism = { ...KERBEROS, contextReq: 0 };
const COOKIE_OF_SERVER = 3;
const COOKIE_OF_CLIENT = 4;

describe('SASL in a realm of MIT krb5', () => {
  describePairs('SASL: GSSAPI', useRealm(), pair => {
    const run = (terms: ExchangeTerms = {}): Promise<SaslExchange> =>
      pair.keep(SaslExchange.run(clientSide(pair, KERBEROS), serverSide(pair, KERBEROS), terms));

    pair.it("holds the server's cookie back for a round trip of its own", async () => {
      const { steps } = await run();
      assert.deepEqual(
        steps.map(({ side, status, token }) => [side, status, token.length > 0]),
        [
          ['client', SEC_I.CONTINUE_NEEDED, true],
          ['server', SEC_I.CONTINUE_NEEDED, true],
          ['client', SEC_I.CONTINUE_NEEDED, false],
          ['server', SEC_I.CONTINUE_NEEDED, true],
          ['client', SEC_E.OK, true],
          ['server', SEC_E.OK, false],
        ],
      );
    });

    pair.it('sends the cookie at once where the client alone proves who it is, and wants no layer', async () => {
      const sides = [clientSide(pair, ONE_SIDED, { contextReq: 0 }), serverSide(pair, KERBEROS)] as const;
      const { steps } = await pair.keep(SaslExchange.run(...sides));
      assert.deepEqual(
        steps.map(({ side, status, token }) => [side, status, token.length > 0]),
        [
          ['client', SEC_I.CONTINUE_NEEDED, true],
          ['server', SEC_I.CONTINUE_NEEDED, true],
          ['client', SEC_E.OK, true],
          ['server', SEC_E.OK, false],
        ],
      );
    });

    pair.it('agrees on a layer that seals, which both sides read', async () => {
      const { client, server } = await run();
      assert.ok(client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY);
      assert.ok(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY);
      for (let i = 0; i < 20; i++) {
        assert.equal(await open(server, await seal(client, `to the server ${i}`)), `to the server ${i}`);
        assert.equal(await open(client, await seal(server, `to the client ${i}`)), `to the client ${i}`);
      }
    });

    pair.it('verifies signatures of the other side', async () => {
      const { client, server } = await run();
      await verify(server, await sign(client, 'to the server'));
      await verify(client, await sign(server, 'to the client'));
    });

    pair.it('does not seal where the server only signs', async () => {
      const terms = { contextReq: SIGNED.server };
      const exchange = SaslExchange.run(
        clientSide(pair, KERBEROS, { contextReq: SIGNED.client }),
        serverSide(pair, KERBEROS, terms),
      );
      const { client, server } = await pair.keep(exchange);
      assert.ok(client.leg!.contextAttr & ISC_RET.INTEGRITY && server.leg!.contextAttr & ASC_RET.INTEGRITY);
      assert.equal(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY, 0);
    });

    pair.it('carries the authorization identity to the server', async () => {
      const { server } = await run({ client: { authzString: Buffer.from('u:bøb') } });
      const authz = await server.table.saslGetContextOption(server.context, SASL_OPTION.AUTHZ_STRING);
      assert.equal(Buffer.from(authz).toString(), 'u:bøb');
    });

    pair.it('refuses an authorization identity where there may be none', async () => {
      const terms = {
        client: { authzString: Buffer.from('u:bob') },
        server: { authzProcessing: SASL_AUTHZID_STATE.FORBIDDEN },
      };
      await assert.rejects(run(terms), { code: 'SEC_E_ALGORITHM_MISMATCH', provider: pair.server });
    });

    pair.it('tells each side what the other takes', async () => {
      const { client, server } = await run({ client: { recvSize: 0x4000 }, server: { recvSize: 0x3000 } });
      const { RECV_SIZE, SEND_SIZE } = SASL_OPTION;
      assert.equal(await client.table.saslGetContextOption(client.context, RECV_SIZE), 0x4000);
      assert.equal(await server.table.saslGetContextOption(server.context, RECV_SIZE), 0x3000);
      assert.ok((await client.table.saslGetContextOption(client.context, SEND_SIZE)) <= 0x3000);
      assert.ok((await server.table.saslGetContextOption(server.context, SEND_SIZE)) <= 0x4000);
    });

    pair.it("refuses a server's cookie that was altered", async () => {
      await assert.rejects(run({ tamper: altering(COOKIE_OF_SERVER) }), {
        syscall: 'SaslInitializeSecurityContext',
        provider: pair.client,
      });
    });

    pair.it("refuses a client's cookie that was altered", async () => {
      await assert.rejects(run({ tamper: altering(COOKIE_OF_CLIENT) }), {
        syscall: 'SaslAcceptSecurityContext',
        provider: pair.server,
      });
    });

    pair.it('refuses an answer where it waits for an empty one', async () => {
      const tamper = (leg: number, token: Uint8Array): Uint8Array => (leg === 2 ? Buffer.from('noise') : token);
      await assert.rejects(run({ tamper }), { syscall: 'SaslAcceptSecurityContext', provider: pair.server });
    });
  });
});

function altering(altered: number): (leg: number, token: Uint8Array) => Uint8Array {
  return (leg, token) =>
    leg === altered ? token.map((byte, at) => (at === token.length >> 1 ? byte ^ 1 : byte)) : token;
}
