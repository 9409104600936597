import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { ASC_RET, ISC_REQ, ISC_RET, KERBEROS_ATTR, SspiError } from 'secur32/raw';
import { encodeCcache, parseCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { TICKET_FLAG } from '#dist/engine/kerberos/constants/flags.js';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { type Credentials, toCcacheCredential } from '#dist/engine/kerberos/kdc/credentials.js';
import { serviceTicket } from '#dist/engine/kerberos/kdc/service-ticket.js';
import type { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { forwardTicket } from '#dist/engine/kerberos/kdc/tgt-requests.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { formatPrincipal } from '#dist/engine/kerberos/names/principal.js';
import { SEC_E } from '#dist/sspi/status.js';
import { HeimdalKdc } from '../../peers/heimdal/heimdal-kdc.js';
import { GssKrb5, type GssKrb5Flag } from '../../peers/krb5/gss-krb5.js';
import { ENCTYPES, type Enctype } from '../../peers/krb5/krb5-files.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { PeerRefusal } from '../../peers/run/json-process.js';
import { closeAfterEach } from './closing.js';
import { failsWith } from './fails-with.js';
import { exchange, messageKeyType, talk, userName } from './gss-exchange.js';
import { principal, servicesFor } from './kdc-services.js';
import { engineFor, Side, type SideOptions } from './side.js';

const library = 'heimdal';
const { CONFIDENTIALITY, INTEGRITY, MUTUAL_AUTH } = ISC_REQ;
const USUAL = CONFIDENTIALITY | INTEGRITY | MUTUAL_AUTH;
const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('Kerberos with Heimdal', function () {
  this.timeout(60_000);
  requirePeer('heimdal');
  const kdc = usePeer(() => HeimdalKdc.start());
  const keep = closeAfterEach();

  const target = (text: string) => ({ name: principal(`${text}@X`, NAME_TYPE.SRV_INST).name });
  const loggedOn = async (user: string, settings = ''): Promise<[KdcServices, Credentials]> => {
    const services = await servicesFor(kdc(), settings === '' ? {} : { settings });
    const client = principal(`${user}@${kdc().name}`);
    return [services, await login(services, { client, keys: passwordKeys(`pw-${user}`) })];
  };

  describe('its KDC', () => {
    for (const [enctype, etype] of Object.entries(ENCTYPES)) {
      it(`gives a user with a key of ${enctype} a ticket for a service with such a key`, async () => {
        const settings = `[libdefaults]\ndefault_tgs_enctypes = ${enctype}\n`;
        const [services, tgt] = await loggedOn(`u-${enctype}`, settings);
        const credentials = await serviceTicket(services, tgt, target(`svc-${enctype}/localhost`));
        assert.deepEqual([credentials.ticket.encPart.etype, credentials.sessionKey.type.number], [etype, etype]);
      });
    }

    it('refuses a wrong password, an unknown user and an unknown service', async () => {
      const services = await servicesFor(kdc());
      const client = principal(`alice@${kdc().name}`);
      await assert.rejects(login(services, { client, keys: passwordKeys('x') }), failsWith(SEC_E.LOGON_DENIED));
      const nobody = principal(`nobody@${kdc().name}`);
      await assert.rejects(login(services, { client: nobody, keys: passwordKeys('x') }), failsWith(SEC_E.LOGON_DENIED));
      const [, tgt] = await loggedOn('alice');
      const nowhere = serviceTicket(services, tgt, target('HTTP/nowhere'));
      await assert.rejects(nowhere, failsWith(SEC_E.TARGET_UNKNOWN));
    });

    it('forwards tickets', async () => {
      const [services, tgt] = await loggedOn('alice');
      const forwarded = await forwardTicket(services, tgt);
      assert.ok(forwarded.flags & TICKET_FLAG.FORWARDED);
      await serviceTicket(services, forwarded, target('HTTP/localhost'));
    });

    it('copes with a clock that is off by hours', async () => {
      const services = await servicesFor(kdc(), { now: () => Date.now() + 5 * 3_600_000 });
      const tgt = await login(services, { client: principal(`alice@${kdc().name}`), keys: passwordKeys('pw-alice') });
      await serviceTicket(services, tgt, target('HTTP/localhost'));
    });

    it('speaks FAST', async () => {
      const [services, armor] = await loggedOn('bob');
      const client = principal(`alice@${kdc().name}`);
      const tgt = await login(services, { client, keys: passwordKeys('pw-alice'), armor });
      assert.equal(tgt.fast, true);
    });
  });

  describe('its files', () => {
    it('we read its keytab', () => {
      const { entries } = Keytab.parse(readFileSync(kdc().keytab));
      const etypes = Object.values(ENCTYPES);
      const ofHttp = entries.filter(({ principal: name }) => formatPrincipal(name) === 'HTTP/localhost');
      assert.deepEqual(ofHttp.map(({ etype }) => etype).sort(), [...etypes].sort());
      assert.ok(entries.every(({ key, kvno, realm }) => key && kvno === 1 && realm === kdc().name));
    });

    it('it reads ours, the same', async () => {
      const file = `${kdc().path}/ours.keytab`;
      writeFileSync(file, Keytab.parse(readFileSync(kdc().keytab)).toBytes());
      const [theirs, ours] = [
        await kdc().run('ktutil', ['-k', kdc().keytab, 'list', '--keys']),
        await kdc().run('ktutil', ['-k', file, 'list', '--keys']),
      ];
      const lines = (text: string): string[] => text.split('\n').slice(1);
      assert.equal(ours.code, 0, ours.stderr);
      assert.deepEqual(lines(ours.stdout), lines(theirs.stdout));
    });

    it('we use the tickets of its cache', async () => {
      const ccache = await kdc().kinit('alice', 'pw-alice', [], 'theirs');
      const cache = parseCcache(readFileSync(ccache));
      assert.equal(formatPrincipal(cache.principal.name, cache.principal.realm), `alice@${kdc().name}`);
      const client = keep(await Side.open(engineFor(kdc()), 'client', { authData: { kind: 'ccache', ccache } }));
      const server = keep(await Side.open(engineFor(kdc()), 'server'));
      const { token } = await client.step();
      await server.step(token);
      assert.equal(await userName(server), `${kdc().name}\\alice`);
    });

    it('it uses the tickets of ours', async () => {
      const [, tgt] = await loggedOn('alice');
      const file = `${kdc().path}/ours`;
      writeFileSync(file, encodeCcache({ principal: tgt.client, credentials: [toCcacheCredential(tgt)], config: [] }), {
        mode: 0o600,
      });
      const got = await kdc().run('kgetcred', ['-c', `FILE:${file}`, 'HTTP/localhost']);
      assert.equal(got.code, 0, got.stderr);
      const { stdout } = await kdc().run('klist', ['-v', '-c', `FILE:${file}`]);
      assert.match(stdout, new RegExp(`Principal: alice@${kdc().name}`));
      assert.match(stdout, /Server: HTTP\/localhost@/);
      assert.match(stdout, /Ticket flags: .*initial.*forwardable/);
    });
  });

  describe('its library', () => {
    const ourClient = async (options: SideOptions = {}): Promise<Side> =>
      keep(await Side.open(engineFor(kdc()), 'client', { authData: ALICE, contextReq: USUAL, ...options }));
    const ourServer = async (options: SideOptions = {}): Promise<Side> =>
      keep(await Side.open(engineFor(kdc()), 'server', options));
    const theirServer = async (options: { bindings?: Uint8Array; mechanism?: 'spnego' } = {}): Promise<GssKrb5> =>
      keep(await GssKrb5.server({ kdc: kdc(), library, ...options }));

    interface TheirClient {
      readonly user?: string;
      readonly target?: string;
      readonly flags?: readonly GssKrb5Flag[];
      readonly bindings?: Uint8Array;
      readonly mechanism?: 'spnego';
    }
    async function theirClient({ user = 'alice', ...options }: TheirClient = {}): Promise<GssKrb5> {
      const ccache = await kdc().kinit(user, `pw-${user}`, ['-f'], `cc-${user}`);
      return keep(await GssKrb5.client({ kdc: kdc(), ccache, library, ...options }));
    }

    for (const enctype of Object.keys(ENCTYPES) as Enctype[]) {
      it(`${enctype}: our client, their server`, async () => {
        const client = await ourClient({ targetName: `svc-${enctype}/localhost` });
        const server = await theirServer();
        const { flags, initiator } = await exchange(client, server);
        assert.equal(initiator, `alice@${kdc().name}`);
        assert.ok(flags?.includes('mutual_authentication') && flags.includes('confidentiality'), String(flags));
        assert.equal(await messageKeyType(client), ENCTYPES[enctype]);
        assert.deepEqual(await client.sessionKey(), await server.sessionKey());
        await talk(client, server);
      });

      it(`${enctype}: their client, our server`, async () => {
        const server = await ourServer();
        const client = await theirClient({ user: `u-${enctype}`, target: `svc-${enctype}@localhost` });
        const { flags } = await exchange(client, server);
        assert.ok(flags?.includes('mutual_authentication'), String(flags));
        assert.equal(await userName(server), `${kdc().name}\\u-${enctype}`);
        assert.equal(await messageKeyType(server), ENCTYPES[enctype]);
        assert.deepEqual(await client.sessionKey(), await server.sessionKey());
        await talk(server, client);
      });
    }

    it('without mutual authentication, both directions', async () => {
      const client = await ourClient({ contextReq: CONFIDENTIALITY });
      const server = await theirServer();
      await exchange(client, server);
      await talk(client, server);
      const theirs = await theirClient({ flags: ['confidentiality', 'integrity'] });
      const ours = await ourServer();
      await exchange(theirs, ours);
      await talk(ours, theirs);
    });

    it('SPNEGO, both directions', async () => {
      const client = await ourClient({ package: 'Negotiate' });
      const server = await theirServer({ mechanism: 'spnego' });
      await exchange(client, server);
      await talk(client, server);
      const theirs = await theirClient({ mechanism: 'spnego' });
      const ours = await ourServer({ package: 'Negotiate' });
      await exchange(theirs, ours);
      await talk(ours, theirs);
    });

    it('channel bindings, both directions: equal ones pass, others are refused', async () => {
      const [one, other] = [bytes('tls-server-end-point:one'), bytes('tls-server-end-point:other')];
      await exchange(await ourClient({ bindings: one }), await theirServer({ bindings: one }));
      await exchange(await theirClient({ bindings: one }), await ourServer({ bindings: one }));
      const refusal = exchange(await ourClient({ bindings: one }), await theirServer({ bindings: other }));
      await assert.rejects(refusal, PeerRefusal);
      await assert.rejects(
        exchange(await theirClient({ bindings: one }), await ourServer({ bindings: other })),
        (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_BAD_BINDINGS',
      );
    });

    it('DCE style, both directions: the third token, the key, signatures', async () => {
      const client = await ourClient({ contextReq: USUAL | ISC_REQ.USE_DCE_STYLE });
      const server = await theirServer();
      await exchange(client, server);
      assert.ok(client.attributes & ISC_RET.USED_DCE_STYLE);
      assert.deepEqual(await client.sessionKey(), await server.sessionKey());
      await server.verify(bytes('signed'), await client.mic(bytes('signed')));
      const theirs = await theirClient({ flags: ['mutual_authentication', 'integrity', 'dce_style'] });
      const ours = await ourServer();
      await exchange(theirs, ours);
      assert.ok(ours.attributes & ASC_RET.USED_DCE_STYLE);
      await ours.verify(bytes('signed'), await theirs.mic(bytes('signed')));
      await theirs.verify(bytes('signed'), await ours.mic(bytes('signed')));
    });

    it('delegation: their client delegates to us, and its own kgetcred can use it', async () => {
      const flags = ['mutual_authentication', 'integrity', 'delegate_to_peer'] as const;
      const client = await theirClient({ flags });
      const server = await ourServer();
      await exchange(client, server);
      assert.ok(server.attributes & ASC_RET.DELEGATE);
      const { ccache } = await server.sspi.queryContextAttributes(server.context, KERBEROS_ATTR.DELEGATED_CCACHE);
      const file = `${kdc().path}/delegated`;
      writeFileSync(file, ccache, { mode: 0o600 });
      const { code, stderr } = await kdc().run('kgetcred', ['-c', `FILE:${file}`, 'host/localhost']);
      assert.equal(code, 0, stderr);
    });

    it('delegation: our client delegates to it', async () => {
      const options = { kerberos: { dangerouslyDelegateToAll: true } };
      const client = keep(
        await Side.open(engineFor(kdc(), options), 'client', { authData: ALICE, contextReq: USUAL | ISC_REQ.DELEGATE }),
      );
      const { flags } = await exchange(client, await theirServer());
      assert.ok(flags?.includes('delegate_to_peer'), String(flags));
    });
  });
});
