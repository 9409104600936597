import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { changePassword } from '#dist/engine/kerberos/kdc/change-password.js';
import { keytabKeys, passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import type { Credentials } from '#dist/engine/kerberos/kdc/credentials.js';
import { mayBePassedOn, ticketForUser, ticketOnBehalf } from '#dist/engine/kerberos/kdc/s4u.js';
import { serviceTicket } from '#dist/engine/kerberos/kdc/service-ticket.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { formatPrincipal, type Principal } from '#dist/engine/kerberos/names/principal.js';
import { SEC_E } from '#dist/sspi/status.js';
import { failsWith } from '../fails-with.js';
import { principal, servicesFor } from '../kdc-services.js';
import { type Domain, SERVICES } from './domain.js';

const ALICE = principal('alice@AD.EXAMPLE');
const textOf = ({ name, realm }: Principal): string => formatPrincipal(name, realm);
const service = (text: string) => principal(`${text}@AD.EXAMPLE`, NAME_TYPE.SRV_INST).name;

/** Tickets of the domain controller's KDC, by our functions for them. */
export function describeTickets(domain: () => Domain): void {
  const services = () => servicesFor({ config: domain().krb5Config });
  const loggedOn = async (client: Principal, password: string) => {
    const kdc = await services();
    return { kdc, tgt: await login(kdc, { client, keys: passwordKeys(password) }) };
  };

  describe('logon', () => {
    it('with a password', async () => {
      const { kdc, tgt } = await loggedOn(ALICE, 'pw-alice');
      assert.equal(textOf(tgt.client), 'alice@AD.EXAMPLE');
      const { client, server } = await serviceTicket(kdc, tgt, { name: service(SERVICES.web) });
      assert.deepEqual([textOf(client), textOf(server)], ['alice@AD.EXAMPLE', `${SERVICES.web}@AD.EXAMPLE`]);
    });

    it('by the name of user principals, which is that of another account', async () => {
      const name = { type: NAME_TYPE.ENTERPRISE, components: ['erika.mustermann@corp.example'] };
      const { tgt } = await loggedOn({ name, realm: 'AD.EXAMPLE' }, 'pw-erika');
      assert.equal(textOf(tgt.client), 'erika@AD.EXAMPLE');
    });

    it('with the short name of the domain, in any case of the letters', async () => {
      const kdc = await services();
      const request = { keys: passwordKeys('pw-alice'), askRealm: 'AD.EXAMPLE' };
      const tgt = await login(kdc, { client: principal('Alice@ADEX'), ...request });
      assert.equal(textOf(tgt.client), 'alice@AD.EXAMPLE');
      assert.equal(textOf(tgt.server), 'krbtgt/AD.EXAMPLE@AD.EXAMPLE');
    });

    it('not with a wrong password, and not of a user that is not there', async () => {
      await assert.rejects(loggedOn(ALICE, 'wrong'), failsWith(SEC_E.LOGON_DENIED, /password/));
      await assert.rejects(loggedOn(principal('nobody@AD.EXAMPLE'), 'x'), failsWith(SEC_E.LOGON_DENIED));
    });

    it('with names in another case: directories do not mind', async () => {
      const { kdc, tgt } = await loggedOn(principal('ALICE@AD.EXAMPLE'), 'pw-alice');
      const { server } = await serviceTicket(kdc, tgt, { name: service('http/WEB.Ad.Example') });
      assert.equal(textOf(server).toLowerCase(), `${SERVICES.web}@ad.example`.toLowerCase());
    });

    it('with a keytab', async () => {
      const keys = keytabKeys(Keytab.parse(readFileSync(domain().keytab)));
      const tgt = await login(await services(), { client: principal('websvc@AD.EXAMPLE'), keys });
      assert.equal(textOf(tgt.client), 'websvc@AD.EXAMPLE');
    });

    it('with FAST', async () => {
      const { kdc, tgt: armor } = await loggedOn(principal('bob@AD.EXAMPLE'), 'pw-bob');
      const tgt = await login(kdc, { client: ALICE, keys: passwordKeys('pw-alice'), armor });
      assert.equal(tgt.fast, true);
    });

    it('and a service that is not there', async () => {
      const { kdc, tgt } = await loggedOn(ALICE, 'pw-alice');
      const nowhere = serviceTicket(kdc, tgt, { name: service('HTTP/nowhere.ad.example') });
      await assert.rejects(nowhere, failsWith(SEC_E.TARGET_UNKNOWN));
    });
  });

  describe('a new password', () => {
    it('counts from then on', async () => {
      const client = principal('carol@AD.EXAMPLE');
      await changePassword(await services(), { client, oldPassword: 'pw-carol', newPassword: 'Neues-Paßwort 2' });
      await loggedOn(client, 'Neues-Paßwort 2');
      await assert.rejects(loggedOn(client, 'pw-carol'), failsWith(SEC_E.LOGON_DENIED));
    });

    it('that is too short is refused', async () => {
      const change = { client: ALICE, oldPassword: 'pw-alice', newPassword: 'x' };
      await assert.rejects(changePassword(await services(), change), failsWith(SEC_E.LOGON_DENIED, /4|short/i));
    });
  });

  describe('S4U', () => {
    const web = () => loggedOn(principal('websvc@AD.EXAMPLE'), 'pw-websvc');
    const aliceAt = async (server: string): Promise<Credentials> => {
      const { kdc, tgt } = await loggedOn(ALICE, 'pw-alice');
      return serviceTicket(kdc, tgt, { name: service(server) });
    };

    it('S4U2Self: a ticket of a user who is not there', async () => {
      const { kdc, tgt } = await web();
      const ticket = await ticketForUser(kdc, tgt, tgt.client.name, ALICE);
      assert.equal(textOf(ticket.client), 'alice@AD.EXAMPLE');
      assert.ok(mayBePassedOn(ticket));
      const plain = await login(kdc, {
        client: tgt.client,
        keys: passwordKeys('pw-websvc'),
        options: { forwardable: false },
      });
      assert.ok(!mayBePassedOn(await ticketForUser(kdc, plain, plain.client.name, ALICE)));
      const nobody = ticketForUser(kdc, tgt, tgt.client.name, principal('nobody@AD.EXAMPLE'));
      await assert.rejects(nobody, failsWith(SEC_E.LOGON_DENIED));
    });

    it('S4U2Self: of a service that the domain does not trust it is not forwardable', async () => {
      const { kdc, tgt } = await loggedOn(principal('backsvc@AD.EXAMPLE'), 'pw-backsvc');
      assert.ok(!mayBePassedOn(await ticketForUser(kdc, tgt, tgt.client.name, ALICE)));
    });

    it('S4U2Proxy: to the service that the domain allows, with a ticket that the user brought', async () => {
      const { kdc, tgt } = await web();
      const onward = await ticketOnBehalf(kdc, tgt, await aliceAt(SERVICES.web), service(SERVICES.back));
      assert.deepEqual(
        [textOf(onward.client), textOf(onward.server)],
        ['alice@AD.EXAMPLE', `${SERVICES.back}@AD.EXAMPLE`],
      );
    });

    it('S4U2Proxy: the same with a ticket of S4U2Self', async () => {
      const { kdc, tgt } = await web();
      const own = await ticketForUser(kdc, tgt, tgt.client.name, ALICE);
      const onward = await ticketOnBehalf(kdc, tgt, own, service(SERVICES.back));
      assert.equal(textOf(onward.client), 'alice@AD.EXAMPLE');
    });

    it('S4U2Proxy: to no other service', async () => {
      const { kdc, tgt } = await web();
      const onward = ticketOnBehalf(kdc, tgt, await aliceAt(SERVICES.web), service(SERVICES.rc4));
      await assert.rejects(onward, failsWith(SEC_E.DELEGATION_REQUIRED));
    });

    it('S4U2Proxy: as the service itself allows (resource-based), where the KDC can', async function () {
      const { kdc, tgt } = await web();
      const onward = ticketOnBehalf(kdc, tgt, await aliceAt(SERVICES.web), service(SERVICES.resource));
      const outcome = await onward.catch((error: unknown) => error);
      if (!(outcome instanceof Error)) return assert.equal(textOf((await onward).client), 'alice@AD.EXAMPLE');
      failsWith(SEC_E.DELEGATION_REQUIRED)(outcome);
      // Samba 4.17's release notes: "the default (Heimdal-based) KDC does not support RBCD yet".
      console.warn('      SKIPPED, the KDC of this Samba has no resource-based delegation');
      this.skip();
    });
  });
}
