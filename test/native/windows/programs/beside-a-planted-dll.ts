// Uses the addon as it is shipped while another secur32.dll lies beside node.exe. Prints which functions that one was called for.
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { Audit } from '../audit.js';
import { releaseTable } from '../tables.js';

const packages = await releaseTable().enumerateSecurityPackages();
if (packages.length === 0) throw new Error('there are no packages');
const module: { exports: Partial<Audit> } = { exports: {} };
process.dlopen(module, join(dirname(process.execPath), 'secur32.dll'));
process.stdout.write(JSON.stringify(Object.keys((module.exports as Audit).calls())));
