import type { SecurityFunctionName, SecurityFunctionTable } from '../../sspi/function-table.js';

/** One call of a security function that has ended. */
export interface TracedCall {
  readonly function: SecurityFunctionName;
  readonly args: readonly unknown[];
  /** What it returned or resolved with, or what it threw or rejected with. */
  readonly outcome: { readonly result: unknown } | { readonly error: unknown };
}

type AnyFunction = (...args: unknown[]) => unknown;

/** The same security functions, with a listener that hears of every call when it ends. Handles pass through. */
export function traceTable(table: SecurityFunctionTable, listener: (call: TracedCall) => void): SecurityFunctionTable {
  const traced = Object.entries(table).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value];
    return [name, traceFunction(name as SecurityFunctionName, value as AnyFunction, listener)];
  });
  return Object.freeze(Object.fromEntries(traced)) as SecurityFunctionTable;
}

function traceFunction(
  name: SecurityFunctionName,
  call: AnyFunction,
  listener: (call: TracedCall) => void,
): AnyFunction {
  return (...args) => {
    const succeed = (result: unknown): unknown => {
      listener({ function: name, args, outcome: { result } });
      return result;
    };
    const fail = (error: unknown): never => {
      listener({ function: name, args, outcome: { error } });
      throw error;
    };
    let result: unknown;
    try {
      result = call(...args);
    } catch (error) {
      return fail(error);
    }
    return result instanceof Promise ? result.then(succeed, fail) : succeed(result);
  };
}
