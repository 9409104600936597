import assert from 'node:assert/strict';
import type { CredHandle, SecBuffer } from 'secur32/raw';
import { SEC_E, SECBUFFER, SECPKG_ATTR, SECPKG_CRED_ATTR, SspiError, tokenBuffer } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, PACKAGE, serverSide } from './people.js';
import { WINE } from './under-wine.js';

const STATUSES = { INSUFFICIENT_MEMORY: SEC_E.INSUFFICIENT_MEMORY, INTERNAL_ERROR: SEC_E.INTERNAL_ERROR } as const;

/** How many calls each function has in a whole life. */
const CALLS: Readonly<Record<string, number>> = {
  EnumerateSecurityPackagesW: 1,
  QuerySecurityPackageInfoW: 2,
  AcquireCredentialsHandleW: 2,
  InitializeSecurityContextW: 2,
  AcceptSecurityContext: PACKAGE === 'Kerberos' ? 1 : 2,
  QueryContextAttributesW: 1,
  MakeSignature: 1,
  VerifySignature: 1,
  EncryptMessage: 2,
  DecryptMessage: 2,
  QuerySecurityContextToken: 1,
  ImpersonateSecurityContext: 1,
};

/** Wine's Kerberos needs more than it says. */
const TRAILER_ROOM = WINE === undefined ? undefined : 100;
/** Bytes that leave the event loop. */
const LARGE = 100_000;

// Statuses that a call can end with at any time, for every function and at each of its calls.
describeAudited('a call that fails', () => {
  const { sspi, audit } = useAudit();

  for (const [word, status] of Object.entries(STATUSES)) {
    describe(`with SEC_E_${word}`, () => {
      for (const [name, calls] of Object.entries(CALLS)) {
        for (let skip = 0; skip < calls; skip++) {
          it(`leaves nothing: ${name}, call ${skip + 1}`, async () => {
            audit.failNext(name, status, skip);
            await assert.rejects(wholeLife(PACKAGE), failure(status, name));
          });
        }
      }

      for (const name of ['InitializeSecurityContextW', 'AcceptSecurityContext']) {
        for (const skip of [0, 1]) {
          it(`leaves nothing: ${name} of NTLM, call ${skip + 1}`, async () => {
            audit.failNext(name, status, skip);
            const sides = [clientSide(sspi, 'NTLM'), serverSide(sspi, 'NTLM')] as const;
            await assert.rejects(Handshake.run(...sides), failure(status, name));
          });
        }
      }

      for (const [name, call] of Object.entries(onEstablished())) {
        it(`leaves nothing, and the context to be deleted: ${name}`, async () => {
          await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
          audit.failNext(name, status, 0);
          await assert.rejects(call(handshake), failure(status, name));
        });
      }

      it('leaves nothing: ImportSecurityContextW', async () => {
        audit.failNext('ImportSecurityContextW', status, 0);
        const exported = { package: 'NTLM', packed: new Uint8Array(8) };
        await assert.rejects(sspi.importSecurityContext(exported), failure(status, 'ImportSecurityContextW'));
      });

      it('has freed the credential: FreeCredentialsHandle', async () => {
        const credential = await acquire();
        audit.failNext('FreeCredentialsHandle', status, 0);
        await assert.rejects(sspi.freeCredentialsHandle(credential), failure(status, 'FreeCredentialsHandle'));
        assert.equal(audit.live().credentials, 0);
      });

      it('has deleted the context: DeleteSecurityContext', async () => {
        const credential = await acquire();
        const { context } = await sspi.initializeSecurityContext({ credential, ...leg() });
        audit.failNext('DeleteSecurityContext', status, 0);
        await assert.rejects(sspi.deleteSecurityContext(context), failure(status, 'DeleteSecurityContext'));
        assert.equal(audit.live().contexts, 0);
        await sspi.freeCredentialsHandle(credential);
      });

      it('is nobody\u2019s business: FreeContextBuffer', async () => {
        audit.failNext('FreeContextBuffer', status, 0);
        assert.ok((await sspi.enumerateSecurityPackages()).length > 0);
        assert.equal(audit.live().buffers, 0);
      });

      it('does not leave the thread with the client: RevertSecurityContext', async () => {
        await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
        audit.supplyTokens(true);
        audit.failNext('RevertSecurityContext', status, 0);
        assert.equal(await sspi.impersonate(handshake.server.context, () => 'done'), 'done');
        assert.equal(audit.live().impersonations, 0);
        await sspi.impersonate(handshake.server.context, () => 'and again');
      });
    });
  }

  /** Everything that Wine's packages can do, from the list of packages to impersonation. */
  async function wholeLife(packageName: string): Promise<void> {
    await sspi.enumerateSecurityPackages();
    await using handshake = await Handshake.run(clientSide(sspi, packageName), serverSide(sspi, packageName));
    const { client, server } = handshake;
    const { maxSignature, securityTrailer } = await sspi.queryContextAttributes(client.context, SECPKG_ATTR.SIZES);
    const signed = await sspi.makeSignature(client.context, { buffers: [data(10), token(maxSignature)] });
    await sspi.verifySignature(server.context, { buffers: signed });
    for (const size of [10, LARGE]) {
      const buffers = [token(TRAILER_ROOM ?? securityTrailer), data(size)];
      await sspi.decryptMessage(server.context, { buffers: await sspi.encryptMessage(client.context, { buffers }) });
    }
    audit.supplyTokens(true);
    await sspi.querySecurityContextToken(server.context);
    await sspi.impersonate(server.context, () => undefined);
  }

  /** Calls that some Wine cannot make: they fail before they come to it. */
  function onEstablished(): Readonly<Record<string, (handshake: Handshake) => Promise<unknown>>> {
    const mtu = { mtu: 1000 };
    const proxy = { proxyServer: 'kdc' };
    const { DTLS_MTU } = SECPKG_ATTR;
    const { NAMES, KDC_PROXY_SETTINGS } = SECPKG_CRED_ATTR;
    return {
      CompleteAuthToken: ({ server }) => sspi.completeAuthToken(server.context, [tokenBuffer(new Uint8Array(8))]),
      ApplyControlToken: ({ client }) => sspi.applyControlToken(client.context, [tokenBuffer(new Uint8Array(4))]),
      SetContextAttributesW: ({ client }) => sspi.setContextAttributes(client.context, DTLS_MTU, mtu),
      QueryCredentialsAttributesW: ({ client }) => sspi.queryCredentialsAttributes(client.credential, NAMES),
      SetCredentialsAttributesW: ({ client }) =>
        sspi.setCredentialsAttributes(client.credential, KDC_PROXY_SETTINGS, proxy),
      ExportSecurityContext: ({ client }) => sspi.exportSecurityContext(client.context),
    };
  }

  async function acquire(): Promise<CredHandle> {
    return (await sspi.acquireCredentialsHandle(clientSide(sspi).credential)).credential;
  }

  function leg() {
    const { targetName, contextReq } = clientSide(sspi);
    return { targetName: targetName!, contextReq };
  }
});

/** The error of that function, whose name in the table has no W. */
function failure(status: number, name: string): (error: SspiError) => boolean {
  // AcquireCredentialsHandle asks for the package first.
  const asked = name === 'QuerySecurityPackageInfoW' ? 'AcquireCredentialsHandle' : name.replace(/W$/, '');
  return error => {
    assert.ok(error instanceof SspiError);
    assert.deepEqual([error.status, error.syscall, error.provider], [status, asked, 'native']);
    return true;
  };
}

function data(size: number): SecBuffer {
  return { type: SECBUFFER.DATA, data: new Uint8Array(size) };
}

function token(size: number): SecBuffer {
  return { type: SECBUFFER.TOKEN, data: new Uint8Array(size) };
}
