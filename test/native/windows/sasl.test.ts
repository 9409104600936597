import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { ContextLeg, CredHandle, CtxtHandle, SaslContextOptions, SecurityFunctionTable } from 'secur32/raw';
import {
  ASC_RET,
  findBuffer,
  ISC_REQ,
  ISC_RET,
  SASL_AUTHZID_STATE,
  SASL_OPTION,
  SEC_E,
  SEC_I,
  SECBUFFER,
  tokenBuffer,
} from 'secur32/raw';
import { describeOnWindows } from '../describe-on-windows.js';
import { describeAudited, useAudit } from './audited.js';
import { clientSide, PACKAGE, serverSide } from './people.js';
import { releaseTable } from './tables.js';

const STATUSES = { INSUFFICIENT_MEMORY: SEC_E.INSUFFICIENT_MEMORY, INTERNAL_ERROR: SEC_E.INTERNAL_ERROR } as const;

/** How many calls a GSSAPI exchange has: three legs on each side, and one option on the first of each. */
const CALLS: Readonly<Record<string, number>> = {
  SaslInitializeSecurityContextW: 3,
  SaslAcceptSecurityContext: 3,
  SaslSetContextOption: 2,
};

describeAudited('the Sasl functions of Secur32.dll', () => {
  before('GSSAPI is Kerberos', function () {
    if (PACKAGE !== 'Kerberos') this.skip();
  });
  let parties: SaslParty[] = [];
  afterEach('close the exchange', async () => {
    for (const party of parties.splice(0)) await party.close();
  });
  const { sspi, audit } = useAudit();

  it('list profiles and their packages', async () => {
    assert.deepEqual(await sspi.saslEnumerateProfiles(), ['GSSAPI', 'GSS-SPNEGO']);
    assert.equal((await sspi.saslGetProfilePackage('gssapi')).name, 'Kerberos');
    assert.equal((await sspi.saslIdentifyPackage([tokenBuffer(Buffer.from('GSS-SPNEGO\0'))])).name, 'Negotiate');
    await assert.rejects(sspi.saslGetProfilePackage('PLAIN'), {
      code: 'SEC_E_SECPKG_NOT_FOUND',
      syscall: 'SaslGetProfilePackage',
    });
  });

  it('GSSAPI: the cookie waits for the round trip after the last token, then both agree on a layer', async () => {
    const statuses = await exchange({ authzString: Buffer.from('u:bob') }, {});
    assert.deepEqual(statuses, [
      ['client', SEC_I.CONTINUE_NEEDED, 'token'],
      ['server', SEC_I.CONTINUE_NEEDED, 'token'],
      ['client', SEC_I.CONTINUE_NEEDED, 'empty'],
      ['server', SEC_I.CONTINUE_NEEDED, 'token'],
      ['client', SEC_E.OK, 'token'],
      ['server', SEC_E.OK, 'empty'],
    ]);
    const [client, server] = parties as [SaslParty, SaslParty];
    assert.ok(client.leg!.contextAttr & ISC_RET.CONFIDENTIALITY);
    assert.ok(server.leg!.contextAttr & ASC_RET.CONFIDENTIALITY);
    const authz = await sspi.saslGetContextOption(server.context, SASL_OPTION.AUTHZ_STRING);
    assert.equal(Buffer.from(authz).toString(), 'u:bob');
  });

  it('GSSAPI: receive sizes reach the other side', async () => {
    await exchange({ recvSize: 0x4000 }, { recvSize: 0x3000 });
    const [client, server] = parties as [SaslParty, SaslParty];
    const { SEND_SIZE, RECV_SIZE } = SASL_OPTION;
    assert.equal(await sspi.saslGetContextOption(client.context, RECV_SIZE), 0x4000);
    assert.ok((await sspi.saslGetContextOption(client.context, SEND_SIZE)) <= 0x3000);
    assert.ok((await sspi.saslGetContextOption(server.context, SEND_SIZE)) <= 0x4000);
    await sspi.saslSetContextOption(server.context, SEND_SIZE, 1234);
    assert.equal(await sspi.saslGetContextOption(server.context, SEND_SIZE), 1234);
  });

  it('GSSAPI: an authorization identity is refused where it is forbidden', async () => {
    await assert.rejects(
      exchange({ authzString: Buffer.from('u:bob') }, { authzProcessing: SASL_AUTHZID_STATE.FORBIDDEN }),
      { code: 'SEC_E_ALGORITHM_MISMATCH', syscall: 'SaslAcceptSecurityContext', provider: 'native' },
    );
  });

  it('a cookie that was tampered with is refused', async () => {
    await assert.rejects(
      exchange({}, {}, (leg, token) => (leg === 4 ? token.map(byte => byte ^ 1) : token)),
      { syscall: 'SaslAcceptSecurityContext' },
    );
  });

  for (const [word, status] of Object.entries(STATUSES)) {
    for (const [name, calls] of Object.entries(CALLS)) {
      for (let skip = 0; skip < calls; skip++) {
        it(`a leg that fails with SEC_E_${word} leaves nothing: ${name}, call ${skip + 1}`, async () => {
          audit.failNext(name, status, skip);
          await assert.rejects(exchange({ recvSize: 0x4000 }, { recvSize: 0x3000 }), { status, provider: 'native' });
        });
      }
    }

    it(`what fails with SEC_E_${word} besides the legs leaves nothing`, async () => {
      await exchange({}, {});
      const { context } = parties[0] as SaslParty;
      const { SEND_SIZE } = SASL_OPTION;
      for (const [name, call] of Object.entries<() => Promise<unknown>>({
        SaslEnumerateProfilesW: () => sspi.saslEnumerateProfiles(),
        SaslGetProfilePackageW: () => sspi.saslGetProfilePackage('GSSAPI'),
        SaslIdentifyPackageW: () => sspi.saslIdentifyPackage([tokenBuffer(Buffer.from('GSSAPI\0'))]),
        SaslGetContextOption: () => sspi.saslGetContextOption(context, SEND_SIZE),
        SaslSetContextOption: () => sspi.saslSetContextOption(context, SEND_SIZE, 1000),
      })) {
        audit.failNext(name, status, 0);
        await assert.rejects(call(), { status, syscall: name.replace(/W$/, '') });
      }
    });
  }

  it('a context of the package has no options', async () => {
    const side = clientSide(sspi);
    const { credential } = await sspi.acquireCredentialsHandle(side.credential);
    const { context } = await sspi.initializeSecurityContext({
      credential,
      targetName: side.targetName!,
      contextReq: 0,
    });
    await assert.rejects(sspi.saslGetContextOption(context, SASL_OPTION.SEND_SIZE), { code: 'SEC_E_INVALID_HANDLE' });
    await sspi.deleteSecurityContext(context);
    await sspi.freeCredentialsHandle(credential);
  });

  async function exchange(
    clientOptions: SaslContextOptions,
    serverOptions: SaslContextOptions,
    tamper = (_leg: number, token: Uint8Array): Uint8Array => token,
  ): Promise<[side: string, status: number, token: string][]> {
    const client = await SaslParty.client(sspi, clientOptions);
    const server = await SaslParty.server(sspi, serverOptions);
    parties = [client, server];
    const seen: [string, number, string][] = [];
    let token: Uint8Array | undefined;
    for (let leg = 0; !(client.done && server.done); leg++) {
      const party = leg % 2 === 0 ? client : server;
      token = tamper(leg, await party.step(token));
      seen.push([party.name, party.leg!.status, token.length > 0 ? 'token' : 'empty']);
    }
    return seen;
  }
});

describeOnWindows("the Sasl functions where Secur32.dll's cannot be called", () => {
  it('are those of this package, over the packages that there are', async () => {
    const sspi = releaseTable();
    const packages = (await sspi.enumerateSecurityPackages()).map(({ name }) => name);
    for (const profile of await sspi.saslEnumerateProfiles())
      assert.ok(packages.includes((await sspi.saslGetProfilePackage(profile)).name), profile);
    await assert.rejects(sspi.saslGetProfilePackage('NO-SUCH-MECHANISM'), { code: 'SEC_E_SECPKG_NOT_FOUND' });
  });
});

class SaslParty {
  readonly name: 'client' | 'server';
  readonly #sspi: SecurityFunctionTable;
  readonly #credential: CredHandle;
  readonly #options: SaslContextOptions;
  leg: ContextLeg | undefined;

  private constructor(
    name: 'client' | 'server',
    sspi: SecurityFunctionTable,
    credential: CredHandle,
    options: SaslContextOptions,
  ) {
    this.name = name;
    this.#sspi = sspi;
    this.#credential = credential;
    this.#options = options;
  }

  static async client(sspi: SecurityFunctionTable, options: SaslContextOptions): Promise<SaslParty> {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    return new SaslParty('client', sspi, credential, options);
  }

  static async server(sspi: SecurityFunctionTable, options: SaslContextOptions): Promise<SaslParty> {
    const { credential } = await sspi.acquireCredentialsHandle(serverSide(sspi).credential);
    return new SaslParty('server', sspi, credential, options);
  }

  get context(): CtxtHandle {
    return this.leg!.context;
  }

  get done(): boolean {
    return this.leg?.status === SEC_E.OK;
  }

  async step(token: Uint8Array | undefined): Promise<Uint8Array> {
    const call = {
      credential: this.#credential,
      ...(this.leg !== undefined && { context: this.leg.context }),
      input: token === undefined ? [] : [tokenBuffer(token)],
      options: this.#options,
    };
    if (this.name === 'client') {
      const contextReq = ISC_REQ.MUTUAL_AUTH | ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY;
      this.leg = await this.#sspi.saslInitializeSecurityContext({ ...call, targetName: 'HTTP/localhost', contextReq });
    } else {
      this.leg = await this.#sspi.saslAcceptSecurityContext({ ...call, contextReq: 0 });
    }
    return findBuffer(this.leg.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
  }

  async close(): Promise<void> {
    if (this.leg !== undefined) await this.#sspi.deleteSecurityContext(this.leg.context);
    await this.#sspi.freeCredentialsHandle(this.#credential);
  }
}
