#!/usr/bin/env node
import process from 'node:process';
import { runProgram } from './run.js';
import { openTerminal } from './terminal.js';

const ended = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());

// The reader of a pipe may leave early (`secur32 packages | head -1`): that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), {
  out: openTerminal(process.stdout, process.env),
  errors: openTerminal(process.stderr, process.env),
  variables: process.env,
  signal: ended.signal,
});
