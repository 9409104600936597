import type { Work } from '../measure.js';
import { closePair, prepareLogon } from './kerberos-pair.js';

const BATCH = 128;

/** Whole AP exchanges with mutual authentication. */
export async function createWork(enctype: string): Promise<Work> {
  const logOn = await prepareLogon(enctype);
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await closePair(await logOn());
    },
  };
}
