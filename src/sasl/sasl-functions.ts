import { ArgumentError, checkAcceptCall, checkBuffers, checkInitializeCall, checkString } from '../sspi/arguments.js';
import { filterBuffers, SECBUFFER } from '../sspi/buffers.js';
import type { ContextLeg, PackageFunctionTable, SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E } from '../sspi/status.js';
import { CredentialProfiles } from './credential-profiles.js';
import type { SaslContextCall } from './inner-context.js';
import { SaslProfiles } from './profiles.js';
import { SaslContext } from './sasl-context.js';
import { SaslFailure, saslError } from './sasl-failure.js';
import type { SaslRole } from './sasl-step.js';

/** The largest negotiation buffer that SaslIdentifyPackage looks at: a mechanism's name and any package's largest token. */
const LARGEST_NEGOTIATION = 0x10000;

/**
 * Adds the Sasl functions to those of the packages. The context of a SASL exchange is the package's own context, so messages,
 * attributes and deletion go on as usual; its legs go through the Sasl functions only, because the others would pass over the options.
 */
export function addSaslFunctions(table: PackageFunctionTable): SecurityFunctionTable {
  const { provider } = table;
  const profiles = new SaslProfiles(table);
  const credentials = new CredentialProfiles(profiles);
  const contexts = new WeakMap<CtxtHandle, SaslContext>();

  async function saslLeg(role: SaslRole, call: SaslContextCall): Promise<ContextLeg> {
    if (call.context !== undefined) return contextOf(call.context, role).leg(call);
    const context = new SaslContext(table, role, await credentials.find(call.credential), call);
    const leg = await context.leg(call);
    contexts.set(leg.context, context);
    return leg;
  }

  /** Throws SEC_E_INVALID_HANDLE for a context that no Sasl function made. */
  function contextOf(handle: CtxtHandle, role?: SaslRole): SaslContext {
    const context = contexts.get(handle);
    if (!context) throw new SaslFailure(SEC_E.INVALID_HANDLE, 'the context is closed, or no Sasl function made it');
    if (role !== undefined && role !== context.role) {
      throw new SaslFailure(SEC_E.INVALID_HANDLE, `this is the context of a ${context.role}`);
    }
    return context;
  }

  function refuseSaslContext(handle: CtxtHandle | undefined, syscall: string): void {
    if (handle === undefined || !contexts.has(handle)) return;
    const failure = new SaslFailure(
      SEC_E.INVALID_HANDLE,
      'the context was made by a Sasl function',
      `Go on with Sasl${syscall}, which made it.`,
    );
    throw saslError(failure, syscall, provider);
  }

  return {
    ...table,

    async acquireCredentialsHandle(call) {
      const acquired = await table.acquireCredentialsHandle(call);
      credentials.remember(acquired.credential, call.package);
      return acquired;
    },

    async freeCredentialsHandle(credential) {
      await table.freeCredentialsHandle(credential);
      credentials.forget(credential);
    },

    async initializeSecurityContext(call) {
      refuseSaslContext(call?.context, 'InitializeSecurityContext');
      return table.initializeSecurityContext(call);
    },

    async acceptSecurityContext(call) {
      refuseSaslContext(call?.context, 'AcceptSecurityContext');
      return table.acceptSecurityContext(call);
    },

    async deleteSecurityContext(handle) {
      const context = contexts.get(handle);
      if (!context) return table.deleteSecurityContext(handle);
      contexts.delete(handle);
      await context.delete(handle);
    },

    async saslEnumerateProfiles() {
      return (await profiles.all()).map(({ profile }) => profile.name);
    },

    async saslGetProfilePackage(profileName) {
      try {
        checkString(profileName, 'profileName');
        return (await profiles.byName(profileName)).package;
      } catch (error) {
        throw saslError(error, 'SaslGetProfilePackage', provider);
      }
    },

    async saslIdentifyPackage(input) {
      try {
        checkBuffers(input, 'input');
        const [token, ...more] = filterBuffers(input, SECBUFFER.TOKEN);
        if (!token || more.length > 0 || token.data.length > LARGEST_NEGOTIATION) {
          throw new SaslFailure(SEC_E.INVALID_TOKEN, 'the input must be one TOKEN buffer with a SASL negotiation');
        }
        return (await profiles.byNegotiation(token.data)).package;
      } catch (error) {
        throw saslError(error, 'SaslIdentifyPackage', provider);
      }
    },

    async saslInitializeSecurityContext(call) {
      try {
        checkInitializeCall(call);
        return await saslLeg('client', call);
      } catch (error) {
        throw saslError(error, 'SaslInitializeSecurityContext', provider, call?.signal);
      }
    },

    async saslAcceptSecurityContext(call) {
      try {
        checkAcceptCall(call);
        return await saslLeg('server', call);
      } catch (error) {
        throw saslError(error, 'SaslAcceptSecurityContext', provider, call?.signal);
      }
    },

    async saslGetContextOption(handle, option) {
      try {
        checkOption(option);
        return await contextOf(handle).getOption(option);
      } catch (error) {
        throw saslError(error, 'SaslGetContextOption', provider);
      }
    },

    async saslSetContextOption(handle, option, value) {
      try {
        checkOption(option);
        await contextOf(handle).setOption(option, value);
      } catch (error) {
        throw saslError(error, 'SaslSetContextOption', provider);
      }
    },
  };
}

function checkOption(option: unknown): void {
  if (typeof option !== 'number') throw new ArgumentError('option must be a SASL_OPTION');
}
