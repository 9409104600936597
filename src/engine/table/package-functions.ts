import { checkString } from '../../sspi/arguments.js';
import type { PackageFunctionTable } from '../../sspi/function-table.js';
import { callError, type EngineCore } from '../engine-core.js';

type PackageFunctions = Pick<PackageFunctionTable, 'enumerateSecurityPackages' | 'querySecurityPackageInfo'>;

export function packageFunctions(core: EngineCore): PackageFunctions {
  return {
    async enumerateSecurityPackages() {
      return core.packages.infos;
    },

    async querySecurityPackageInfo(packageName) {
      checkString(packageName, 'packageName');
      try {
        return core.packages.byName(packageName).info;
      } catch (error) {
        throw callError(error, 'QuerySecurityPackageInfo');
      }
    },
  };
}
