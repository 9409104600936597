// Waits for nothing but one call: a call that somebody awaits keeps the process alive. Ends with 9.
import process from 'node:process';
import { auditedTable } from '../tables.js';

await auditedTable().enumerateSecurityPackages();
process.exitCode = 9;
