import {
  type CtxtHandle,
  type MessageBuffers,
  type MessageCall,
  SECBUFFER,
  type SecurityFunctionTable,
} from 'secur32/raw';
import type { Work } from '../measure.js';
import { type Pair, prepareLogon } from './ntlm-pair.js';

const BATCH_BYTES = 256 * 1024;
const SIGNATURE_LENGTH = 16;

/** The functions of one way, client to server. */
const WAYS = {
  seal: { protect: 'encryptMessageSync', check: 'decryptMessageSync', measured: 'protect' },
  unseal: { protect: 'encryptMessageSync', check: 'decryptMessageSync', measured: 'check' },
  sign: { protect: 'makeSignatureSync', check: 'verifySignatureSync', measured: 'protect' },
  verify: { protect: 'makeSignatureSync', check: 'verifySignatureSync', measured: 'check' },
} as const;

/** Messages of `size` bytes, worked on in place; `way` is `seal`, `unseal`, `sign` or `verify`. */
export async function createWork(way: string, size: string): Promise<Work> {
  if (!Object.hasOwn(WAYS, way)) throw new RangeError(`no way '${way}'`);
  const { check, measured, protect } = WAYS[way as keyof typeof WAYS];
  const { client, server, sspi }: Pair = await (await prepareLogon())();
  const length = Number(size);
  const batch = Math.floor(BATCH_BYTES / length);
  const calls = Array.from({ length: batch }, () => callFor(length));
  const protectAll = () => runAll(sspi, protect, client, calls);
  const checkAll = () => runAll(sspi, check, server, calls);
  checkRoundTrip(protectAll, checkAll, calls, protect === 'makeSignatureSync');
  const common = { batch, scale: length / 1e6 };
  return measured === 'protect' ? { ...common, run: protectAll } : { ...common, prepare: protectAll, run: checkAll };
}

function callFor(length: number): MessageCall {
  return {
    buffers: [
      { type: SECBUFFER.TOKEN, data: new Uint8Array(SIGNATURE_LENGTH) },
      { type: SECBUFFER.DATA, data: new Uint8Array(length).fill(0x6d) },
    ],
  };
}

type Work1 = (context: CtxtHandle, call: MessageCall) => MessageBuffers;

function runAll(
  sspi: SecurityFunctionTable,
  name: 'encryptMessageSync' | 'decryptMessageSync' | 'makeSignatureSync' | 'verifySignatureSync',
  context: CtxtHandle,
  calls: readonly MessageCall[],
): void {
  const work: Work1 = sspi[name];
  for (const call of calls) work(context, call);
}

function checkRoundTrip(
  protectAll: () => void,
  checkAll: () => void,
  calls: readonly MessageCall[],
  clear: boolean,
): void {
  const isPlain = (call: MessageCall) => call.buffers[1]!.data.every(byte => byte === 0x6d);
  protectAll();
  if (calls.every(isPlain) !== clear) throw new Error('a message is sealed, or is not');
  checkAll();
  if (!calls.every(isPlain)) throw new Error('the messages did not come back as they were');
}
