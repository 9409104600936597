import { checkAcceptCall, checkInitializeCall } from '../../sspi/arguments.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import type { SecBuffer } from '../../sspi/buffers.js';
import type {
  AcceptContextCall,
  ContextLeg,
  InitializeContextCall,
  PackageFunctionTable,
} from '../../sspi/function-table.js';
import { SEC_E } from '../../sspi/status.js';
import { callError, type EngineCore } from '../engine-core.js';
import { type ContextRole, EngineContext } from '../handles/context-handle.js';
import { EngineCredential } from '../handles/credential-handle.js';
import { PackageError } from '../package-error.js';
import type { FirstLeg, InitializeLeg, LegResult } from '../security-package.js';

type ContextFunctions = Pick<
  PackageFunctionTable,
  'initializeSecurityContext' | 'acceptSecurityContext' | 'deleteSecurityContext'
>;

/** InitializeSecurityContext, AcceptSecurityContext and DeleteSecurityContext: the life of a context. */
export function contextFunctions(core: EngineCore): ContextFunctions {
  return {
    async initializeSecurityContext(call) {
      try {
        checkInitializeCall(call);
        return await contextLeg(core, 'client', call);
      } catch (error) {
        throw callError(error, 'InitializeSecurityContext', call?.signal);
      }
    },

    async acceptSecurityContext(call) {
      try {
        checkAcceptCall(call);
        return await contextLeg(core, 'server', call);
      } catch (error) {
        throw callError(error, 'AcceptSecurityContext', call?.signal);
      }
    },

    async deleteSecurityContext(handle) {
      try {
        const context = EngineContext.from(core, handle);
        core.halfOpen.remove(context);
        await context.delete();
      } catch (error) {
        throw callError(error, 'DeleteSecurityContext');
      }
    },
  };
}

function contextLeg(core: EngineCore, role: ContextRole, call: ContextCall): Awaitable<ContextLeg> {
  call.signal?.throwIfAborted();
  const credential = call.credential === undefined ? undefined : EngineCredential.from(core, call.credential);
  if (call.context === undefined) return firstLeg(core, role, call, credential);
  const context = EngineContext.from(core, call.context);
  if (credential && credential.package !== context.package) {
    throw new PackageError(
      SEC_E.WRONG_CREDENTIAL_HANDLE,
      `the context is of ${context.package.info.name}, the credential is not`,
    );
  }
  return context.run(() => laterLeg(core, role, call, context));
}

async function firstLeg(
  core: EngineCore,
  role: ContextRole,
  call: ContextCall,
  credential: EngineCredential | undefined,
): Promise<ContextLeg> {
  if (!credential) throw new PackageError(SEC_E.INVALID_HANDLE, 'the first leg of a context needs a credential');
  credential.retain();
  try {
    const result = await beginContext(role, credential, legOf(call));
    const kept = EngineContext.behind(result.context);
    if (kept) return settle(core, kept, result);
    const context = new EngineContext(core, role, credential, result.context, core.environment.now());
    if (call.signal?.aborted) {
      await context.delete();
      throw call.signal.reason;
    }
    if (result.status !== SEC_E.OK) core.halfOpen.add(context);
    return settle(core, context, result);
  } finally {
    credential.release();
  }
}

function beginContext(role: ContextRole, credential: EngineCredential, leg: InitializeLeg): Awaitable<FirstLeg> {
  const begun = role === 'client' ? credential.credential.initialize?.(leg) : credential.credential.accept?.(leg);
  if (begun === undefined) {
    throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${credential.package.info.name} has no ${role} side here`);
  }
  return begun;
}

async function laterLeg(
  core: EngineCore,
  role: ContextRole,
  call: ContextCall,
  context: EngineContext,
): Promise<ContextLeg> {
  const packageContext = context.forLeg(role);
  try {
    call.signal?.throwIfAborted();
    const result = await packageContext.step(legOf(call));
    call.signal?.throwIfAborted();
    return settle(core, context, result);
  } catch (error) {
    core.halfOpen.remove(context);
    context.fail();
    throw error;
  }
}

function settle(core: EngineCore, context: EngineContext, result: LegResult): ContextLeg {
  if (result.status === SEC_E.OK && context.state === 'half-open') {
    core.halfOpen.remove(context);
    context.establish();
  }
  const { status, output, contextAttr, expiry } = result;
  const input = result.input ?? [];
  return expiry
    ? { status, context: context.handle, output, input, contextAttr, expiry }
    : { status, context: context.handle, output, input, contextAttr };
}

/** A leg of either side: a server's simply has no target name. */
type ContextCall = Omit<InitializeContextCall & AcceptContextCall, 'input'> & Pick<InitializeContextCall, 'input'>;

function legOf(call: ContextCall): InitializeLeg {
  return {
    input: call.input ?? NO_BUFFERS,
    contextReq: call.contextReq,
    targetDataRep: call.targetDataRep ?? 0,
    targetName: call.targetName,
    signal: call.signal,
  };
}

const NO_BUFFERS: readonly SecBuffer[] = [];
