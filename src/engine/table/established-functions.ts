import { checkAttribute, checkBuffers } from '../../sspi/arguments.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import type { PackageFunctionTable } from '../../sspi/function-table.js';
import { SEC_E } from '../../sspi/status.js';
import { callError, type EngineCore } from '../engine-core.js';
import { EngineContext } from '../handles/context-handle.js';
import { PackageError } from '../package-error.js';
import type { PackageContext } from '../security-package.js';

type EstablishedFunctions = Pick<
  PackageFunctionTable,
  | 'completeAuthToken'
  | 'applyControlToken'
  | 'queryContextAttributes'
  | 'setContextAttributes'
  | 'querySecurityContextToken'
  | 'impersonate'
  | 'exportSecurityContext'
  | 'importSecurityContext'
>;

/** What a context is asked and told once it stands. */
export function establishedFunctions(core: EngineCore): EstablishedFunctions {
  return {
    async completeAuthToken(handle, token) {
      try {
        checkBuffers(token, 'token');
        const context = EngineContext.from(core, handle);
        await context.run(() => {
          const packageContext = context.forLeg('server');
          if (!packageContext.completeAuthToken) throw unsupported(context, 'CompleteAuthToken');
          return packageContext.completeAuthToken(token);
        });
      } catch (error) {
        throw callError(error, 'CompleteAuthToken');
      }
    },

    async applyControlToken(handle, input) {
      try {
        checkBuffers(input, 'input');
        const context = EngineContext.from(core, handle);
        await context.run(() => {
          const packageContext = context.forLeg(context.role);
          if (!packageContext.applyControlToken) throw unsupported(context, 'ApplyControlToken');
          return packageContext.applyControlToken(input);
        });
      } catch (error) {
        throw callError(error, 'ApplyControlToken');
      }
    },

    async queryContextAttributes(handle, attribute) {
      try {
        checkAttribute(attribute);
        const context = EngineContext.from(core, handle);
        return (await context.run(() => queryAttribute(context, attribute))) as never;
      } catch (error) {
        throw callError(error, 'QueryContextAttributes');
      }
    },

    async setContextAttributes(handle, attribute, value) {
      try {
        checkAttribute(attribute);
        const context = EngineContext.from(core, handle);
        await context.run(() => {
          if (!context.forLeg(context.role).setAttribute?.(attribute, value))
            throw unsupported(context, `attribute ${attribute}`);
        });
      } catch (error) {
        throw callError(error, 'SetContextAttributes');
      }
    },

    async querySecurityContextToken(handle) {
      try {
        const context = EngineContext.from(core, handle);
        return await context.run(() => securityToken(context, context.forUse()));
      } catch (error) {
        throw callError(error, 'QuerySecurityContextToken');
      }
    },

    async impersonate(handle) {
      throw callError(unavailable(core, handle, NO_IMPERSONATION), 'ImpersonateSecurityContext');
    },

    async exportSecurityContext(handle) {
      throw callError(
        unavailable(core, handle, 'the engine keeps its contexts in this process'),
        'ExportSecurityContext',
      );
    },

    async importSecurityContext() {
      const error = new PackageError(
        SEC_E.UNSUPPORTED_FUNCTION,
        'the engine keeps its contexts in the process that made them',
      );
      throw callError(error, 'ImportSecurityContext');
    },
  };
}

const NO_IMPERSONATION =
  'only Windows can run a thread as somebody else; querySecurityContextToken says who the client is';

function queryAttribute(context: EngineContext, attribute: number): unknown {
  const packageContext = attribute === SECPKG_ATTR.STREAM_SIZES ? context.forLeg(context.role) : context.forUse();
  const value = packageContext.queryAttribute(attribute) ?? commonAttribute(context, attribute);
  if (value === undefined) throw unsupported(context, `attribute ${attribute}`);
  return value;
}

function commonAttribute(context: EngineContext, attribute: number): unknown {
  if (attribute === SECPKG_ATTR.PACKAGE_INFO) return context.package.info;
  if (attribute === SECPKG_ATTR.ACCESS_TOKEN && context.role === 'server')
    return securityToken(context, context.context);
  return undefined;
}

function securityToken(context: EngineContext, packageContext: PackageContext) {
  if (context.role !== 'server' || !packageContext.securityToken) {
    throw new PackageError(SEC_E.NO_IMPERSONATION, 'only the context of a server knows who its client is');
  }
  return packageContext.securityToken();
}

function unsupported(context: EngineContext, what: string): PackageError {
  return new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${context.package.info.name} does not have ${what}`);
}

function unavailable(core: EngineCore, handle: unknown, reason: string): unknown {
  try {
    EngineContext.from(core, handle);
    return new PackageError(SEC_E.UNSUPPORTED_FUNCTION, reason);
  } catch (error) {
    return error;
  }
}
