import type { Work } from '../measure.js';
import { schannel } from './schannel-pair.js';

const BATCH = 8;

/** Whole handshakes, `full` or `resumed`. */
export async function createWork(version: string, certificate: string, mode: string): Promise<Work> {
  const { connect, close, resumed } = await schannel(version, certificate, mode);
  await close(await connect());
  const pair = await connect();
  if ((await resumed(pair)) !== (mode === 'resumed')) throw new Error(`the handshake is not ${mode}`);
  await close(pair);
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) {
        await close(await connect());
        // Node.js ends what it holds of a connection in a turn of the event loop, of which a handshake in memory has none.
        await nextTurn();
      }
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
