import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { SECQOP } from 'secur32/raw';
import { messageTests } from '../bodies/messages.js';
import { KERBEROS, KERBEROS_OF_DCE } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { altered, open, seal } from '../protection.js';
import { useRealm } from '../realm.js';
import { connect } from '../sides.js';

describe('Kerberos in a realm of MIT krb5', () => {
  const engines = useRealm();

  describePairs('Kerberos: messages', engines, pair => messageTests(pair, KERBEROS));

  describePairs('Kerberos: messages of DCE', engines, pair => messageTests(pair, KERBEROS_OF_DCE));

  describePairs('Kerberos: messages that are wrapped and not sealed', engines, pair => {
    pair.it('are read by the other side, and by everybody', async () => {
      const { client, server } = await connect(pair, KERBEROS);
      for (const [from, to] of [[client, server] as const, [server, client] as const]) {
        const wrapped = await seal(from, 'the word is sesame', SECQOP.WRAP_NO_ENCRYPT);
        assert.ok(Buffer.concat([wrapped.token, wrapped.data]).includes('sesame'));
        assert.equal(await open(to, wrapped), 'the word is sesame');
      }
    });

    pair.it('are refused when a bit of them was turned', async () => {
      const { client, server } = await connect(pair, KERBEROS);
      const wrapped = await seal(client, 'the word is sesame', SECQOP.WRAP_NO_ENCRYPT);
      await assert.rejects(open(server, altered(wrapped, 'data')), { code: 'SEC_E_MESSAGE_ALTERED' });
    });
  });
});
