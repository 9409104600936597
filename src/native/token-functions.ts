import { types } from 'node:util';
import { ArgumentError } from '../sspi/arguments.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { SecurityToken } from '../sspi/security-token.js';
import type { NativeAddon } from './addon.js';
import { FAULT } from './faults.js';
import { accept, brought } from './native-error.js';

type TokenFunctions = Pick<PackageFunctionTable, 'impersonate' | 'querySecurityContextToken'>;

export function tokenFunctions(addon: NativeAddon): TokenFunctions {
  return {
    async impersonate(context, fn) {
      checkFunction(fn);
      return impersonateInTurn(addon, context, fn);
    },

    async querySecurityContextToken(context) {
      const reply = accept(await addon.querySecurityContextToken(context), 'QuerySecurityContextToken');
      return brought(reply.token, 'QuerySecurityContextToken') as SecurityToken;
    },
  };
}

async function impersonateInTurn<T>(addon: NativeAddon, context: CtxtHandle, fn: () => T): Promise<T> {
  for (;;) {
    const answer = addon.impersonate(context, fn);
    if (!(answer instanceof Promise)) return answer.result;
    const refusal = await answer;
    if (refusal.fault !== FAULT.BUSY) accept(refusal, 'ImpersonateSecurityContext');
    await addon.waitForTurn(context);
  }
}

// What comes after the first await of an async function would run as the server again, unnoticed.
function checkFunction(fn: unknown): void {
  if (typeof fn !== 'function') throw new ArgumentError('fn must be a function');
  if (types.isAsyncFunction(fn)) {
    throw new ArgumentError('fn must not be async: only what it does before it returns runs as the client');
  }
}
