import { join } from 'node:path';
import { PROJECT_ROOT } from '../../peers/paths.js';

/** Everything the harness makes: prefixes, records, builds of the addon. */
export const WINE_ROOT: string = join(PROJECT_ROOT, 'build', 'wine');

/** Downloads, kept where `npm run clean` leaves them. */
export const CACHE_ROOT: string = join(PROJECT_ROOT, 'node_modules', '.cache', 'secur32');

/** The name under which Wine shows a file of the Unix side: drive Z: is the root folder. */
export function toWindowsPath(file: string): string {
  return `Z:${file.replaceAll('/', '\\')}`;
}
