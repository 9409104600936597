import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { TICKET_FLAG } from '#dist/engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { changePassword } from '#dist/engine/kerberos/kdc/change-password.js';
import { keytabKeys, passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { type Credentials, toCcacheCredential } from '#dist/engine/kerberos/kdc/credentials.js';
import { mayBePassedOn, ticketForUser } from '#dist/engine/kerberos/kdc/s4u.js';
import { serviceTicket } from '#dist/engine/kerberos/kdc/service-ticket.js';
import type { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { forwardTicket, renewTicket } from '#dist/engine/kerberos/kdc/tgt-requests.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { decodeEncTicketPart, type EncTicketPart } from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { formatPrincipal } from '#dist/engine/kerberos/names/principal.js';
import { SEC_E } from '#dist/sspi/status.js';
import { ENCTYPES } from '../../peers/krb5/krb5-files.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { failsWith } from './fails-with.js';
import { principal, servicesFor } from './kdc-services.js';

const target = (text: string) => ({ name: principal(`${text}@X`, NAME_TYPE.SRV_INST).name });
const textOf = ({ name, realm }: Credentials['client']): string => formatPrincipal(name, realm);

describe('Kerberos tickets of MIT krb5', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() =>
    MitKdc.start({
      kadmind: true,
      commands: [
        'modprinc +ok_to_auth_as_delegate HTTP/localhost',
        'addpol -minlength 8 strict',
        'addprinc -pw pw-changing -policy strict changing',
      ],
    }),
  );

  /** What a service sees of a ticket. */
  const opened = ({ ticket }: Credentials): EncTicketPart => {
    const keytab = Keytab.parse(readFileSync(kdc().keytab));
    const { etype, kvno, cipher } = ticket.encPart;
    const [entry] = keytab.find({ principal: ticket.sname, realm: ticket.realm, etype, kvno });
    assert.ok(entry?.key);
    return decodeEncTicketPart(entry.key.decrypt(KEY_USAGE.TICKET, cipher));
  };

  const loggedOn = async (user: string, options = {}): Promise<[KdcServices, Credentials]> => {
    const services = await servicesFor(kdc());
    const client = principal(`${user}@TEST.EXAMPLE`);
    return [services, await login(services, { client, keys: passwordKeys(`pw-${user}`), options })];
  };

  for (const [enctype, etype] of Object.entries(ENCTYPES)) {
    it(`for a service with a key of ${enctype}, and a session key of that type`, async () => {
      const services = await servicesFor(kdc(), { settings: `[libdefaults]\ndefault_tgs_enctypes = ${enctype}\n` });
      const tgt = await login(services, { client: principal('alice@TEST.EXAMPLE'), keys: passwordKeys('pw-alice') });
      const credentials = await serviceTicket(services, tgt, target(`svc-${enctype}/localhost`));
      assert.equal(credentials.ticket.encPart.etype, etype);
      assert.equal(credentials.sessionKey.type.number, etype);
      const part = opened(credentials);
      assert.equal(formatPrincipal(part.cname, part.crealm), 'alice@TEST.EXAMPLE');
      assert.deepEqual(credentials.sessionKey.value.use(Buffer.from), Buffer.from(part.key.bytes));
    });

    it(`with a ticket-granting ticket of a user of ${enctype}`, async () => {
      const [services, tgt] = await loggedOn(`u-${enctype}`);
      assert.equal(textOf((await serviceTicket(services, tgt, target('HTTP/localhost'))).client), textOf(tgt.client));
    });
  }

  it('inside FAST', async () => {
    const [services, armor] = await loggedOn('bob');
    const request = { client: principal('alice@TEST.EXAMPLE'), keys: passwordKeys('pw-alice'), armor };
    const tgt = await login(services, request);
    const credentials = await serviceTicket(services, tgt, target('HTTP/localhost'));
    assert.equal(credentials.fast, true);
    assert.equal(formatPrincipal(opened(credentials).cname), 'alice');
    await assert.rejects(serviceTicket(services, tgt, target('HTTP/nowhere')), failsWith(SEC_E.TARGET_UNKNOWN));
  });

  it('which kvno takes out of our cache, and opens with the keytab', async () => {
    const [services, tgt] = await loggedOn('alice');
    const credentials = [tgt, await serviceTicket(services, tgt, target('HTTP/localhost'))].map(toCcacheCredential);
    const file = `${kdc().path}/two`;
    writeFileSync(file, encodeCcache({ principal: tgt.client, credentials, config: [] }));
    const args = ['--cached-only', '-c', `FILE:${file}`, '-k', kdc().keytab, 'HTTP/localhost'];
    const { code, stdout, stderr } = await kdc().run('kvno', args);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /keytab entry valid/);
  });

  it('user to user', async () => {
    const [services, tgt] = await loggedOn('alice');
    const [, other] = await loggedOn('bob');
    const credentials = await serviceTicket(services, tgt, target('bob'), { userToUser: other.ticket });
    const part = decodeEncTicketPart(other.sessionKey.decrypt(KEY_USAGE.TICKET, credentials.ticket.encPart.cipher));
    assert.equal(formatPrincipal(part.cname), 'alice');
    assert.equal(credentials.secondTicket, other.ticket);
  });

  it('forwarded, and not where the first is not forwardable', async () => {
    const [services, tgt] = await loggedOn('alice');
    const forwarded = await forwardTicket(services, tgt);
    assert.ok(forwarded.flags & TICKET_FLAG.FORWARDED);
    assert.equal(
      textOf((await serviceTicket(services, forwarded, target('HTTP/localhost'))).client),
      textOf(tgt.client),
    );
    const [, fixed] = await loggedOn('alice', { forwardable: false });
    await assert.rejects(forwardTicket(services, fixed), failsWith(SEC_E.DELEGATION_REQUIRED));
  });

  it('renewed', async () => {
    const [services, tgt] = await loggedOn('alice', { lifetime: 60, renewLifetime: 3600 });
    const renewed = await renewTicket(services, tgt);
    assert.equal(renewed.authtime, tgt.authtime);
    assert.ok(renewed.flags & TICKET_FLAG.RENEWABLE);
    assert.equal(renewed.renewTill, tgt.renewTill);
  });

  it('of a user, for a service that the user did not ask (S4U2Self)', async () => {
    const services = await servicesFor(kdc());
    const client = principal('HTTP/localhost@TEST.EXAMPLE');
    const keys = keytabKeys(Keytab.parse(readFileSync(kdc().keytab)));
    const tgt = await login(services, { client, keys });
    const user = principal('alice@TEST.EXAMPLE');
    const credentials = await ticketForUser(services, tgt, client.name, user);
    assert.equal(textOf(credentials.client), 'alice@TEST.EXAMPLE');
    assert.equal(formatPrincipal(opened(credentials).cname), 'alice');
    assert.ok(mayBePassedOn(credentials));
    await assert.rejects(
      ticketForUser(services, tgt, client.name, principal('nobody@TEST.EXAMPLE')),
      failsWith(SEC_E.LOGON_DENIED),
    );
  });

  it('with a clock that is off by hours', async () => {
    const services = await servicesFor(kdc(), { now: () => Date.now() + 5 * 3_600_000 });
    const tgt = await login(services, { client: principal('alice@TEST.EXAMPLE'), keys: passwordKeys('pw-alice') });
    await serviceTicket(services, tgt, target('HTTP/localhost'));
    // Nor is what the first ticket told of the clock needed.
    await serviceTicket(services, { ...tgt, clockOffset: 0 }, target('HTTP/localhost'));
  });

  it('are refused for a service that is not there, with advice', async () => {
    const [services, tgt] = await loggedOn('alice');
    await assert.rejects(
      serviceTicket(services, tgt, target('HTTP/nowhere.example')),
      failsWith(SEC_E.TARGET_UNKNOWN, /knows no service HTTP\/nowhere\.example/),
    );
  });

  describe('for a changed password', () => {
    it('which is then the one that counts', async () => {
      const services = await servicesFor(kdc());
      const client = principal('changing@TEST.EXAMPLE');
      await changePassword(services, { client, oldPassword: 'pw-changing', newPassword: 'pw-chängед' });
      await login(services, { client, keys: passwordKeys('pw-chängед') });
      await assert.rejects(
        login(services, { client, keys: passwordKeys('pw-changing') }),
        failsWith(SEC_E.LOGON_DENIED),
      );
    });

    it('which the policy refuses, in words', async () => {
      const services = await servicesFor(kdc());
      const client = principal('changing@TEST.EXAMPLE');
      await assert.rejects(
        changePassword(services, { client, oldPassword: 'pw-chängед', newPassword: 'x' }),
        failsWith(SEC_E.LOGON_DENIED, /too short|at least 8/i),
      );
    });

    it('and not by a wrong old one', async () => {
      const services = await servicesFor(kdc());
      const change = { client: principal('bob@TEST.EXAMPLE'), oldPassword: 'wrong', newPassword: 'new-password' };
      await assert.rejects(changePassword(services, change), failsWith(SEC_E.LOGON_DENIED));
    });
  });
});

describe('Kerberos tickets across realms of MIT krb5', () => {
  requirePeer('mit-kdc');
  const trust = ['krbtgt/B.EXAMPLE@A.EXAMPLE', 'krbtgt/C.EXAMPLE@B.EXAMPLE'];
  const kdcOf = (realm: string, more: readonly string[] = []): Promise<MitKdc> =>
    MitKdc.start({
      realm,
      settings: '[capaths]\n A.EXAMPLE = {\n C.EXAMPLE = B.EXAMPLE\n }\n',
      domainRealms: { '.b.example': 'B.EXAMPLE', '.c.example': 'C.EXAMPLE' },
      commands: [...trust.filter(name => name.includes(realm)).map(name => `addprinc -pw trust ${name}`), ...more],
    });
  const a = usePeer(() => kdcOf('A.EXAMPLE'));
  const b = usePeer(() => kdcOf('B.EXAMPLE', ['addprinc -randkey HTTP/www.b.example']));
  const c = usePeer(() => kdcOf('C.EXAMPLE', ['addprinc -randkey HTTP/www.c.example']));

  const realms = (): string =>
    `[realms]\n${[a(), b(), c()].map(({ realm }) => `${realm.name} = {\nkdc = 127.0.0.1:${realm.kdcPort}\n}\n`).join('')}`;
  const alice = { client: principal('alice@A.EXAMPLE'), keys: passwordKeys('pw-alice') };
  const get = async (service: string, settings: string, realm?: string): Promise<Credentials> => {
    const services = await servicesFor(a(), { settings: `${realms()}${settings}` });
    return serviceTicket(services, await login(services, alice), { ...target(service), realm });
  };

  it('where krb5.conf knows the realm of the host', async () => {
    const { server, client } = await get('HTTP/www.b.example', '');
    assert.equal(textOf(server), 'HTTP/www.b.example@B.EXAMPLE');
    assert.equal(textOf(client), 'alice@A.EXAMPLE');
  });

  it('where the realm is said', async () => {
    const { server } = await get('HTTP/www.b.example', '[domain_realm]*\n', 'B.EXAMPLE');
    assert.equal(textOf(server), 'HTTP/www.b.example@B.EXAMPLE');
  });

  it('where only the KDC knows, by a referral', async () => {
    const { server } = await get('HTTP/www.b.example', '[domain_realm]*\n');
    assert.equal(textOf(server), 'HTTP/www.b.example@B.EXAMPLE');
    assert.match(a().log(), /ISSUE: .*alice@A\.EXAMPLE for krbtgt\/B\.EXAMPLE@A\.EXAMPLE/);
  });

  it('through a third one, by [capaths]', async () => {
    const { server } = await get('HTTP/www.c.example', '');
    assert.equal(textOf(server), 'HTTP/www.c.example@C.EXAMPLE');
  });

  it('not where nobody knows the service', async () => {
    await assert.rejects(get('HTTP/none.b.example', ''), failsWith(SEC_E.TARGET_UNKNOWN));
  });
});
