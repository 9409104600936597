import { SEC_E } from '../../../sspi/status.js';
import type { ExchangeOptions } from '../../environment/transport.js';
import { PackageError } from '../../package-error.js';
import { type KdcAddress, locateKdc } from './locate-kdc.js';
import type { KdcServices } from './services.js';

/** Milliseconds: a server that changes a password may take its time. */
const PATIENCE = 15_000;

/** Milliseconds for all servers together. */
const ALL_SERVERS = 45_000;
const LONGEST_REPLY = 0xffff;

/**
 * Sends a request of RFC 3244 to a password server of the realm. The next one is asked where the one before did not answer; should that
 * have made the change nevertheless, the second sets the same password.
 *
 * Throws SEC_E_NO_AUTHENTICATING_AUTHORITY.
 */
export async function sendToPasswordServer(
  services: KdcServices,
  realm: string,
  request: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const failures: string[] = [];
  const deadline = services.clock.now() + ALL_SERVERS;
  for (const address of await locateKdc(services, realm, 'kpasswd', signal)) {
    const timeout = Math.min(PATIENCE, deadline - services.clock.now());
    if (timeout <= 0) break;
    try {
      return await send(services, address, request, { timeout, maxLength: LONGEST_REPLY, signal });
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  const why = failures.join('; ') || 'neither krb5.conf nor the DNS names one';
  throw new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, `no password server of ${realm} answers: ${why}`, {
    hint: `Name it in krb5.conf ([realms] ${realm} = { kpasswd_server = host }) or in the DNS, and see that port 464 can be reached.`,
  });
}

function send(
  { environment }: KdcServices,
  address: KdcAddress,
  request: Uint8Array,
  options: ExchangeOptions,
): Promise<Uint8Array> {
  if (address.kind === 'proxy') return Promise.reject(new Error('a KDC proxy does not change passwords here'));
  return environment.transport.tcp(address.endpoint, request, options);
}
