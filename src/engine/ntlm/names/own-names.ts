import type { HostNames } from '../../environment.js';

/** Whether a client that asks for `targetName` (an SPN, or a host's name) means the machine that it runs on. */
export function isOwnTarget(targetName: string, host: HostNames, moreNames: readonly string[]): boolean {
  const name = hostOf(targetName).toLowerCase();
  if (LOOPBACK_NAMES.has(name) || name.startsWith('127.')) return true;
  return [host.netbiosName, host.dnsName, ...moreNames].some(own => own !== '' && own.toLowerCase() === name);
}

/** `host` of `service/host:port/name`, of `host:port` and of an address in brackets. */
function hostOf(targetName: string): string {
  const parts = targetName.split('/');
  const instance = parts[1] ?? targetName;
  const end = instance.startsWith('[') ? instance.indexOf(']') + 1 : instance.indexOf(':');
  return end > 0 ? instance.slice(0, end) : instance;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '[::1]', '::1']);
