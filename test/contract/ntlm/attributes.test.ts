import assert from 'node:assert/strict';
import { SECPKG_ATTR } from 'secur32/raw';
import type { Party } from '../../native/windows/handshake.js';
import { NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { DOMAIN, ENGINES, PERSON } from '../people.js';
import { connect } from '../sides.js';

describePairs('NTLM: attributes', ENGINES, pair => {
  async function parties(): Promise<[Party, Party]> {
    const { client, server } = await connect(pair, NTLM);
    return [client, server];
  }

  pair.it('SIZES: signatures and trailers of 16 bytes', async () => {
    for (const { table, context } of await parties()) {
      const sizes = await table.queryContextAttributes(context, SECPKG_ATTR.SIZES);
      assert.equal(sizes.maxSignature, 16);
      assert.equal(sizes.securityTrailer, 16);
      assert.equal(sizes.blockSize, 0);
      assert.ok(sizes.maxToken >= 1024);
    }
  });

  pair.it('SESSION_KEY: both have the same one', async () => {
    const keys = [];
    for (const { table, context } of await parties())
      keys.push((await table.queryContextAttributes(context, SECPKG_ATTR.SESSION_KEY)).sessionKey);
    assert.equal(keys[0]!.length, 16);
    assert.deepEqual(keys[0], keys[1]);
  });

  pair.it('NAMES: the server knows who the client is', async () => {
    const [, server] = await parties();
    const { userName } = await server.table.queryContextAttributes(server.context, SECPKG_ATTR.NAMES);
    assert.equal(userName.toLowerCase(), `${DOMAIN}\\${PERSON.user}`.toLowerCase());
  });

  pair.it('FLAGS: what the last leg said', async () => {
    for (const { table, context, leg } of await parties()) {
      const { flags } = await table.queryContextAttributes(context, SECPKG_ATTR.FLAGS);
      assert.equal(flags, leg!.contextAttr);
    }
  });

  pair.it('PACKAGE_INFO: NTLM', async () => {
    for (const { table, context } of await parties())
      assert.equal((await table.queryContextAttributes(context, SECPKG_ATTR.PACKAGE_INFO)).name, 'NTLM');
  });

  pair.it('KEY_INFO: 128 bits', async () => {
    for (const { table, context } of await parties())
      assert.equal((await table.queryContextAttributes(context, SECPKG_ATTR.KEY_INFO)).keySize, 128);
  });

  pair.it('LIFESPAN: it does not end', async () => {
    for (const { table, context } of await parties())
      assert.equal((await table.queryContextAttributes(context, SECPKG_ATTR.LIFESPAN)).expiry, undefined);
  });
});
