import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// This module runs from build/bench/ours.
export function tlsFile(name: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/tls/${name}`, import.meta.url));
}

export function tlsText(name: string): string {
  return readFileSync(tlsFile(name), 'utf8');
}
