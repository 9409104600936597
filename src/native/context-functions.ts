import { checkAcceptCall, checkAttribute, checkBuffers, checkInitializeCall } from '../sspi/arguments.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { NativeAddon } from './addon.js';
import { contextSetting } from './attribute-settings.js';
import { contextLeg } from './context-leg.js';
import { inputBuffers } from './input-buffers.js';
import { accept, brought } from './native-error.js';

type ContextFunctions = Pick<
  PackageFunctionTable,
  | 'initializeSecurityContext'
  | 'acceptSecurityContext'
  | 'completeAuthToken'
  | 'applyControlToken'
  | 'deleteSecurityContext'
  | 'queryContextAttributes'
  | 'setContextAttributes'
>;

export function contextFunctions(addon: NativeAddon): ContextFunctions {
  return {
    async initializeSecurityContext(call) {
      checkInitializeCall(call);
      return contextLeg(addon, 'InitializeSecurityContext', addon.initializeSecurityContext, call);
    },

    async acceptSecurityContext(call) {
      checkAcceptCall(call);
      return contextLeg(addon, 'AcceptSecurityContext', addon.acceptSecurityContext, call);
    },

    async completeAuthToken(context, token) {
      checkBuffers(token, 'token');
      const buffers = inputBuffers(token, 'CompleteAuthToken');
      accept(await addon.completeAuthToken(context, buffers), 'CompleteAuthToken');
    },

    async applyControlToken(context, input) {
      checkBuffers(input, 'input');
      const buffers = inputBuffers(input, 'ApplyControlToken');
      accept(await addon.applyControlToken(context, buffers), 'ApplyControlToken');
    },

    async deleteSecurityContext(context) {
      accept(await addon.deleteSecurityContext(context), 'DeleteSecurityContext');
    },

    async queryContextAttributes(context, attribute) {
      checkAttribute(attribute);
      const reply = accept(await addon.queryContextAttributes(context, attribute), 'QueryContextAttributes');
      return brought(reply.value, 'QueryContextAttributes') as never;
    },

    async setContextAttributes(context, attribute, value) {
      checkAttribute(attribute);
      const setting = contextSetting(attribute, value);
      accept(await addon.setContextAttributes(context, attribute, setting), 'SetContextAttributes');
    },
  };
}
