/** Draws docs/handshake.svg anew: `npm run picture`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../peers/paths.js';
import { drawHandshake, HANDSHAKE_PATH } from './handshake.js';

writeFileSync(join(PROJECT_ROOT, HANDSHAKE_PATH), await drawHandshake());
