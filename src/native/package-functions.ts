import { checkString } from '../sspi/arguments.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { NativeAddon } from './addon.js';
import { accept, brought } from './native-error.js';

type PackageFunctions = Pick<PackageFunctionTable, 'enumerateSecurityPackages' | 'querySecurityPackageInfo'>;

export function packageFunctions(addon: NativeAddon): PackageFunctions {
  return {
    async enumerateSecurityPackages() {
      const reply = accept(await addon.enumerateSecurityPackages(), 'EnumerateSecurityPackages');
      return brought(reply.packages, 'EnumerateSecurityPackages');
    },

    async querySecurityPackageInfo(packageName) {
      checkString(packageName, 'packageName');
      const reply = accept(await addon.querySecurityPackageInfo(packageName), 'QuerySecurityPackageInfo');
      return brought(reply.package, 'QuerySecurityPackageInfo');
    },
  };
}
