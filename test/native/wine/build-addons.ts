/** `node build/test/native/wine/build-addons.js x64`: builds what the suites run on, without running them. */
import { buildAddons } from './addon-builds.js';

const architecture = process.argv[2];
if (architecture !== 'x64' && architecture !== 'ia32') throw new Error('for which architecture: x64 or ia32?');
console.log(await buildAddons(architecture));
