import type { Work } from '../measure.js';
import { type Pair, prepareLogon } from './digest-md5-pair.js';

const BATCH_BYTES = 256 * 1024;

/** Messages of `size` bytes through the layer of one qop, client to server; `direction` is `encode` or `decode`. */
export async function createWork(qop: string, size: string, direction: string): Promise<Work> {
  const pair = await (await prepareLogon(qop))();
  const message = new Uint8Array(Number(size)).fill(0x6d);
  await checkRoundTrip(pair, message);
  const batch = Math.floor(BATCH_BYTES / message.length);
  const common = { batch, scale: message.length / 1e6 };
  if (direction === 'encode') return { ...common, run: () => encode(pair, message, batch) };

  let encoded: Uint8Array[] = [];
  return {
    ...common,
    async prepare(): Promise<void> {
      encoded = [];
      for (let i = 0; i < batch; i++) encoded.push(await pair.client.wrap(message));
    },
    run: () => decode(pair, encoded, message.length),
  };
}

async function encode({ client }: Pair, message: Uint8Array, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await client.wrap(message);
}

async function decode({ server }: Pair, encoded: readonly Uint8Array[], length: number): Promise<void> {
  for (const bytes of encoded) {
    const message = await server.unwrap(bytes);
    if (message.length !== length) throw new Error(`${message.length} bytes instead of ${length}`);
  }
}

async function checkRoundTrip({ client, server }: Pair, message: Uint8Array): Promise<void> {
  const encoded = await client.wrap(message);
  if (encoded.length <= message.length + 4) throw new Error('no layer');
  const decoded = await server.unwrap(encoded);
  if (Buffer.compare(decoded, message) !== 0) throw new Error('the message did not come back as it was');
}
