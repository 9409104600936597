import { ByteReader } from '../../../bytes/reader.js';
import type { ServiceRecord } from '../../environment/resolver.js';
import type { Endpoint } from '../../environment/transport.js';
import type { KdcServices } from './services.js';

/** A way to a KDC: a host and a port, or the URL of a proxy. */
export type KdcAddress =
  | { readonly kind: 'direct'; readonly protocols: readonly ('udp' | 'tcp')[]; readonly endpoint: Endpoint }
  | { readonly kind: 'proxy'; readonly url: string };

export type KdcService = 'kerberos' | 'kpasswd';

/** Servers that are tried for one request; a configuration or the DNS may name more. */
const MOST_SERVERS = 16;

const PORTS = { kerberos: 88, kpasswd: 464 } as const;
const BOTH = ['udp', 'tcp'] as const;

/**
 * The servers of a realm, in the order to try them: those of krb5.conf, or else those of the DNS (RFC 4120 7.2.3), if krb5.conf does not
 * forbid to ask it.
 */
export async function locateKdc(
  services: KdcServices,
  realm: string,
  service: KdcService,
  signal?: AbortSignal,
): Promise<KdcAddress[]> {
  const configured = configuredServers(services, realm, service);
  if (configured.length > 0) return configured.slice(0, MOST_SERVERS);
  if (!services.config.dnsLookupKdc || !isDomainName(realm)) return [];
  return (await dnsServers(services, realm, service, signal)).slice(0, MOST_SERVERS);
}

/** `host`, `host:port`, `[address]:port`; undefined for another text. */
export function parseServer(text: string, defaultPort: number): Endpoint | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]/]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3] ?? defaultPort);
  return host === undefined || port < 1 || port > 0xffff ? undefined : { host, port };
}

function configuredServers({ config }: KdcServices, realm: string, service: KdcService): KdcAddress[] {
  if (service === 'kerberos') return config.servers(realm, 'kdc').flatMap(text => addressOf(text, PORTS.kerberos));
  const own = config.servers(realm, 'kpasswd_server').flatMap(text => addressOf(text, PORTS.kpasswd));
  if (own.length > 0) return own;
  // The program that administers passwords listens there, too; what is written is the port of its other service.
  return config.servers(realm, 'admin_server').flatMap(text => addressOf(text.replace(/:\d+$/, ''), PORTS.kpasswd));
}

function addressOf(text: string, port: number): KdcAddress[] {
  if (/^https:\/\//i.test(text)) return [{ kind: 'proxy', url: text }];
  const [, protocol, rest = ''] = /^(?:(tcp|udp)\/)?(.*)$/.exec(text) ?? [];
  const endpoint = parseServer(rest, port);
  const protocols = protocol === 'tcp' || protocol === 'udp' ? ([protocol] as const) : BOTH;
  return endpoint ? [{ kind: 'direct', protocols, endpoint }] : [];
}

async function dnsServers(
  services: KdcServices,
  realm: string,
  service: KdcService,
  signal?: AbortSignal,
): Promise<KdcAddress[]> {
  const { resolver } = services.environment;
  const records = (protocol: string): Promise<ServiceRecord[]> =>
    resolver.serviceRecords(`_${service}._${protocol}.${realm}`, signal);
  const [udp, tcp] = await Promise.all([records('udp'), records('tcp')]);
  const found = new Map<string, Endpoint>();
  for (const { host, port } of inOrder([...tcp, ...udp], services)) {
    // A single dot says that the service is not there (RFC 2782).
    if (host !== '' && host !== '.') found.set(`${host}:${port}`, { host, port });
  }
  return [...found.values()].map(endpoint => ({ kind: 'direct', protocols: BOTH, endpoint }));
}

/** By priority, and among equals by chance according to weight (RFC 2782). */
function inOrder(records: readonly ServiceRecord[], { environment }: KdcServices): ServiceRecord[] {
  const chance = (weight: number): number => {
    const random = (new ByteReader(environment.randomBytes(4)).u32be() + 1) / 2 ** 32;
    return Math.log(random) / (weight + 0.01);
  };
  return records
    .map(record => ({ record, chance: chance(record.weight) }))
    .sort((a, b) => a.record.priority - b.record.priority || b.chance - a.chance)
    .map(({ record }) => record);
}

/** A realm that is no name of a domain is not asked for: it came from a user or a referral, and may be anything. */
function isDomainName(realm: string): boolean {
  return /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/.test(realm) && realm.includes('.');
}
