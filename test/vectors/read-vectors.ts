import { readFileSync } from 'node:fs';

/** A file of published vectors from test/vectors, by its name without `.json`; the file names its source. */
export function readVectors<T>(name: string): T {
  // Seen from build/test/vectors.
  return JSON.parse(readFileSync(new URL(`../../../test/vectors/${name}.json`, import.meta.url), 'utf8'));
}
