import type { Work } from '../measure.js';
import { schannel } from './schannel-pair.js';

/** Messages of `size` bytes, sealed and opened one at a time. */
export async function createWork(version: string, certificate: string, size: string): Promise<Work> {
  const { connect, sender } = await schannel(version, certificate, 'full');
  const message = new Uint8Array(Number(size)).fill(0x6d);
  const send = await sender(await connect(), message);
  const batch = Math.max(16, Math.floor((256 * 1024) / message.length));
  return {
    batch,
    scale: message.length / 1e6,
    run(): void {
      for (let i = 0; i < batch; i++) {
        if (send() !== message.length) throw new Error('the message did not come back as it was');
      }
    },
  };
}
