import { Buffer } from 'node:buffer';
import { ArgumentError, checkAcceptCall, checkBuffers, checkInitializeCall, checkString } from '../sspi/arguments.js';
import type { SaslFunctionName, SecurityFunctionTable } from '../sspi/function-table.js';
import { SASL_OPTION, type SaslContextOptions } from '../sspi/sasl.js';
import type { LegArguments, NativeAddon } from './addon.js';
import { contextLeg } from './context-leg.js';
import { inputBuffers } from './input-buffers.js';
import { accept, brought } from './native-error.js';

/** The Sasl functions of Secur32.dll. */
export function saslFunctions(addon: NativeAddon): Pick<SecurityFunctionTable, SaslFunctionName> {
  return {
    async saslEnumerateProfiles() {
      const reply = accept(await addon.saslEnumerateProfiles(), 'SaslEnumerateProfiles');
      return brought(reply.profiles, 'SaslEnumerateProfiles');
    },

    async saslGetProfilePackage(profileName) {
      checkString(profileName, 'profileName');
      const reply = accept(await addon.saslGetProfilePackage(profileName), 'SaslGetProfilePackage');
      return brought(reply.package, 'SaslGetProfilePackage');
    },

    async saslIdentifyPackage(input) {
      checkBuffers(input, 'input');
      const buffers = inputBuffers(input, 'SaslIdentifyPackage');
      const reply = accept(await addon.saslIdentifyPackage(buffers), 'SaslIdentifyPackage');
      return brought(reply.package, 'SaslIdentifyPackage');
    },

    async saslInitializeSecurityContext(call) {
      checkInitializeCall(call);
      const options = firstOptions(call.options);
      return contextLeg(addon, 'SaslInitializeSecurityContext', addon.saslInitializeSecurityContext, call, options);
    },

    async saslAcceptSecurityContext(call) {
      checkAcceptCall(call);
      const options = firstOptions(call.options);
      return contextLeg(addon, 'SaslAcceptSecurityContext', addon.saslAcceptSecurityContext, call, options);
    },

    async saslGetContextOption(context, option) {
      const reply = accept(await addon.saslGetContextOption(context, option), 'SaslGetContextOption');
      const bytes = brought(reply.value as Uint8Array | undefined, 'SaslGetContextOption');
      return (option === SASL_OPTION.AUTHZ_STRING ? bytes : fromUlong(bytes)) as never;
    },

    async saslSetContextOption(context, option, value) {
      const bytes = optionBytes(option, value);
      accept(await addon.saslSetContextOption(context, option, bytes), 'SaslSetContextOption');
    },
  };
}

function firstOptions(options: SaslContextOptions | undefined): LegArguments['options'] {
  if (options === undefined) return undefined;
  const { recvSize, authzString, authzProcessing } = options;
  const given = [
    { option: SASL_OPTION.RECV_SIZE, value: recvSize },
    { option: SASL_OPTION.AUTHZ_STRING, value: authzString },
    { option: SASL_OPTION.AUTHZ_PROCESSING, value: authzProcessing },
  ];
  return given.flatMap(({ option, value }) =>
    value === undefined ? [] : [{ option, value: optionBytes(option, value) }],
  );
}

/** A byte string, or a ULONG. */
function optionBytes(option: number, value: Uint8Array | number): Uint8Array {
  if (option === SASL_OPTION.AUTHZ_STRING) {
    if (!(value instanceof Uint8Array)) throw new ArgumentError('AUTHZ_STRING must be a Uint8Array');
    return Uint8Array.from(value);
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw new ArgumentError('the option must be an unsigned integer of 32 bits');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function fromUlong(bytes: Uint8Array): number {
  return Buffer.from(bytes).readUInt32LE();
}
