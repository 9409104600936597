import { ArgumentError, checkString } from '../sspi/arguments.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { NativeAddon } from './addon.js';
import { ownMemory } from './input-buffers.js';
import { accept, brought } from './native-error.js';

type TransferFunctions = Pick<PackageFunctionTable, 'exportSecurityContext' | 'importSecurityContext'>;

export function transferFunctions(addon: NativeAddon): TransferFunctions {
  return {
    async exportSecurityContext(context, flags = 0) {
      const reply = accept(await addon.exportSecurityContext(context, flags), 'ExportSecurityContext');
      return {
        package: brought(reply.package, 'ExportSecurityContext'),
        packed: brought(reply.packed, 'ExportSecurityContext'),
        ...(reply.token !== undefined && { token: reply.token }),
      };
    },

    async importSecurityContext(exported) {
      checkString(exported?.package, 'package');
      if (!(exported.packed instanceof Uint8Array)) throw new ArgumentError('packed must be a Uint8Array');
      const given = { ...exported, packed: ownMemory(exported.packed) };
      const reply = accept(await addon.importSecurityContext(given), 'ImportSecurityContext');
      return brought(reply.context, 'ImportSecurityContext');
    },
  };
}
