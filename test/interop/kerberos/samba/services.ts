import assert from 'node:assert/strict';
import { ClientContext, Credential, SaslServer, ServerContext, SspiError } from 'secur32';
import type { EngineOptions } from 'secur32/engine';
import { type AuthData, ISC_REQ, SECPKG_ATTR, type SecurityFunctionTable } from 'secur32/raw';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { ticketForUser, ticketOnBehalf } from '#dist/engine/kerberos/kdc/s4u.js';
import { PAC_TYPE, Pac } from '#dist/engine/kerberos/pac/pac.js';
import { alice } from '../../../peers/accounts.js';
import { exchangeTokens } from '../../../peers/run/exchange.js';
import { type GensecFeature, GensecPeer } from '../../../peers/samba/gensec-peer.js';
import { SambaConfig } from '../../../peers/samba/samba-config.js';
import { closeAfterEach } from '../closing.js';
import { principal, servicesFor } from '../kdc-services.js';
import { engineFor, Side } from '../side.js';
import { openDirectory } from './directory.js';
import { type Domain, SERVICES } from './domain.js';
import { identityOf, pacOf, ticketOf, withPac } from './forged-tickets.js';

const ALICE = { kind: 'password', domain: 'AD.EXAMPLE', ...alice } as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const failsWith = (code: string) => (error: unknown) => error instanceof SspiError && error.code === code;

/** Our services with the keys that the domain controller exported, and whom they see. */
export function describeServices(domain: () => Domain): void {
  const keep = closeAfterEach();

  async function ourServer(kerberos: EngineOptions['kerberos'] = {}): Promise<ServerContext> {
    const sspi = engineFor(domain(), { kerberos });
    return keep(new ServerContext(keep(await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi }))));
  }
  async function ourClient(targetName: string, identity: AuthData = ALICE): Promise<ClientContext> {
    const sspi = engineFor(domain());
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
    return keep(new ClientContext(keep(credential), { targetName }));
  }

  describe('the PAC', () => {
    it('has the SIDs of the user and of the groups that the directory says', async () => {
      const server = await ourServer({ pac: 'require' });
      await exchangeTokens(await ourClient(SERVICES.web), server);
      const { name, domain: netbios, sid, groups = [], userPrincipalName } = server.identity;
      assert.deepEqual([name, netbios, userPrincipalName], ['alice', 'ADEX', 'alice@ad.example']);
      const { directory } = await openDirectory(domain(), keep);
      const entry = `CN=alice,CN=Users,${domain().dc.baseDn}`;
      assert.deepEqual((await directory.read(entry, 'objectSid')).map(textOfSid), [sid]);
      const expected = ofDomain((await directory.read(entry, 'tokenGroups')).map(textOfSid));
      // Domain Users, and webusers, nested and weblocal of fill-domain.py.
      assert.equal(expected.length, 4);
      assert.deepEqual(ofDomain(groups.map(group => group.sid)), expected);
      assert.ok(groups.some(group => group.sid === ASSERTED_BY_AUTHORITY));
    });

    it('is refused when a group in it was changed', async () => {
      const credentials = await ticketOf(domain(), 'alice', SERVICES.web);
      const pac = pacOf(domain(), credentials);
      const before = Uint8Array.of(...DOMAIN_USERS, 0, 0, ...GROUP_ATTRIBUTES);
      const at = Buffer.from(pac).indexOf(before);
      assert.ok(at > 0);
      pac.set(DOMAIN_ADMINS, at);
      const forged = identityOf(await withPac(domain(), credentials, pac));
      for (const policy of ['use', 'require'] as const) {
        const exchange = exchangeTokens(await ourClient(SERVICES.web, forged), await ourServer({ pac: policy }));
        await assert.rejects(exchange, failsWith('SEC_E_LOGON_DENIED'));
      }
    });

    it('is refused when it is that of another user, with all its signatures', async () => {
      const credentials = await ticketOf(domain(), 'alice', SERVICES.web);
      const other = pacOf(domain(), await ticketOf(domain(), 'bob', SERVICES.web));
      const forged = identityOf(await withPac(domain(), credentials, other));
      const exchange = exchangeTokens(await ourClient(SERVICES.web, forged), await ourServer());
      await assert.rejects(exchange, failsWith('SEC_E_LOGON_DENIED'));
    });

    it('is taken again as it was, and missed only where it is required', async () => {
      const credentials = await ticketOf(domain(), 'alice', SERVICES.web);
      const same = identityOf(await withPac(domain(), credentials, pacOf(domain(), credentials)));
      const server = await ourServer({ pac: 'require' });
      await exchangeTokens(await ourClient(SERVICES.web, same), server);
      assert.ok(server.identity.sid);
      const without = identityOf(await withPac(domain(), credentials, undefined));
      const lenient = await ourServer();
      await exchangeTokens(await ourClient(SERVICES.web, without), lenient);
      assert.deepEqual(lenient.identity, { name: 'alice', domain: 'AD.EXAMPLE', package: 'Kerberos' });
      const strict = exchangeTokens(await ourClient(SERVICES.web, without), await ourServer({ pac: 'require' }));
      await assert.rejects(strict, failsWith('SEC_E_LOGON_DENIED'));
    });

    it('is signed with RC4 for a service that has only such keys, which has to be allowed', async () => {
      await assert.rejects(
        exchangeTokens(await ourClient(SERVICES.rc4), await ourServer()),
        failsWith('SEC_E_KDC_UNKNOWN_ETYPE'),
      );
      const server = await ourServer({ dangerouslyAllowRc4: true, pac: 'require' });
      await exchangeTokens(await ourClient(SERVICES.rc4), server);
      assert.equal(server.identity.domain, 'ADEX');
    });
  });

  it('are found by names in another case, whose tickets their keys open', async () => {
    const server = await ourServer({ pac: 'require' });
    const identity = { kind: 'password', user: 'ALICE', domain: 'ad.example', password: alice.password } as const;
    await exchangeTokens(await ourClient('http/WEB.ad.example', identity), server);
    assert.deepEqual([server.identity.name, server.identity.domain], ['alice', 'ADEX']);
  });

  it('see the user for whom another service acts (S4U2Self, S4U2Proxy)', async () => {
    const kdc = await servicesFor({ config: domain().krb5Config });
    const tgt = await login(kdc, { client: principal('websvc@AD.EXAMPLE'), keys: passwordKeys('pw-websvc') });
    const own = await ticketForUser(kdc, tgt, tgt.client.name, principal('alice@AD.EXAMPLE'));
    const target = principal(`${SERVICES.back}@AD.EXAMPLE`, NAME_TYPE.SRV_INST).name;
    const onward = await ticketOnBehalf(kdc, tgt, own, target);
    assert.ok(Pac.parse(pacOf(domain(), onward)).find(PAC_TYPE.DELEGATION_INFO));
    const server = await ourServer({ pac: 'require' });
    await exchangeTokens(await ourClient(SERVICES.back, identityOf(onward)), server);
    assert.deepEqual([server.identity.name, server.identity.domain], ['alice', 'ADEX']);
    assert.ok(server.identity.groups?.some(({ sid }) => sid === ASSERTED_BY_SERVICE));
  });

  it('are found by a user who knows the short name of the domain alone', async () => {
    for (const domainName of ['ADEX', 'adex']) {
      const server = await ourServer();
      await exchangeTokens(await ourClient(SERVICES.web, { ...ALICE, domain: domainName }), server);
      const { name, domain: netbios } = server.identity;
      assert.deepEqual([name, netbios, server.packageName], ['alice', 'ADEX', 'Kerberos']);
    }
    const stranger = await ourClient(SERVICES.web, { ...ALICE, domain: 'NOWHERE' });
    await assert.rejects(stranger.step(), SspiError);
  });

  it('run under an account by its password, and need no keytab', async () => {
    const authData = { ...ALICE, user: 'websvc', password: 'pw-websvc' };
    const sspi = engineFor(domain(), { kerberos: { pac: 'require' }, keytab: '/nonexistent' });
    const credential = keep(
      await Credential.acquire({ package: 'Negotiate', use: 'inbound', identity: authData, sspi }),
    );
    const server = keep(new ServerContext(credential));
    await exchangeTokens(await ourClient(SERVICES.web), server);
    assert.deepEqual([server.identity.name, server.identity.domain, server.packageName], ['alice', 'ADEX', 'Kerberos']);
  });

  it('without keys, called user to user, know a user by a PAC that is signed with the session key', async () => {
    const sspi = engineFor(domain(), { kerberos: { pac: 'require' } });
    // Samba's KDC makes such tickets for accounts that have the name of a service, if not for that name.
    const authData = { ...ALICE, user: 'websvc', password: 'pw-websvc' };
    const server = keep(await Side.open(sspi, 'server', { authData }));
    const contextReq = ISC_REQ.USE_SESSION_KEY | ISC_REQ.MUTUAL_AUTH;
    const client = keep(await Side.open(sspi, 'client', { authData: ALICE, targetName: 'websvc', contextReq }));
    assert.equal((await exchangeTokens(client, server)).length, 4);
    const { user } = await sspi.querySecurityContextToken(server.context);
    assert.deepEqual([user.name, user.domain], ['alice', 'ADEX']);
    assert.ok(user.sid);
  });

  for (const mechanism of ['gssapi_krb5', 'spnego']) {
    it(`GENSEC beside the domain controller takes our client: ${mechanism}, messages and the session key of SMB`, async () => {
      const sspi = engineFor(domain());
      const packageName = mechanism === 'spnego' ? 'Negotiate' : 'Kerberos';
      const credential = await Credential.acquire({ package: packageName, use: 'outbound', identity: ALICE, sspi });
      const client = keep(new ClientContext(keep(credential), { targetName: 'cifs/dc1.ad.example' }));
      const { config, env } = domain().dc;
      const server = keep(await GensecPeer.server({ config, mechanism, env }));
      await exchangeTokens(client, server);
      assert.equal(client.packageName, 'Kerberos');
      assert.deepEqual(await sessionKey(sspi, client), await server.sessionKey());
      await talk(client, server);
    });

    it(`GENSEC's client logs on to us: ${mechanism}`, async () => {
      const sspi = engineFor(domain(), { kerberos: { pac: 'require' } });
      const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
      const server = keep(new ServerContext(keep(credential)));
      const client = keep(await theirClient(mechanism));
      await exchangeTokens(client, server);
      assert.deepEqual([server.identity.name, server.identity.domain], ['alice', 'ADEX']);
      assert.deepEqual(await sessionKey(sspi, server), await client.sessionKey());
      await talk(server, client);
    });
  }

  describe('in the style of DCE, as remote procedure calls do', () => {
    const { CONFIDENTIALITY, INTEGRITY, MUTUAL_AUTH, USE_DCE_STYLE } = ISC_REQ;
    const features = ['SIGN', 'SEAL', 'SESSION_KEY', 'DCE_STYLE'] as const;

    async function compare(ours: Side, theirs: GensecPeer): Promise<void> {
      assert.deepEqual(await ours.sessionKey(), await theirs.sessionKey());
      await theirs.check(bytes('signed'), await ours.mic(bytes('signed')));
      await ours.verify(bytes('signed'), await theirs.sign(bytes('signed')));
    }

    it('our client, with its third token', async () => {
      const contextReq = CONFIDENTIALITY | INTEGRITY | MUTUAL_AUTH | USE_DCE_STYLE;
      const options = { authData: ALICE, contextReq, targetName: 'host/dc1.ad.example' };
      const client = keep(await Side.open(engineFor(domain()), 'client', options));
      const { config, env } = domain().dc;
      const server = keep(await GensecPeer.server({ config, mechanism: 'gssapi_krb5', env, features }));
      assert.equal((await exchangeTokens(client, server)).length, 3);
      await compare(client, server);
    });

    it("GENSEC's client", async () => {
      const server = keep(await Side.open(engineFor(domain()), 'server'));
      const client = keep(await theirClient('gssapi_krb5', features));
      assert.equal((await exchangeTokens(client, server)).length, 3);
      await compare(server, client);
    });
  });

  for (const { features, layer } of [
    { features: ['SEAL', 'SESSION_KEY'], layer: 'confidentiality' },
    { features: ['SIGN', 'SESSION_KEY'], layer: 'integrity' },
    // It says "none" and "integrity" at once then, and signs.
    { features: ['SESSION_KEY'], layer: 'integrity' },
  ] as const) {
    it(`GENSEC's client logs on to our GSSAPI with ${features.join(' ')}, and talks through its layer`, async () => {
      const credential = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi: engineFor(domain()) });
      const host = 'web.ad.example';
      const options = { mechanism: 'GSSAPI', credential: keep(credential), service: 'HTTP', host };
      const server = keep(await SaslServer.create(options));
      const client = keep(await theirClient('sasl:GSSAPI', features));
      await exchangeMessages(client, server);
      assert.equal(server.layer, layer);
      const frame = await client.wrap(bytes('hello'));
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, frame.length);
      assert.deepEqual(server.unwrap(Buffer.concat([length, frame])), bytes('hello'));
      assert.deepEqual(await client.unwrap(server.wrap(bytes('hello')).subarray(4)), bytes('hello'));
    });
  }

  async function theirClient(mechanism: string, features?: readonly GensecFeature[]): Promise<GensecPeer> {
    const { env, domain: netbios } = domain().dc;
    const config = keep(await SambaConfig.create({ domain: netbios, parameters: { realm: 'AD.EXAMPLE' } }));
    const target = { host: 'web.ad.example', service: 'HTTP' };
    return GensecPeer.client({ config, mechanism, kerberos: 'must', env, ...(features && { features }), ...target });
  }
}

async function talk(ours: ClientContext | ServerContext, theirs: GensecPeer): Promise<void> {
  for (const text of ['one', 'two', 'x'.repeat(20_000)]) {
    assert.deepEqual(await theirs.unwrap(await ours.encrypt(bytes(text))), bytes(text));
    assert.deepEqual(await ours.decrypt(await theirs.wrap(bytes(text))), bytes(text));
  }
}

async function sessionKey(
  sspi: SecurityFunctionTable,
  { context }: ClientContext | ServerContext,
): Promise<Uint8Array> {
  return (await sspi.queryContextAttributes(context, SECPKG_ATTR.SESSION_KEY)).sessionKey;
}

/** In SASL a side that has nothing to say says that. */
async function exchangeMessages(client: GensecPeer, server: SaslServer): Promise<void> {
  let challenge: Uint8Array | undefined;
  for (let done = false; !done; ) {
    const { token = new Uint8Array(0) } = await client.step(challenge);
    ({ done, token: challenge = new Uint8Array(0) } = await server.step(token));
  }
}

/** SIDs of this domain; the others are not in both lists. */
function ofDomain(sids: readonly string[]): string[] {
  return sids.filter(sid => sid.startsWith('S-1-5-21-')).sort();
}

/** [MS-DTYP] 2.4.2.2. */
function textOfSid(sid: Uint8Array): string {
  const view = new DataView(sid.buffer, sid.byteOffset, sid.length);
  const parts = Array.from({ length: view.getUint8(1) }, (_, n) => view.getUint32(8 + 4 * n, true));
  return ['S', view.getUint8(0), view.getUint32(4), ...parts].join('-');
}

/** [MS-DTYP] 2.4.2.4. */
const ASSERTED_BY_AUTHORITY = 'S-1-18-1';
const ASSERTED_BY_SERVICE = 'S-1-18-2';
/** RIDs and attributes in GROUP_MEMBERSHIP ([MS-PAC] 2.2.2), least significant byte first. */
const DOMAIN_USERS = [0x01, 0x02];
const DOMAIN_ADMINS = [0x00, 0x02];
const GROUP_ATTRIBUTES = [7, 0, 0, 0];
