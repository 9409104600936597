import { checkMessageCall } from '../../sspi/arguments.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import type { PackageFunctionTable } from '../../sspi/function-table.js';
import type { CtxtHandle } from '../../sspi/handles.js';
import type { MessageBuffers, MessageCall } from '../../sspi/messages.js';
import { SEC_E } from '../../sspi/status.js';
import { callError, type EngineCore } from '../engine-core.js';
import { EngineContext } from '../handles/context-handle.js';
import { PackageError } from '../package-error.js';

type MessageFunctionName = 'makeSignature' | 'verifySignature' | 'encryptMessage' | 'decryptMessage';

type MessageFunctions = Pick<PackageFunctionTable, MessageFunctionName | `${MessageFunctionName}Sync`>;

/** The message functions: work on the caller's bytes, done at once; the promise forms wait for the context's turn. */
export function messageFunctions(core: EngineCore): MessageFunctions {
  return {
    makeSignature: async (handle, message) => later(core, 'makeSignature', handle, message),
    verifySignature: async (handle, message) => later(core, 'verifySignature', handle, message),
    encryptMessage: async (handle, message) => later(core, 'encryptMessage', handle, message),
    decryptMessage: async (handle, message) => later(core, 'decryptMessage', handle, message),
    makeSignatureSync: (handle, message) => now(core, 'makeSignature', handle, message),
    verifySignatureSync: (handle, message) => now(core, 'verifySignature', handle, message),
    encryptMessageSync: (handle, message) => now(core, 'encryptMessage', handle, message),
    decryptMessageSync: (handle, message) => now(core, 'decryptMessage', handle, message),
  };
}

async function later(
  core: EngineCore,
  name: MessageFunctionName,
  handle: CtxtHandle,
  message: MessageCall,
): Promise<MessageBuffers> {
  try {
    checkMessageCall(message);
    const context = EngineContext.from(core, handle);
    return await context.run(() => protect(context, context.forUse()[name], name, message));
  } catch (error) {
    throw callError(error, SYSCALLS[name]);
  }
}

function now(core: EngineCore, name: MessageFunctionName, handle: CtxtHandle, message: MessageCall): MessageBuffers {
  try {
    checkMessageCall(message);
    const context = EngineContext.from(core, handle);
    const packageContext = context.forUseNow();
    const { asynchronous } = packageContext;
    if (asynchronous !== undefined) {
      throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${context.package.info.name} has no ...Sync functions here`, {
        hint: `${asynchronous}.`,
      });
    }
    return protect(context, packageContext[name], name, message) as MessageBuffers;
  } catch (error) {
    throw callError(error, SYSCALLS[name]);
  }
}

function protect(
  context: EngineContext,
  work: ((message: MessageCall) => Awaitable<MessageBuffers>) | undefined,
  name: MessageFunctionName,
  message: MessageCall,
): Awaitable<MessageBuffers> {
  if (!work)
    throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${context.package.info.name} does not have ${SYSCALLS[name]}`);
  return work.call(context.context, message);
}

const SYSCALLS = {
  makeSignature: 'MakeSignature',
  verifySignature: 'VerifySignature',
  encryptMessage: 'EncryptMessage',
  decryptMessage: 'DecryptMessage',
} as const;
