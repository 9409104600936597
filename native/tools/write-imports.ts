/** `npm run build:imports`: writes native/mingw/node_imports.c anew. */
import { writeFileSync } from 'node:fs';
import { NODE_IMPORTS, nodeImportsSource } from './node-imports.js';

writeFileSync(NODE_IMPORTS, nodeImportsSource());
