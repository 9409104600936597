import type { Work } from '../measure.js';
import { type SchannelPair, schannel } from './schannel-pair.js';

const BATCH = 10;

/** Connections that stand and wait, a context at each end of each. */
export async function createWork(version: string, certificate: string): Promise<Work> {
  const { connect } = await schannel(version, certificate, 'full');
  const kept: SchannelPair[] = [];
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) {
        kept.push(await connect());
        await nextTurn();
      }
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
