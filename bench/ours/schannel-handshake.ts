import type { Work } from '../measure.js';
import { type SchannelPair, schannel } from './schannel-pair.js';

/** Whole handshakes, `full` or `resumed`. */
export async function createWork(version: string, certificate: string, mode: string): Promise<Work> {
  const { connect, close, resumed } = await schannel(version, certificate, mode);
  const isMeant = async (pair: SchannelPair): Promise<boolean> => (await resumed(pair)) === (mode === 'resumed');
  const handshake = async (): Promise<boolean> => {
    const pair = await connect();
    const meant = await isMeant(pair);
    await close(pair);
    // Node.js ends what it holds of a connection in a turn of the event loop, of which a handshake in memory has none.
    await nextTurn();
    return meant;
  };
  const usesTickets = mode === 'resumed' && version === 'TLSv1.3';
  const batch = usesTickets ? TICKETS : BATCH;
  await handshake();
  return {
    batch,
    scale: 1,
    // A ticket of TLS 1.3 is used once, and a server of node:tls sends new ones in a full handshake only: two.
    async prepare(): Promise<void> {
      let isResumed = usesTickets;
      while (isResumed) isResumed = await handshake();
    },
    async run(): Promise<void> {
      for (let i = 0; i < batch; i++) {
        if (!(await handshake())) throw new Error(`the handshake is not ${mode}`);
      }
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

const BATCH = 8;
const TICKETS = 2;
