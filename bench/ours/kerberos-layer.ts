import { type MessageCall, SECBUFFER, SECPKG_ATTR, SECQOP } from 'secur32/raw';
import type { Work } from '../measure.js';
import { prepareLogon } from './kerberos-pair.js';

const BATCH_BYTES = 256 * 1024;
/** Messages are opened while they are in the cache of the processor, as those that have just come are. */
const MOST_MESSAGES = 256;
const FILLING = 0x6d;

/** Messages of `size` bytes, worked on in place; `protection` is `sealed` or `signed`, `way` is `wrap` or `unwrap`. */
export async function createWork(enctype: string, protection: string, way: string, size: string): Promise<Work> {
  const { client, server, sspi } = await (await prepareLogon(enctype))();
  const { blockSize, securityTrailer } = await sspi.queryContextAttributes(client, SECPKG_ATTR.SIZES);
  const length = Number(size);
  const batch = Math.min(MOST_MESSAGES, Math.floor(BATCH_BYTES / length));
  const qop = qopOf(protection);
  // The peers wrap one message over and over, too, and open many.
  const plain = Array.from({ length: way === 'wrap' ? 1 : batch }, () =>
    callFor(length, securityTrailer, blockSize, qop),
  );
  const wrapped: MessageCall[] = [];
  const wrapAll = (): void => {
    for (const [i, call] of plain.entries()) wrapped[i] = { buffers: sspi.encryptMessageSync(client, call) };
  };
  const unwrapAll = (): void => {
    for (const call of wrapped) {
      if (sspi.decryptMessageSync(server, call).qop !== qop) throw new Error('another protection than asked for');
    }
  };
  const wrapAgain = (call: MessageCall): void => {
    for (let i = 0; i < batch; i++) sspi.encryptMessageSync(client, call);
  };
  const isPlain = ({ buffers }: MessageCall): boolean => buffers[1]!.data.every(byte => byte === FILLING);
  wrapAll();
  if (wrapped.every(isPlain) !== (qop !== 0)) throw new Error('a message is sealed, or is not');
  unwrapAll();
  if (!wrapped.every(isPlain)) throw new Error('the messages did not come back as they were');
  const scale = length / 1e6;
  if (way === 'wrap') return { batch, scale, run: () => wrapAgain(plain[0]!) };
  if (way === 'unwrap') return { batch, scale, prepare: wrapAll, run: unwrapAll };
  throw new RangeError(`no way '${way}'`);
}

function qopOf(protection: string): number {
  if (protection === 'sealed') return 0;
  if (protection === 'signed') return SECQOP.WRAP_NO_ENCRYPT;
  throw new RangeError(`no protection '${protection}'`);
}

/** TOKEN and PADDING with the room that the context asks for; both are cut to what was written. */
function callFor(length: number, securityTrailer: number, blockSize: number, qop: number): MessageCall {
  return {
    buffers: [
      { type: SECBUFFER.TOKEN, data: new Uint8Array(securityTrailer) },
      { type: SECBUFFER.DATA, data: new Uint8Array(length).fill(FILLING) },
      { type: SECBUFFER.PADDING, data: new Uint8Array(blockSize) },
    ],
    qop,
  };
}
