import assert from 'node:assert/strict';
import { SECPKG_ATTR } from 'secur32/raw';
import { Handshake } from '../../native/windows/handshake.js';
import { messageTests } from '../bodies/messages.js';
import { KERBEROS, NEGOTIATE_KERBEROS } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { useRealm } from '../realm.js';
import { clientSide, connect, serverSide } from '../sides.js';

describe('Negotiate in a realm of MIT krb5', () => {
  const engines = useRealm();

  describePairs('Negotiate: logon by Kerberos', engines, pair => {
    pair.it('ends well on both sides', async () => {
      const { client, server } = await connect(pair, NEGOTIATE_KERBEROS);
      assert.ok(client.done && server.done);
    });

    pair.it('says that Kerberos was agreed on', async () => {
      const { client, server } = await connect(pair, NEGOTIATE_KERBEROS);
      for (const { table, context } of [client, server]) {
        const info = await table.queryContextAttributes(context, SECPKG_ATTR.NEGOTIATION_INFO);
        assert.equal(info.packageInfo.name, 'Kerberos');
      }
    });

    pair.it('takes Kerberos without SPNEGO around it', async () => {
      const sides = [clientSide(pair, KERBEROS), serverSide(pair, NEGOTIATE_KERBEROS)] as const;
      const { client, server } = await pair.keep(Handshake.run(...sides));
      assert.ok(client.done && server.done);
    });
  });

  describePairs('Negotiate: messages by Kerberos', engines, pair => messageTests(pair, NEGOTIATE_KERBEROS));
});
