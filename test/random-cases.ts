/**
 * The cases that fast-check makes up. They are the same in every run, so that a change is judged by what it changes;
 * `SECUR32_SEED=random` looks at others, and a number at those that a failure has named.
 */
import process from 'node:process';
import fc from 'fast-check';

const SEED = 20_261_120;

const wanted = process.env['SECUR32_SEED'] ?? String(SEED);

if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf(wanted) });

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed)) return seed;
  throw new TypeError(`SECUR32_SEED is ${JSON.stringify(text)}: give it a whole number, or random`);
}
