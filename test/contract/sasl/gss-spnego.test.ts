import assert from 'node:assert/strict';
import { ASC_RET, ISC_RET } from 'secur32/raw';
import { NEGOTIATE_KERBEROS } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { open, seal } from '../protection.js';
import { useRealm } from '../realm.js';
import { clientSide, serverSide } from '../sides.js';
import { SaslExchange } from './exchange.js';

describe('SASL in a realm of MIT krb5', () => {
  describePairs('SASL: GSS-SPNEGO', useRealm(), pair => {
    const run = (): Promise<SaslExchange> =>
      pair.keep(SaslExchange.run(clientSide(pair, NEGOTIATE_KERBEROS), serverSide(pair, NEGOTIATE_KERBEROS)));

    pair.it('has no cookie: the flags of the context say which layer there is', async () => {
      const { client, server } = await run();
      assert.ok(client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY);
      assert.ok(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY);
    });

    pair.it('seals what the other side reads', async () => {
      const { client, server } = await run();
      for (let i = 0; i < 20; i++) {
        assert.equal(await open(server, await seal(client, `to the server ${i}`)), `to the server ${i}`);
        assert.equal(await open(client, await seal(server, `to the client ${i}`)), `to the client ${i}`);
      }
    });
  });
});
