import { ArgumentError } from '../sspi/arguments.js';
import type { SettableContextAttributeValues, SettableCredentialAttributeValues } from '../sspi/attribute-values.js';
import { SECPKG_ATTR, SECPKG_CRED_ATTR } from '../sspi/attributes.js';
import type { SettingArguments } from './addon.js';

/** What the addon fills in the structure of a context's attribute from. Of an attribute that cannot be set: nothing. */
export function contextSetting(attribute: number, value: unknown): SettingArguments {
  switch (attribute) {
    case SECPKG_ATTR.APP_DATA:
      return { bytes: bytesOf(value as SettableContextAttributeValues[typeof attribute], 'the value') };
    case SECPKG_ATTR.EAP_PRF_INFO: {
      const { prfData } = objectOf<SettableContextAttributeValues[typeof attribute]>(value);
      return { bytes: bytesOf(prfData, 'prfData') };
    }
    case SECPKG_ATTR.EARLY_START: {
      const { falseStart } = objectOf<SettableContextAttributeValues[typeof attribute]>(value);
      return { number: falseStart ? ENABLE_TLS_CLIENT_EARLY_START : 0 };
    }
    case SECPKG_ATTR.DTLS_MTU: {
      const { mtu } = objectOf<SettableContextAttributeValues[typeof attribute]>(value);
      return { number: numberOf(mtu, 'mtu') };
    }
    case SECPKG_ATTR.KEYING_MATERIAL_INFO: {
      const { label, context, length } = objectOf<SettableContextAttributeValues[typeof attribute]>(value);
      return {
        label: textOf(label, 'label'),
        number: numberOf(length, 'length'),
        ...(context !== undefined && { bytes: bytesOf(context, 'context') }),
      };
    }
    default:
      return {};
  }
}

export function credentialSetting(attribute: number, value: unknown): SettingArguments {
  switch (attribute) {
    case SECPKG_CRED_ATTR.KDC_PROXY_SETTINGS: {
      const { proxyServer, force } = objectOf<SettableCredentialAttributeValues[typeof attribute]>(value);
      return { text: textOf(proxyServer, 'proxyServer'), number: force ? KDC_PROXY_SETTINGS_FLAGS_FORCEPROXY : 0 };
    }
    case SECPKG_CRED_ATTR.CERT: {
      const { thumbprint } = objectOf<SettableCredentialAttributeValues[typeof attribute]>(value);
      return { bytes: bytesOf(thumbprint, 'thumbprint') };
    }
    default:
      return {};
  }
}

function objectOf<T>(value: unknown): T {
  if (typeof value !== 'object' || value === null) throw new ArgumentError('the value must be an object');
  return value as T;
}

function bytesOf(value: Uint8Array, name: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ArgumentError(`${name} must be a Uint8Array`);
  return Uint8Array.from(value);
}

function numberOf(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    throw new ArgumentError(`${name} must be an unsigned integer`);
  return value;
}

function textOf(value: string, name: string): string {
  if (typeof value !== 'string' || value.includes('\0'))
    throw new ArgumentError(`${name} must be a string without a NUL`);
  return value;
}

/** Source: schannel.h. */
const ENABLE_TLS_CLIENT_EARLY_START = 1;
/** Source: sspi.h. */
const KDC_PROXY_SETTINGS_FLAGS_FORCEPROXY = 1;
