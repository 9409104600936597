import assert from 'node:assert/strict';
import { NodeResolver } from '#dist/engine/environment/node-resolver.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { locateKdc } from '#dist/engine/kerberos/kdc/locate-kdc.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { DnsServer } from '../../peers/krb5/dns-server.js';
import { KdcProxy } from '../../peers/krb5/kdc-proxy.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { freePort } from '../../peers/run/port.js';
import { principal, servicesFor } from './kdc-services.js';

const alice = { client: principal('alice@TEST.EXAMPLE'), keys: passwordKeys('pw-alice') };
const unreachable = (pattern: RegExp) => (error: unknown) =>
  error instanceof PackageError && error.status === SEC_E.NO_AUTHENTICATING_AUTHORITY && pattern.test(error.message);

describe('Kerberos servers in the DNS', () => {
  requirePeer('mit-kdc', 'dnsmasq');
  const kdc = usePeer(() => MitKdc.start());
  const dns = usePeer(async () => {
    const { kdcPort: port } = kdc().realm;
    const dead = await freePort();
    const kerberos = '_kerberos._tcp.test.example';
    return DnsServer.start([
      { name: kerberos, target: 'localhost', port, priority: 20 },
      { name: kerberos, target: 'localhost', port: dead, priority: 10 },
      { name: '_kerberos._udp.test.example', target: 'localhost', port, priority: 20 },
      { name: '_kerberos._tcp.many.example', target: 'a.many.example', port: 88, priority: 1, weight: 1 },
      { name: '_kerberos._tcp.many.example', target: 'b.many.example', port: 88, priority: 1, weight: 0 },
      { name: '_kerberos._tcp.many.example', target: 'c.many.example', port: 88, priority: 0, weight: 9 },
    ]);
  });
  const services = (settings = '[libdefaults]\ndns_lookup_kdc = true\n[realms]*\n') =>
    servicesFor(kdc(), { settings, resolver: new NodeResolver([dns().address]) });

  it('are found, and the next is asked where the first is down', async () => {
    const credentials = await login(await services(), alice);
    assert.ok(credentials.endtime > Date.now());
    assert.match(dns().log(), /_kerberos\._tcp\.TEST\.EXAMPLE/i);
  });

  it('are in order of their priority', async () => {
    const found = await locateKdc(await services(), 'MANY.EXAMPLE', 'kerberos');
    const hosts = found.map(address => (address.kind === 'direct' ? address.endpoint.host : ''));
    assert.equal(hosts[0], 'c.many.example');
    assert.deepEqual(hosts.slice(1).sort(), ['a.many.example', 'b.many.example']);
  });

  it('are not asked for where krb5.conf forbids it, or has servers', async () => {
    const forbidden = await services('[realms]*\n[libdefaults]\ndns_lookup_kdc = false\n');
    assert.deepEqual(await locateKdc(forbidden, 'MANY.EXAMPLE', 'kerberos'), []);
    const own = await services(
      '[libdefaults]\ndns_lookup_kdc = true\n[realms]\nMANY.EXAMPLE = {\nkdc = tcp/[::1]:99\nkdc = nonsense:\n}\n',
    );
    assert.deepEqual(await locateKdc(own, 'MANY.EXAMPLE', 'kerberos'), [
      { kind: 'direct', protocols: ['tcp'], endpoint: { host: '::1', port: 99 } },
    ]);
  });

  it('are none where there are none, or the realm is no domain', async () => {
    for (const realm of ['NONE.EXAMPLE', 'LOCAL', 'a b.example', '../x.example', '']) {
      assert.deepEqual(await locateKdc(await services(), realm, 'kerberos'), [], realm);
    }
  });
});

describe('Kerberos through a KDC proxy', () => {
  requirePeer('mit-kdc', 'kdc-proxy');
  const kdc = usePeer(() => MitKdc.start());
  const proxy = usePeer(() => KdcProxy.start(kdc()));
  const settings = (anchors: string): string => `[realms]\nTEST.EXAMPLE* = {\nkdc = ${proxy().url}\n${anchors}}\n`;

  it('over HTTPS', async () => {
    const services = await servicesFor(kdc(), { settings: settings(`http_anchors = FILE:${proxy().anchor}\n`) });
    const credentials = await login(services, alice);
    assert.equal(credentials.client.realm, 'TEST.EXAMPLE');
    assert.match(proxy().log(), /POST \/KdcProxy HTTP\/1\.1" 200/);
  });

  it('not where its certificate is not trusted', async () => {
    await assert.rejects(
      login(await servicesFor(kdc(), { settings: settings('') }), alice),
      unreachable(/certificate/),
    );
  });
});
