import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { ClientContext, Credential, ServerContext } from 'secur32';
import { createEngine, type EngineOptions, memoryAccounts, type NegotiateEvent, type Transport } from 'secur32/engine';
import { type AuthData, SECPKG_ATTR, SspiError } from 'secur32/raw';
import { statusName } from '#dist/sspi/status.js';

/** What Debian installs with its Kerberos libraries, cut short. */
const DEBIAN = `
[libdefaults]
	default_realm = ATHENA.MIT.EDU
	kdc_timesync = 1
[realms]
	ATHENA.MIT.EDU = {
		kdc = kerberos.mit.edu
		kdc = kerberos-1.mit.edu
		admin_server = kerberos.mit.edu
	}
[domain_realm]
	.mit.edu = ATHENA.MIT.EDU
`;

/** A machine without a way to any KDC, and without keytabs and tickets. */
function host(krb5Conf: string | undefined): NonNullable<EngineOptions['environment']> {
  const nobody = () => Promise.reject(new Error('connect EHOSTUNREACH'));
  const transport: Transport = { udp: nobody, tcp: nobody, https: nobody };
  return {
    variables: {},
    transport,
    resolver: { serviceRecords: async () => [] },
    readFile: path =>
      path === '/etc/krb5.conf' && krb5Conf !== undefined
        ? Promise.resolve(new TextEncoder().encode(krb5Conf))
        : Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })),
  };
}

const ALICE = { user: 'alice', password: 'secret' } as const;
const TARGET = 'HTTP/localhost';

interface Logon {
  readonly client: ClientContext;
  readonly lastStatus: number;
  readonly events: readonly NegotiateEvent[];
}

async function logOn(identity: AuthData, options: EngineOptions): Promise<Logon> {
  const sspi = createEngine({ ...options, accounts: memoryAccounts([ALICE]) });
  const events: NegotiateEvent[] = [];
  const listen = (event: unknown): void => void events.push(event as NegotiateEvent);
  channel('secur32:negotiate').subscribe(listen);
  try {
    await using outbound = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
    await using inbound = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    const server = new ServerContext(inbound);
    await using client = new ClientContext(outbound, { targetName: TARGET, request: ['integrity'] });
    let { token } = await client.step();
    while (token && !client.established) ({ token } = await client.step((await server.step(token)).token));
    const { lastStatus } = await sspi.queryContextAttributes(client.context, SECPKG_ATTR.NEGO_STATUS);
    return { client, lastStatus, events };
  } finally {
    channel('secur32:negotiate').unsubscribe(listen);
  }
}

describe('Negotiate on a machine that Kerberos cannot be used from', () => {
  const noDomain: AuthData = { kind: 'password', ...ALICE };
  const domain: AuthData = { ...noDomain, domain: 'TESTDOM' };

  for (const [what, krb5Conf, identity, code, reason] of [
    ['there is no krb5.conf', undefined, noDomain, 'SEC_E_NO_CREDENTIALS', /the realm of the user is not known/],
    [
      'there is none, and the user has a domain',
      undefined,
      domain,
      'SEC_E_NO_CREDENTIALS',
      /no KDC of the realm TESTDOM/,
    ],
    ['krb5.conf names a realm of others', DEBIAN, noDomain, 'SEC_E_NO_AUTHENTICATING_AUTHORITY', /no KDC of ATHENA/],
    ['krb5.conf has a mistake', '[libdefaults', noDomain, 'SEC_E_NO_CREDENTIALS', /krb5\.conf cannot be read/],
  ] as const) {
    describe(`because ${what}`, () => {
      const environment = host(krb5Conf);

      it('fails, and says what to do where NTLM is meant', async () => {
        await assert.rejects(logOn(identity, { environment }), (error: unknown) => {
          assert.ok(error instanceof SspiError);
          assert.equal(error.code, code);
          assert.match(error.message, reason);
          assert.match(error.hint, /NTLM is not tried in its place\. .*negotiate: \{ packages: \['NTLM'\] \}/);
          return true;
        });
      });

      it('is NTLM where the options say so', async () => {
        const { client, lastStatus } = await logOn(identity, { environment, negotiate: { packages: ['NTLM'] } });
        assert.deepEqual([client.packageName, lastStatus], ['NTLM', 0]);
      });

      it('is NTLM where the identity says so', async () => {
        const { client } = await logOn({ ...identity, packageList: 'NTLM' }, { environment });
        assert.equal(client.packageName, 'NTLM');
      });

      it('goes on to NTLM where it may, and tells which package was passed over and why', async () => {
        const negotiate = { whenPreferredFails: 'tryNext' } as const;
        const { client, lastStatus, events } = await logOn(identity, { environment, negotiate });
        assert.deepEqual([client.packageName, statusName(lastStatus)], ['NTLM', code]);
        const event = events.find(({ role, type }) => role === 'client' && type === 'passedOver');
        assert.ok(event?.type === 'passedOver');
        assert.deepEqual([event.package, event.code], ['Kerberos', code]);
        assert.match(event.reason, reason);
      });
    });
  }

  it('is NTLM for an NT hash, which is no key of a Kerberos without RC4, and tells', async () => {
    const identity: AuthData = {
      kind: 'ntHash',
      user: 'alice',
      ntHash: Buffer.from('878d8014606cda29677a44efa1353fc7', 'hex'),
    };
    const { client, events } = await logOn(identity, { environment: host(DEBIAN) });
    assert.equal(client.packageName, 'NTLM');
    assert.ok(events.some(event => event.type === 'passedOver' && event.role === 'client'));
  });

  it('does not fall to NTLM for want of a service to name', async () => {
    const sspi = createEngine({ environment: host(DEBIAN) });
    await using credential = await Credential.acquire({
      package: 'Negotiate',
      use: 'outbound',
      identity: noDomain,
      sspi,
    });
    await assert.rejects(new ClientContext(credential, { targetName: '' }).step(), (error: unknown) => {
      assert.ok(error instanceof SspiError && error.code === 'SEC_E_TARGET_UNKNOWN');
      assert.match(error.hint, /HTTP\/www\.example\.com.*NTLM is not tried in its place/);
      return true;
    });
  });

  it('has nothing to log the current user on with, and says of each package what it lacks', async () => {
    await assert.rejects(logOn({ kind: 'current' }, { environment: host(DEBIAN) }), (error: unknown) => {
      assert.ok(error instanceof SspiError && error.code === 'SEC_E_NO_CREDENTIALS');
      assert.match(error.hint, /Kerberos: .*; NTLM: /);
      return true;
    });
  });
});
