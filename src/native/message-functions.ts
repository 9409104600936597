import { checkMessageCall } from '../sspi/arguments.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { type MessageBuffers, type MessageCall, messageBuffers } from '../sspi/messages.js';
import type { NativeAddon, Reply } from './addon.js';
import { FAULT } from './faults.js';
import { ownMemory } from './input-buffers.js';
import { faultOf, layoutOf, qopOf, resultsIn } from './message-layout.js';
import { accept } from './native-error.js';

type MessageFunctionName = 'makeSignature' | 'verifySignature' | 'encryptMessage' | 'decryptMessage';

type MessageFunctions = Pick<PackageFunctionTable, MessageFunctionName | `${MessageFunctionName}Sync`>;

/** The message functions: small messages are worked on at once, large ones off the event loop. */
export function messageFunctions(addon: NativeAddon): MessageFunctions {
  return {
    makeSignature: (context, message) => protect(addon, MAKE_SIGNATURE, context, message),
    verifySignature: (context, message) => protect(addon, VERIFY_SIGNATURE, context, message),
    encryptMessage: (context, message) => protect(addon, ENCRYPT_MESSAGE, context, message),
    decryptMessage: (context, message) => protect(addon, DECRYPT_MESSAGE, context, message),
    makeSignatureSync: (context, message) => protectSync(addon, MAKE_SIGNATURE, context, message),
    verifySignatureSync: (context, message) => protectSync(addon, VERIFY_SIGNATURE, context, message),
    encryptMessageSync: (context, message) => protectSync(addon, ENCRYPT_MESSAGE, context, message),
    decryptMessageSync: (context, message) => protectSync(addon, DECRYPT_MESSAGE, context, message),
  };
}

/** Bytes from which on a message leaves the event loop. */
const LARGE = 0x1_0000;

interface MessageFunction {
  /** The addon's number, of MessageFunction in native/src/message_buffers.hpp. */
  readonly number: number;
  readonly syscall: string;
}

function protectSync(
  addon: NativeAddon,
  { number, syscall }: MessageFunction,
  context: CtxtHandle,
  message: MessageCall,
) {
  checkMessageCall(message);
  return resultOf(protectNow(addon, number, context, message), syscall);
}

async function protect(
  addon: NativeAddon,
  { number, syscall }: MessageFunction,
  context: CtxtHandle,
  message: MessageCall,
): Promise<MessageBuffers> {
  checkMessageCall(message);
  if (sizeOf(message) < LARGE) {
    const outcome = protectNow(addon, number, context, message);
    if (outcome.fault !== FAULT.BUSY) return resultOf(outcome, syscall);
  }
  return resultOf(await protectInTurn(addon, number, context, message), syscall);
}

/** A reply with the results that go with it. */
interface Outcome extends Reply {
  readonly layout: Uint32Array;
  /** What the layout's numbers of buffers count. */
  readonly sources: readonly Uint8Array[];
}

function resultOf(outcome: Outcome, syscall: string): MessageBuffers {
  const { status, layout, sources } = accept(outcome, syscall);
  return messageBuffers(resultsIn(layout, sources), qopOf(layout), status);
}

/** Works on the caller's own bytes. */
function protectNow(
  addon: NativeAddon,
  messageFunction: number,
  context: CtxtHandle,
  { buffers, qop = 0, sequence = 0 }: MessageCall,
): Outcome {
  const layout = layoutOf(buffers);
  const sources = buffers.map(({ data }) => data);
  const own = sources.map(ownMemory);
  const status = addon.protectSync(messageFunction, context, own, layout, qop, sequence);
  for (let i = 0; i < own.length; i++) if (own[i] !== sources[i]) sources[i]!.set(own[i]!);
  const fault = faultOf(layout);
  return { status, layout, sources, ...(fault !== undefined && { fault }) };
}

/** Works on a copy, after the calls of the context that came before, and writes it back. */
async function protectInTurn(
  addon: NativeAddon,
  messageFunction: number,
  context: CtxtHandle,
  { buffers, qop = 0, sequence = 0 }: MessageCall,
): Promise<Outcome> {
  const sources = buffers.map(({ data }) => data);
  const lengths = sources.map(({ length }) => length);
  const reply = await addon.protect(messageFunction, context, sources.map(ownMemory), layoutOf(buffers), qop, sequence);
  const { status, layout = layoutOf([]), block = new Uint8Array(0) } = reply;
  const fault = reply.fault ?? faultOf(layout);
  return { status, layout, sources: writeBack(sources, lengths, block), ...(fault !== undefined && { fault }) };
}

/** Where the caller's bytes have gone or shrunk meanwhile, the result stays in the copy. */
function writeBack(sources: readonly Uint8Array[], lengths: readonly number[], block: Uint8Array): Uint8Array[] {
  let end = 0;
  return sources.map((source, index) => {
    const start = end;
    end += lengths[index]!;
    const worked = block.subarray(start, end);
    if (source.length !== worked.length) return worked;
    source.set(worked);
    return source;
  });
}

function sizeOf({ buffers }: MessageCall): number {
  return buffers.reduce((size, { data }) => size + data.length, 0);
}

const MAKE_SIGNATURE: MessageFunction = { number: 0, syscall: 'MakeSignature' };
const VERIFY_SIGNATURE: MessageFunction = { number: 1, syscall: 'VerifySignature' };
const ENCRYPT_MESSAGE: MessageFunction = { number: 2, syscall: 'EncryptMessage' };
const DECRYPT_MESSAGE: MessageFunction = { number: 3, syscall: 'DecryptMessage' };
