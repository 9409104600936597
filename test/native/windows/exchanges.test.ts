import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { ASC_RET, ISC_RET, SECBUFFER, SECPKG_ATTR } from 'secur32/raw';
import { describeOnWindows } from '../describe-on-windows.js';
import { Handshake } from './handshake.js';
import { clientSide, clientWithPassword, serverSide } from './people.js';
import { releaseTable } from './tables.js';
import { WINE } from './under-wine.js';

describeOnWindows('exchanges over the real Secur32.dll', () => {
  const sspi = releaseTable();

  it('NTLM: both sides in one process', async () => {
    await using handshake = await Handshake.run(clientSide(sspi, 'NTLM'), serverSide(sspi, 'NTLM'));
    assert.ok(handshake.client.done && handshake.server.done);
    const { maxSignature } = await sspi.queryContextAttributes(handshake.client.context, SECPKG_ATTR.SIZES);
    assert.equal(maxSignature, 16);
  });

  it('signs messages that the other side verifies', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { client, server } = handshake;
    assert.ok(server.leg!.contextAttr & ASC_RET.INTEGRITY);
    const { maxSignature } = await sspi.queryContextAttributes(client.context, SECPKG_ATTR.SIZES);
    const message = Buffer.from('the quick brown fox');
    const [data, signature] = sspi.makeSignatureSync(client.context, {
      buffers: [
        { type: SECBUFFER.DATA, data: message },
        { type: SECBUFFER.TOKEN, data: new Uint8Array(maxSignature) },
      ],
    });
    assert.equal(data!.data, message);
    sspi.verifySignatureSync(server.context, { buffers: [data!, signature!] });
    assert.throws(
      () =>
        sspi.verifySignatureSync(server.context, { buffers: [{ ...data!, data: Buffer.from('another') }, signature!] }),
      { syscall: 'VerifySignature' },
    );
  });

  it('Negotiate: finds a package by itself', async () => {
    const sides = [clientSide(sspi, 'Negotiate'), serverSide(sspi, 'Negotiate')] as const;
    await using handshake = await Handshake.run(...sides);
    assert.ok(handshake.client.done && handshake.server.done);
  });

  if (WINE === undefined) return;

  it('NTLM: a wrong password is refused on the server, and leaves its context', async () => {
    await assert.rejects(Handshake.run(clientWithPassword(sspi, 'wrong'), serverSide(sspi, 'NTLM')), {
      code: 'SEC_E_LOGON_DENIED',
      syscall: 'AcceptSecurityContext',
    });
  });

  it('Kerberos: both sides know each other', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { client, server } = handshake;
    assert.ok(client.done && server.done);
    assert.ok(client.leg!.contextAttr & ISC_RET.MUTUAL_AUTH);
    assert.ok(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY);
  });
});
