import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import { SspiError } from '../sspi/error.js';
import type { AcceptContextCall, ContextLeg, InitializeContextCall } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { carriesData, isFailure } from '../sspi/status.js';
import type { LegArguments, LegReply, NativeAddon } from './addon.js';
import { inputBuffers } from './input-buffers.js';
import { nativeError } from './native-error.js';

/** A leg of either side: a server's has no target name. */
export type LegCall = Omit<InitializeContextCall & AcceptContextCall, 'input'> & Pick<InitializeContextCall, 'input'>;

/** One of the four functions that run a leg. */
export type RunLeg = (call: LegArguments) => Promise<LegReply>;

/** Runs a leg. Throws SspiError where it fails, and the signal's reason where it is given up. */
export async function contextLeg(
  addon: NativeAddon,
  syscall: string,
  run: RunLeg,
  call: LegCall,
  options?: LegArguments['options'],
): Promise<ContextLeg> {
  call.signal?.throwIfAborted();
  const context = call.context === undefined ? addon.createContext() : call.context;
  const reply = run({
    context,
    contextReq: call.contextReq,
    targetDataRep: call.targetDataRep ?? 0,
    ...(call.credential !== undefined && { credential: call.credential }),
    ...(call.targetName !== undefined && { targetName: call.targetName }),
    ...(call.input !== undefined && { input: inputBuffers(call.input, syscall) }),
    ...(options !== undefined && { options }),
  });
  try {
    return settle(await unlessAborted(addon, reply, context, call.signal), syscall, call, context);
  } catch (error) {
    // Nobody gets to see the context of a first leg that failed, so that nobody else can delete it.
    if (call.context === undefined && error instanceof SspiError && error.context === undefined)
      await addon.deleteSecurityContext(context);
    throw error;
  }
}

function settle(reply: LegReply, syscall: string, call: LegCall, context: CtxtHandle): ContextLeg {
  const { status, output = [], input = [], contextAttr = 0, expiry } = reply;
  if (carriesData(status) && reply.fault === undefined)
    return { status, context, output, input, contextAttr, ...(expiry !== undefined && { expiry }) };
  const token = findBuffer(output, SECBUFFER.TOKEN) ?? findBuffer(output, SECBUFFER.ALERT);
  const exists = call.context !== undefined || !isFailure(status);
  throw nativeError(reply, syscall, { ...(token && { token: token.data }), ...(exists && { context }) });
}

/** Gives the context up as soon as the signal says so: what still runs ends in the addon, and is cleaned up there. */
async function unlessAborted(
  addon: NativeAddon,
  reply: Promise<LegReply>,
  context: CtxtHandle,
  signal: AbortSignal | undefined,
): Promise<LegReply> {
  if (signal === undefined) return reply;
  const { promise: aborted, reject } = withReject<never>();
  const giveUp = (): void => {
    addon.giveUpContext(context);
    reject(signal.reason);
  };
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const settled = await Promise.race([reply, aborted]);
    // Aborted in the same turn as the call ended: it was given up all the same.
    signal.throwIfAborted();
    return settled;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function withReject<T>(): { promise: Promise<T>; reject: (reason: unknown) => void } {
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((_, no) => {
    reject = no;
  });
  return { promise, reject };
}
