import { decodeLatin1 } from '../../bytes/text.js';

/**
 * The challenges that servers of this process have given and no client has answered. A client that is asked to answer one of them talks to
 * its own process, and unless that is what it meant to do, somebody reflects its logon.
 */
const outstanding = new Set<string>();

export function addOutstanding(challenge: Uint8Array): void {
  outstanding.add(keyOf(challenge));
}

export function removeOutstanding(challenge: Uint8Array): void {
  outstanding.delete(keyOf(challenge));
}

export function isOutstanding(challenge: Uint8Array): boolean {
  return outstanding.has(keyOf(challenge));
}

function keyOf(challenge: Uint8Array): string {
  return decodeLatin1(challenge);
}
