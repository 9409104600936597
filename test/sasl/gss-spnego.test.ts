import assert from 'node:assert/strict';
import { Credential, SaslClient, type SaslClientOptions, SaslServer, type SaslServerOptions, SspiError } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import {
  channelBindings,
  ISC_RET,
  SASL_OPTION,
  SECPKG_ATTR,
  type SecurityFunctionTable,
  tokenBuffer,
} from 'secur32/raw';
import { forgeAuthenticate } from '../engine/ntlm/forge.js';
import { unhex, vectors } from '../engine/ntlm/vectors.js';

const PASSWORD = 'open sesame';
const TARGET = { mechanism: 'GSS-SPNEGO', service: 'ldap', host: 'localhost' } as const;
const identity = { kind: 'password', user: 'alice', password: PASSWORD } as const;

/** These exchanges are about the profile: no KDC is asked, whatever this host's krb5.conf names. */
const NTLM_ONLY = { packages: ['NTLM'] } as const;

function engine(): SecurityFunctionTable {
  return createEngine({ accounts: memoryAccounts([{ user: 'alice', password: PASSWORD }]), negotiate: NTLM_ONLY });
}

interface Pair extends AsyncDisposable {
  readonly sspi: SecurityFunctionTable;
  readonly client: SaslClient;
  readonly server: SaslServer;
}

async function pair(
  client: Partial<SaslClientOptions> = {},
  server: Partial<SaslServerOptions> = {},
  sspi: SecurityFunctionTable = engine(),
): Promise<Pair> {
  const inbound = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
  const outbound = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
  const made = {
    client: await SaslClient.create({ ...TARGET, credential: outbound, ...client }),
    server: await SaslServer.create({ ...TARGET, credential: inbound, ...server }),
  };
  return {
    sspi,
    ...made,
    async [Symbol.asyncDispose]() {
      await Promise.all([made.client.close(), made.server.close()]);
      await Promise.all([inbound.close(), outbound.close()]);
    },
  };
}

/** Returns how many tokens there were. */
async function logOn({ client, server }: Pair): Promise<number> {
  let tokens = 0;
  let ours = await client.step();
  for (;;) {
    tokens += 1;
    const theirs = await server.step(ours.token);
    if (theirs.token) tokens += 1;
    if (!ours.done) ours = await client.step(theirs.token);
    if (theirs.done && ours.done) return tokens;
  }
}

const failsWith = (code: string) => (error: unknown) => error instanceof SspiError && error.code === code;

describe('GSS-SPNEGO', () => {
  it('is a profile of Negotiate', async () => {
    const sspi = engine();
    assert.ok((await sspi.saslEnumerateProfiles()).includes('GSS-SPNEGO'));
    assert.equal((await sspi.saslGetProfilePackage('gss-spnego')).name, 'Negotiate');
    const input = [tokenBuffer(Buffer.from('GSS-SPNEGO\0token'))];
    assert.equal((await sspi.saslIdentifyPackage(input)).name, 'Negotiate');
  });

  for (const { request, layer } of [
    { request: undefined, layer: 'confidentiality' },
    { request: ['integrity'], layer: 'integrity' },
    { request: [], layer: 'none' },
  ] as const) {
    it(`gives layer ${layer} for ${JSON.stringify(request) ?? 'no wish'}`, async () => {
      await using both = await pair(request ? { request } : {});
      assert.equal(await logOn(both), 4);
      const { client, server } = both;
      assert.deepEqual([client.layer, server.layer], [layer, layer]);
      assert.deepEqual([client.packageName, server.packageName], ['NTLM', 'NTLM']);
      assert.deepEqual([server.identity.name, server.identity.package, server.authorizationId], ['alice', 'NTLM', '']);
      const message = Buffer.from('x'.repeat(200_000));
      assert.deepEqual(Buffer.from(server.unwrap(client.wrap(message))), message);
      assert.deepEqual(Buffer.from(client.unwrap(server.wrap(message))), message);
    });
  }

  it('tells nobody a size: takes large buffers, and sends those that everybody takes', async () => {
    await using both = await pair();
    await logOn(both);
    assert.deepEqual([both.client.receiveSize, both.server.receiveSize], [0xffffff, 0xffffff]);
    assert.deepEqual([both.client.sendSize, both.server.sendSize], [65535 - 16, 65535 - 16]);
    await using small = await pair({ maxBufferSize: 1000 });
    await logOn(small);
    assert.equal(small.client.receiveSize, 1000);
    const frame = small.server.wrap(new Uint8Array(5000));
    assert.throws(() => small.client.unwrap(frame), failsWith('SEC_E_INVALID_TOKEN'));
  });

  it('gives a client without an initial response an empty challenge', async () => {
    await using both = await pair();
    const { client, server } = both;
    assert.deepEqual(await server.step(), { done: false, token: new Uint8Array(0) });
    const challenge = await server.step((await client.step()).token);
    const last = await server.step((await client.step(challenge.token)).token);
    await client.step(last.token);
    assert.ok(server.established && client.established);
    assert.equal(Buffer.from(server.unwrap(client.wrap(Buffer.from('hello')))).toString(), 'hello');
  });

  it('does not take a second empty response for the initial one', async () => {
    await using both = await pair();
    await both.server.step();
    await assert.rejects(both.server.step(new Uint8Array(0)), failsWith('SEC_E_INVALID_TOKEN'));
  });

  it('has no place for an authorization identity, and does not leave it out in silence', async () => {
    await using both = await pair({ authorizationId: 'u:bob' });
    await assert.rejects(both.client.step(), failsWith('SEC_E_UNSUPPORTED_FUNCTION'));
  });

  it('refuses a client that means another service', async () => {
    await using both = await pair({ service: 'imap' });
    await assert.rejects(logOn(both), failsWith('SEC_E_WRONG_PRINCIPAL'));
  });

  it('refuses a client that means no service, unless the server may go without', async () => {
    const nameless = async (options: Partial<SaslServerOptions>): Promise<string> => {
      await using both = await pair({}, options);
      const negotiate = unhex(vectors.withMic.negotiate);
      const { token: challenge } = await both.server.step(negotiate);
      const client = { password: PASSWORD, domain: '' };
      await both.server.step(forgeAuthenticate(client, negotiate, challenge!));
      return both.server.identity.name;
    };
    await assert.rejects(nameless({}), (error: unknown) => {
      assert.ok(error instanceof SspiError && error.code === 'SEC_E_WRONG_PRINCIPAL');
      assert.match(error.hint, /SPN of this server \(ldap\/localhost\).*extendedProtection: 'whenSupported'/);
      return true;
    });
    await assert.rejects(nameless({ extendedProtection: 'always' }), failsWith('SEC_E_WRONG_PRINCIPAL'));
    assert.equal(await nameless({ extendedProtection: 'whenSupported' }), 'alice');
    await using other = await pair({ service: 'smtp' }, { extendedProtection: 'whenSupported' });
    await assert.rejects(logOn(other), failsWith('SEC_E_WRONG_PRINCIPAL'));
  });

  describe('bound to a channel', () => {
    const channel = (name: string) => ({ channelBindings: channelBindings({ applicationData: Buffer.from(name) }) });

    for (const [what, client, server, expected] of [
      ['the same', channel('ours'), channel('ours'), 'in'],
      ['another', channel('theirs'), channel('ours'), 'SEC_E_BAD_BINDINGS'],
      ['none', {}, channel('ours'), 'SEC_E_BAD_BINDINGS'],
      ['none, and it may', {}, { ...channel('ours'), extendedProtection: 'whenSupported' }, 'in'],
      [
        'another, and none would do',
        channel('a'),
        { ...channel('b'), extendedProtection: 'whenSupported' },
        'SEC_E_BAD_BINDINGS',
      ],
      ['one that the server does not look at', channel('ours'), {}, 'in'],
    ] as const) {
      it(`of a client with ${what}: ${expected}`, async () => {
        await using both = await pair(client, server);
        if (expected === 'in') await logOn(both);
        else await assert.rejects(logOn(both), failsWith(expected));
      });
    }

    it('no mechanism but one that can be', async () => {
      const sspi = engine();
      await using credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
      const options = { ...TARGET, mechanism: 'DIGEST-MD5', credential, ...channel('ours') };
      await assert.rejects(SaslClient.create(options), failsWith('SEC_E_UNSUPPORTED_FUNCTION'));
      const broken = { ...options, channelBindings: 'ours' as never };
      await assert.rejects(SaslClient.create(broken), TypeError);
      await using inbound = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
      const never = { ...TARGET, credential: inbound, extendedProtection: 'never' as never };
      await assert.rejects(SaslServer.create(never), TypeError);
    });
  });

  it('refuses a package that is not allowed', async () => {
    await using atClient = await pair({ allowedPackages: ['Kerberos'] });
    await assert.rejects(logOn(atClient), failsWith('SEC_E_DOWNGRADE_DETECTED'));
    assert.equal(atClient.client.established, false);
    await using atServer = await pair({}, { allowedPackages: ['Kerberos'] });
    await assert.rejects(logOn(atServer), failsWith('SEC_E_DOWNGRADE_DETECTED'));
    await using allowed = await pair({ allowedPackages: ['ntlm'] }, { allowedPackages: ['Kerberos', 'NTLM'] });
    await logOn(allowed);
    await assert.rejects(pair({ allowedPackages: [] }), TypeError);
  });

  it('refuses a server that demands what the client does not ask for', async () => {
    await using both = await pair({ request: [] }, { require: ['integrity'] });
    await assert.rejects(logOn(both), failsWith('SEC_E_QOP_NOT_SUPPORTED'));
  });

  it('refuses a wrong password, and the client learns of it', async () => {
    const sspi = createEngine({
      accounts: memoryAccounts([{ user: 'alice', password: 'another' }]),
      negotiate: NTLM_ONLY,
    });
    await using both = await pair({}, {}, sspi);
    const { client, server } = both;
    const challenge = await server.step((await client.step()).token);
    const response = await client.step(challenge.token);
    const error = await server.step(response.token).then(
      () => assert.fail('it went through'),
      (reason: unknown) => reason as SspiError,
    );
    assert.equal(error.code, 'SEC_E_LOGON_DENIED');
    await assert.rejects(client.step(error.token), failsWith('SEC_E_LOGON_DENIED'));
  });

  it('does not sign for the sake of the negotiation where no layer is wanted', async () => {
    for (const { request, signs } of [
      { request: [], signs: false },
      { request: ['integrity'], signs: true },
    ] as const) {
      await using both = await pair({ request });
      await logOn(both);
      const { flags } = await both.sspi.queryContextAttributes(both.client.context, SECPKG_ATTR.FLAGS);
      assert.equal((flags & ISC_RET.INTEGRITY) !== 0, signs);
    }
  });

  it('lets the receive size be set after the exchange as well', async () => {
    await using both = await pair();
    await logOn(both);
    const { sspi, client } = both;
    await sspi.saslSetContextOption(client.context, SASL_OPTION.RECV_SIZE, 5000);
    assert.equal(await sspi.saslGetContextOption(client.context, SASL_OPTION.RECV_SIZE), 5000);
    assert.equal((await sspi.saslGetContextOption(client.context, SASL_OPTION.AUTHZ_STRING)).length, 0);
  });
});
