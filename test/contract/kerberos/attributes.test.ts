import assert from 'node:assert/strict';
import { SECPKG_ATTR } from 'secur32/raw';
import type { Party } from '../../native/windows/handshake.js';
import { KRB5_REALM } from '../../peers/krb5/mit-kdc.js';
import { KERBEROS } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { useRealm } from '../realm.js';
import { connect } from '../sides.js';

describe('Kerberos in a realm of MIT krb5', () => {
  describePairs('Kerberos: attributes', useRealm(), pair => {
    async function parties(): Promise<[Party, Party]> {
      const { client, server } = await connect(pair, KERBEROS);
      return [client, server];
    }

    pair.it('SIZES: there is room for signatures', async () => {
      for (const { table, context } of await parties()) {
        const sizes = await table.queryContextAttributes(context, SECPKG_ATTR.SIZES);
        assert.ok(sizes.maxSignature >= 28 && sizes.securityTrailer >= 28 && sizes.maxToken >= 1024);
      }
    });

    pair.it('SESSION_KEY: both have the same one', async () => {
      const keys: Uint8Array[] = [];
      for (const { table, context } of await parties())
        keys.push((await table.queryContextAttributes(context, SECPKG_ATTR.SESSION_KEY)).sessionKey);
      assert.equal(keys[0]!.length, 32);
      assert.deepEqual(keys[0], keys[1]);
    });

    pair.it('NAMES: the server knows who the client is', async () => {
      const [, server] = await parties();
      const { userName } = await server.table.queryContextAttributes(server.context, SECPKG_ATTR.NAMES);
      assert.equal(userName, `${KRB5_REALM}\\alice`);
    });

    pair.it('NATIVE_NAMES: both know both', async () => {
      for (const { table, context } of await parties()) {
        const names = await table.queryContextAttributes(context, SECPKG_ATTR.NATIVE_NAMES);
        assert.deepEqual(names, {
          clientName: `alice@${KRB5_REALM}`,
          serverName: `HTTP/localhost@${KRB5_REALM}`,
        });
      }
    });

    pair.it('LIFESPAN: it ends when the ticket does', async () => {
      const ends: (Date | undefined)[] = [];
      for (const { table, context } of await parties())
        ends.push((await table.queryContextAttributes(context, SECPKG_ATTR.LIFESPAN)).expiry);
      assert.ok(ends[0]! > new Date());
      assert.deepEqual(ends[0], ends[1]);
    });

    pair.it('FLAGS: what the last leg said', async () => {
      for (const { table, context, leg } of await parties()) {
        const { flags } = await table.queryContextAttributes(context, SECPKG_ATTR.FLAGS);
        assert.equal(flags, leg!.contextAttr);
      }
    });

    pair.it('PACKAGE_INFO: Kerberos', async () => {
      for (const { table, context } of await parties())
        assert.equal((await table.queryContextAttributes(context, SECPKG_ATTR.PACKAGE_INFO)).name, 'Kerberos');
    });

    pair.it('KEY_INFO: AES of 256 bits', async () => {
      for (const { table, context } of await parties())
        assert.equal((await table.queryContextAttributes(context, SECPKG_ATTR.KEY_INFO)).keySize, 256);
    });
  });
});
