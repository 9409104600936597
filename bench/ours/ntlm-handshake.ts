import type { Work } from '../measure.js';
import { closePair, prepareLogon } from './ntlm-pair.js';

const BATCH = 128;

/** Whole NTLMv2 logons. */
export async function createWork(): Promise<Work> {
  const logOn = await prepareLogon();
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await closePair(await logOn());
    },
  };
}
