import assert from 'node:assert/strict';
import type { TokenHandle } from 'secur32/raw';
import { SECBUFFER, SECPKG_ATTR } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, serverSide } from './people.js';
import { WINE } from './under-wine.js';

describeAudited('contexts that move', () => {
  const { sspi } = useAudit();

  if (WINE === undefined) {
    it('are exported and imported, and sign as before', async () => {
      await using handshake = await Handshake.run(clientSide(sspi, 'NTLM'), serverSide(sspi, 'NTLM'));
      const exported = await sspi.exportSecurityContext(handshake.client.context);
      const context = await sspi.importSecurityContext(exported);
      const { maxSignature } = await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
      const signed = await sspi.makeSignature(context, {
        buffers: [
          { type: SECBUFFER.DATA, data: new Uint8Array(10) },
          { type: SECBUFFER.TOKEN, data: new Uint8Array(maxSignature) },
        ],
      });
      await sspi.verifySignature(handshake.server.context, { buffers: signed });
      await sspi.deleteSecurityContext(context);
    });
  } else {
    it('are not to be had under Wine', async () => {
      await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
      await assert.rejects(sspi.exportSecurityContext(handshake.client.context), {
        code: 'SEC_E_UNSUPPORTED_FUNCTION',
        syscall: 'ExportSecurityContext',
      });
    });
  }

  it('need a package that there is, and a token that was exported', async () => {
    const packed = new Uint8Array(16);
    await assert.rejects(sspi.importSecurityContext({ package: 'NoSuchPackage', packed }), {
      code: 'SEC_E_SECPKG_NOT_FOUND',
    });
    await assert.rejects(sspi.importSecurityContext({ package: 'NTLM', packed, token: {} as TokenHandle }), {
      code: 'SEC_E_INVALID_HANDLE',
    });
    await assert.rejects(
      sspi.importSecurityContext({ package: 'NTLM', packed: 'packed' as unknown as Uint8Array }),
      TypeError,
    );
  });
});
