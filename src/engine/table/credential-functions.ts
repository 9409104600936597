import { checkAcquireCall, checkAttribute } from '../../sspi/arguments.js';
import type { PackageFunctionTable } from '../../sspi/function-table.js';
import { SEC_E } from '../../sspi/status.js';
import { callError, type EngineCore } from '../engine-core.js';
import { EngineCredential } from '../handles/credential-handle.js';
import { PackageError } from '../package-error.js';

type CredentialFunctions = Pick<
  PackageFunctionTable,
  'acquireCredentialsHandle' | 'freeCredentialsHandle' | 'queryCredentialsAttributes' | 'setCredentialsAttributes'
>;

export function credentialFunctions(core: EngineCore): CredentialFunctions {
  return {
    async acquireCredentialsHandle(call) {
      try {
        checkAcquireCall(call);
        const securityPackage = core.packages.byName(call.package);
        const { authData, principal } = call;
        const credential = await securityPackage.acquireCredential({
          use: call.credentialUse,
          ...(principal !== undefined && { principal }),
          ...(authData !== undefined && authData.kind !== 'current' && { authData }),
        });
        const { handle } = new EngineCredential(core, securityPackage, credential);
        return credential.expiry ? { credential: handle, expiry: credential.expiry } : { credential: handle };
      } catch (error) {
        throw callError(error, 'AcquireCredentialsHandle');
      }
    },

    async freeCredentialsHandle(credential) {
      try {
        EngineCredential.from(core, credential).free();
      } catch (error) {
        throw callError(error, 'FreeCredentialsHandle');
      }
    },

    async queryCredentialsAttributes(credential, attribute) {
      try {
        checkAttribute(attribute);
        const value = EngineCredential.from(core, credential).credential.queryAttribute?.(attribute);
        if (value === undefined) throw unknownAttribute(attribute);
        return value as never;
      } catch (error) {
        throw callError(error, 'QueryCredentialsAttributes');
      }
    },

    async setCredentialsAttributes(credential, attribute, value) {
      try {
        checkAttribute(attribute);
        if (!EngineCredential.from(core, credential).credential.setAttribute?.(attribute, value))
          throw unknownAttribute(attribute);
      } catch (error) {
        throw callError(error, 'SetCredentialsAttributes');
      }
    },
  };
}

function unknownAttribute(attribute: number): PackageError {
  return new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `the package has no such credential attribute, ${attribute}`);
}
