import { promises as dns } from 'node:dns';
import type { Resolver, ServiceRecord } from './resolver.js';

/** Codes that mean that there is no such record. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

/** The DNS as the system is set up for it. */
export class NodeResolver implements Resolver {
  readonly #servers: readonly string[] | undefined;

  /** @param servers `address` or `address:port`, instead of the system's. */
  constructor(servers?: readonly string[]) {
    this.#servers = servers;
  }

  async serviceRecords(name: string, signal?: AbortSignal): Promise<ServiceRecord[]> {
    signal?.throwIfAborted();
    const resolver = new dns.Resolver({ timeout: 2000, tries: 2 });
    if (this.#servers) resolver.setServers(this.#servers);
    const cancel = (): void => resolver.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const records = await resolver.resolveSrv(name);
      return records.map(({ name: host, port, priority, weight }) => ({ host, port, priority, weight }));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return [];
      throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}
