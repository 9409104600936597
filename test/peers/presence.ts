import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type PackageEntry, PEERS, type PeerName } from './packages.js';

/** Servers stand in folders that an ordinary user's PATH leaves out on Debian. */
const SEARCH_PATH: readonly string[] = [
  ...(process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== ''),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
];

/** The absolute name of a command. Throws when it is not installed. */
export function findCommand(name: string): string {
  if (name.startsWith('/')) return name;
  const found = lookUp(name);
  if (found === undefined) throw new Error(`${name} is not installed; "npm test" installs what the tests need`);
  return found;
}

/** Whether a proof of `packages.ts` holds on this machine. */
export function isPresent(proof: string): boolean {
  return proof.split('|').some(isThere);
}

function isThere(proof: string): boolean {
  if (!proof.startsWith('/')) return lookUp(proof) !== undefined;
  const star = proof.indexOf('/*/');
  if (star < 0) return existsSync(proof);
  const folder = proof.slice(0, star);
  return existsSync(folder) && readdirSync(folder).some(name => existsSync(join(folder, name, proof.slice(star + 3))));
}

/** The packages that these peers lack here, each once. */
export function missingPackages(peers: readonly PeerName[]): PackageEntry[] {
  const wanted = new Set(peers.flatMap(peer => PEERS[peer].packages));
  return [...wanted].filter(entry => !entry.proofs.every(isPresent));
}

function lookUp(command: string): string | undefined {
  return SEARCH_PATH.map(folder => join(folder, command)).find(file => existsSync(file));
}
