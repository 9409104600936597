/**
 * Runs mocha test files inside node.exe: `node.exe guest.js RECORDS FILE...`. Writes what happens to the file RECORDS as
 * it happens, so that the host knows which test was running when the process was lost.
 */
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { Record } from './records.js';

const [records = '', ...files] = process.argv.slice(2);
const write = (record: Record): void => appendFileSync(records, `${JSON.stringify(record)}\n`);

const mocha = new Mocha({ timeout: 60_000, forbidOnly: true, reporter: 'spec', color: false });
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();

const runner = mocha.run(failures => {
  write({ kind: 'done', failures });
  process.exitCode = failures === 0 ? 0 : 1;
});
runner.on('test', test => write({ kind: 'start', title: test.fullTitle() }));
runner.on('pass', test => write({ kind: 'end', title: test.fullTitle(), outcome: 'passed' }));
runner.on('pending', test => write({ kind: 'end', title: test.fullTitle(), outcome: 'pending' }));
runner.on('fail', (test, error: Error) => {
  write({ kind: 'end', title: test.fullTitle(), outcome: 'failed', error: error.stack ?? String(error) });
});
