import { checkAcquireCall, checkAttribute } from '../sspi/arguments.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { NativeAddon } from './addon.js';
import { credentialSetting } from './attribute-settings.js';
import { acquireArguments, wipeArguments } from './auth-data.js';
import { accept, brought } from './native-error.js';

type CredentialFunctions = Pick<
  PackageFunctionTable,
  'acquireCredentialsHandle' | 'freeCredentialsHandle' | 'queryCredentialsAttributes' | 'setCredentialsAttributes'
>;

export function credentialFunctions(addon: NativeAddon): CredentialFunctions {
  return {
    async acquireCredentialsHandle(call) {
      checkAcquireCall(call);
      const given = acquireArguments(call);
      const acquired = addon.acquireCredentialsHandle(given);
      wipeArguments(given);
      const { credential, expiry } = accept(await acquired, 'AcquireCredentialsHandle');
      return { credential: brought(credential, 'AcquireCredentialsHandle'), ...(expiry !== undefined && { expiry }) };
    },

    async freeCredentialsHandle(credential) {
      accept(await addon.freeCredentialsHandle(credential), 'FreeCredentialsHandle');
    },

    async queryCredentialsAttributes(credential, attribute) {
      checkAttribute(attribute);
      const reply = accept(await addon.queryCredentialsAttributes(credential, attribute), 'QueryCredentialsAttributes');
      return brought(reply.value, 'QueryCredentialsAttributes') as never;
    },

    async setCredentialsAttributes(credential, attribute, value) {
      checkAttribute(attribute);
      const setting = credentialSetting(attribute, value);
      accept(await addon.setCredentialsAttributes(credential, attribute, setting), 'SetCredentialsAttributes');
    },
  };
}
