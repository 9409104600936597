import assert from 'node:assert/strict';
import type { Transport } from '#dist/engine/environment/transport.js';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { readProfile } from '#dist/engine/kerberos/config/load-profile.js';
import { KRB_ERROR } from '#dist/engine/kerberos/constants/error-code.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { clientIdentity } from '#dist/engine/kerberos/kdc/client-identity.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { KerberosClock } from '#dist/engine/kerberos/kdc/kerberos-clock.js';
import { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { TicketSource } from '#dist/engine/kerberos/kdc/ticket-source.js';
import { encodeEtypeInfo2 } from '#dist/engine/kerberos/messages/etype-info.js';
import { encodeKrbError, type KrbErrorMessage } from '#dist/engine/kerberos/messages/krb-error.js';
import { encodeMethodData } from '#dist/engine/kerberos/messages/pa-data.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { freePort } from '../../../peers/run/port.js';

const NOW = Date.UTC(2030, 0, 1);
const alice = {
  client: { name: { type: 1, components: ['alice'] }, realm: 'R.EXAMPLE' },
  keys: passwordKeys('secret'),
};

/** Services whose KDC answers as `answer` says; counts its requests. */
async function servicesWith(
  answer: (count: number, protocol: 'udp' | 'tcp') => Uint8Array | Error,
  settings = '',
): Promise<{ services: KdcServices; requests: () => string[] }> {
  const requests: string[] = [];
  const send =
    (protocol: 'udp' | 'tcp'): Transport['udp'] =>
    async server => {
      requests.push(`${protocol}:${server.port}`);
      const reply = answer(requests.length - 1, protocol);
      if (reply instanceof Error) throw reply;
      return reply;
    };
  const realms = Array.from({ length: 9 }, (_, index) => `R${index === 0 ? '' : index}.EXAMPLE`);
  const text = `${settings}\n[realms]\n${realms.map(realm => `${realm} = {\nkdc = kdc:88\n}\n`).join('')}`;
  const environment = nodeEnvironment({
    now: () => NOW,
    resolver: { serviceRecords: async () => [] },
    transport: { udp: send('udp'), tcp: send('tcp'), https: () => Promise.reject(new Error('no')) },
  });
  const access = { variables: {}, readFile: async () => new TextEncoder().encode(text), readDirectory: async () => [] };
  const config = new Krb5Config(await readProfile(['/c'], access));
  return { services: new KdcServices({ environment, config }), requests: () => requests };
}

const krbError = (errorCode: number, more: Partial<KrbErrorMessage> = {}): Uint8Array =>
  encodeKrbError({
    stime: NOW,
    susec: 0,
    errorCode,
    realm: 'R.EXAMPLE',
    sname: { type: 2, components: ['krbtgt', 'R.EXAMPLE'] },
    ...more,
  });
const preauthRequired = krbError(KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED, {
  eData: encodeMethodData([
    { type: 19, value: encodeEtypeInfo2([{ etype: 18 }]) },
    { type: 2, value: new Uint8Array(0) },
  ]),
});

const failsWith =
  (status: number, message = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PackageError, String(error));
    assert.equal(error.status.toString(16), status.toString(16), error.message);
    assert.match(error.message, message);
    return true;
  };

describe('Kerberos with a KDC that is not well', () => {
  it('that is down: each server is tried a few times by UDP and TCP', async () => {
    const { services, requests } = await servicesWith(() => new Error('nobody there'));
    await assert.rejects(login(services, alice), failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY, /nobody there/));
    assert.deepEqual(requests(), ['udp:88', 'tcp:88', 'udp:88', 'tcp:88', 'udp:88', 'tcp:88']);
  });

  it('that does not listen: nobody waits for it', async () => {
    const port = await freePort();
    const environment = nodeEnvironment();
    const text = `[realms]\nR.EXAMPLE = {\nkdc = 127.0.0.1:${port}\nkdc = [::1]:${port}\n}\n`;
    const access = {
      variables: {},
      readFile: async () => new TextEncoder().encode(text),
      readDirectory: async () => [],
    };
    const config = new Krb5Config(await readProfile(['/c'], access));
    const refused = /127\.0\.0\.1:\d+ \(connection refused\)/;
    await assert.rejects(
      login(new KdcServices({ environment, config }), alice),
      failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY, refused),
    );
  });

  it('that says nothing: its requests have an end, and all of them together', async () => {
    let now = 0;
    const timeouts: number[] = [];
    const silent: Transport['udp'] = async (_, __, { timeout }) => {
      timeouts.push(timeout);
      now += timeout;
      throw new Error(`no answer within ${timeout} ms`);
    };
    const servers = Array.from({ length: 20 }, (_, n) => `kdc = kdc${n}\n`).join('');
    const text = `[realms]\nR.EXAMPLE = {\n${servers}}\n`;
    const access = {
      variables: {},
      readFile: async () => new TextEncoder().encode(text),
      readDirectory: async () => [],
    };
    const config = new Krb5Config(await readProfile(['/c'], access));
    const transport = { udp: silent, tcp: silent, https: () => Promise.reject(new Error('no')) };
    const services = new KdcServices({ environment: nodeEnvironment({ now: () => now, transport }), config });
    await assert.rejects(login(services, alice), failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY, /and 11 more/));
    assert.equal(now, 30_000);
    assert.ok(timeouts.every(timeout => timeout > 0 && timeout <= 1000));
  });

  it('that says nothing, to clients that give up: the last of them ends the request', async () => {
    const aborted: unknown[] = [];
    const hang: Transport['udp'] = (_, __, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          aborted.push(signal.reason);
          reject(signal.reason);
        });
      });
    const { services } = await servicesWith(() => new Error('no'));
    const transport = { udp: hang, tcp: hang, https: () => Promise.reject(new Error('no')) };
    const environment = nodeEnvironment({ now: () => NOW, transport });
    const slow = new KdcServices({ environment, config: services.config });
    const identity = await clientIdentity(slow, {
      kind: 'password',
      user: 'alice',
      domain: 'R.EXAMPLE',
      password: 'secret',
    });
    const source = new TicketSource(slow, identity);
    const [one, other] = [new AbortController(), new AbortController()];
    const target = { name: { type: 2, components: ['HTTP', 'www.example.com'] } };
    const first = source.serviceTicket(target, one.signal);
    const second = source.serviceTicket(target, other.signal);
    one.abort(new Error('one'));
    await assert.rejects(first, /one/);
    assert.deepEqual(aborted, []);
    other.abort(new Error('other'));
    await assert.rejects(second, /other/);
    assert.deepEqual(aborted.map(String), ['Error: other']);
    // Nothing of it is left: the next one asks anew.
    const third = new AbortController();
    const again = source.serviceTicket(target, third.signal);
    third.abort(new Error('third'));
    await assert.rejects(again, /third/);
  });

  for (const [what, bytes] of [
    ['nothing', ''],
    ['HTTP', '485454502f312e3120343030'],
    ['zeros', '0000000000000000'],
    ['half a KRB-ERROR', Buffer.from(preauthRequired.subarray(0, 30)).toString('hex')],
  ] as const) {
    it(`that answers ${what}`, async () => {
      const { services, requests } = await servicesWith(() => Buffer.from(bytes, 'hex'));
      await assert.rejects(login(services, alice), failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY));
      assert.equal(requests().length, 6);
    });
  }

  it('that answers garbage in the form of a reply', async () => {
    const { services } = await servicesWith(() => Uint8Array.of(0x6b, 3, 0x30, 1, 0));
    await assert.rejects(login(services, alice), failsWith(SEC_E.INVALID_TOKEN, /AS-REP is malformed/));
  });

  it('whose replies never fit', async () => {
    const { services, requests } = await servicesWith(() => krbError(KRB_ERROR.KRB_ERR_RESPONSE_TOO_BIG));
    await assert.rejects(login(services, alice), failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY));
    assert.equal(requests().length, 6);
  });

  it('whose reply fits into TCP', async () => {
    const { services, requests } = await servicesWith((_, protocol) =>
      krbError(protocol === 'udp' ? KRB_ERROR.KRB_ERR_RESPONSE_TOO_BIG : KRB_ERROR.KDC_ERR_C_PRINCIPAL_UNKNOWN),
    );
    await assert.rejects(login(services, alice), failsWith(SEC_E.LOGON_DENIED));
    assert.deepEqual(requests(), ['udp:88', 'tcp:88']);
  });

  it('that cannot serve: another may', async () => {
    const { services } = await servicesWith(count =>
      krbError(count === 0 ? KRB_ERROR.KDC_ERR_SVC_UNAVAILABLE : KRB_ERROR.KDC_ERR_CLIENT_REVOKED),
    );
    await assert.rejects(login(services, alice), failsWith(SEC_E.LOGON_DENIED));
  });

  it('that wants proof, and wants it again', async () => {
    const { services, requests } = await servicesWith(() => preauthRequired);
    await assert.rejects(login(services, alice), failsWith(SEC_E.UNSUPPORTED_PREAUTH));
    assert.equal(requests().length, 2);
  });

  it('whose clock runs away', async () => {
    const { services, requests } = await servicesWith(count =>
      krbError(KRB_ERROR.KRB_AP_ERR_SKEW, { stime: NOW + count * 3_600_000 }),
    );
    await assert.rejects(login(services, alice), failsWith(SEC_E.TIME_SKEW));
    assert.equal(requests().length, 2);
  });

  it('that lets proofs expire', async () => {
    const { services, requests } = await servicesWith(count =>
      count % 2 === 0 ? preauthRequired : krbError(KRB_ERROR.KDC_ERR_PREAUTH_EXPIRED),
    );
    await assert.rejects(login(services, alice), failsWith(SEC_E.KDC_INVALID_REQUEST));
    assert.equal(requests().length, 4);
  });

  it('that refers on and on', async () => {
    const { services, requests } = await servicesWith(count =>
      krbError(KRB_ERROR.KDC_ERR_WRONG_REALM, { crealm: `R${(count % 8) + 1}.EXAMPLE` }),
    );
    await assert.rejects(login(services, alice), failsWith(SEC_E.MAX_REFERRALS_EXCEEDED));
    assert.equal(requests().length, 6);
  });

  it('that refers to itself, or to nowhere', async () => {
    for (const crealm of ['R.EXAMPLE', '', undefined]) {
      const { services, requests } = await servicesWith(() => krbError(KRB_ERROR.KDC_ERR_WRONG_REALM, { crealm }));
      await assert.rejects(login(services, alice), failsWith(SEC_E.KDC_UNABLE_TO_REFER));
      assert.equal(requests().length, 1);
    }
  });

  it('whose text is made to look like something else', async () => {
    const eText = `${'x'.repeat(5000)}\n\u001b[2J`;
    const { services } = await servicesWith(() => krbError(KRB_ERROR.KRB_ERR_GENERIC, { eText }));
    await assert.rejects(login(services, alice), (error: unknown) => {
      assert.ok(error instanceof PackageError);
      assert.ok(error.message.length < 400);
      assert.ok(!error.message.includes('\n') && !error.message.includes('\u001b'));
      return true;
    });
  });

  it('of the default realm is asked who a domain with a short name is', async () => {
    const { services, requests } = await servicesWith(
      () => krbError(KRB_ERROR.KDC_ERR_C_PRINCIPAL_UNKNOWN),
      '[libdefaults]\ndefault_realm = R.EXAMPLE\n',
    );
    for (const domain of ['short', 'unknown.example']) {
      const identity = await clientIdentity(services, { kind: 'password', user: 'alice', domain, password: 'secret' });
      assert.equal(identity.client.realm, domain.toUpperCase());
      const text =
        domain === 'short' ? /R\.EXAMPLE knows no domain SHORT, or no user alice/ : /no KDC of UNKNOWN\.EXAMPLE/;
      const refused = failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY, text);
      await assert.rejects(new TicketSource(services, identity).ticketGrantingTicket(), refused);
    }
    assert.equal(requests().length, 1);
  });

  describe('or a clock', () => {
    it('never gives the same time twice, nor one of the past', () => {
      const clock = new KerberosClock({ now: () => NOW });
      const stamps = Array.from({ length: 5000 }, () => clock.stamp());
      const micros = stamps.map(({ time, usec }) => time * 1000 + usec);
      assert.equal(new Set(micros).size, 5000);
      assert.deepEqual(
        micros,
        micros.toSorted((a, b) => a - b),
      );
      assert.ok(stamps.every(({ time, usec }) => time % 1000 === 0 && usec >= 0 && usec < 1_000_000));
      assert.deepEqual(clock.stamp(3_600_000).time, NOW + 3_600_000);
    });
  });
});
