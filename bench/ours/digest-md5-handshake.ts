import type { Work } from '../measure.js';
import { closePair, prepareLogon } from './digest-md5-pair.js';

const BATCH = 16;

/** Whole DIGEST-MD5 logons with one qop. */
export async function createWork(qop: string): Promise<Work> {
  const logOn = await prepareLogon(qop);
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await closePair(await logOn());
    },
  };
}
