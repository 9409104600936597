import { createRequire } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { NativeAddon } from './addon.js';
import { nativeTable } from './native-table.js';

let loaded: SecurityFunctionTable | undefined;

/**
 * The provider on the real Secur32.dll; one for each thread, so that handles are good for all who ask for it.
 * Throws an `Error` that lists every file tried and why it could not be had.
 */
export function loadNative(): SecurityFunctionTable {
  loaded ??= loadNativeFrom(candidates());
  return loaded;
}

/** The same from other files. Names are absolute: nothing is searched for. */
export function loadNativeFrom(files: readonly string[]): SecurityFunctionTable {
  const failures: Error[] = [];
  for (const file of files) {
    try {
      return nativeTable(require(file) as NativeAddon);
    } catch (error) {
      failures.push(new Error(`${file}: ${reasonOf(error)}`, { cause: error }));
    }
  }
  throw new AggregateError(failures, messageOf(failures));
}

/** Where the addon is: as it is shipped, or as it was built in this folder. */
function candidates(): string[] {
  const places = [`prebuilds/${process.platform}-${process.arch}/secur32.node`, 'build/Release/secur32.node'];
  return places.map(place => fileURLToPath(new URL(`../../${place}`, import.meta.url)));
}

function messageOf(failures: readonly Error[]): string {
  const tried = failures.map(({ message }) => `  ${message}`).join('\n');
  const advice =
    process.platform === 'win32'
      ? 'Reinstall the package, or ask for the engine'
      : 'The native provider is for Windows; ask for the engine';
  return (
    `There is no native provider for ${process.platform}-${process.arch}. Tried:\n${tried}\n` +
    `${advice}: initSecurityInterface({ provider: 'engine' }).`
  );
}

/** Node's own message has the list of who required it in further lines. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'MODULE_NOT_FOUND' ? 'no such file' : error.message.split('\n', 1)[0]!;
}

const require = createRequire(import.meta.url);
