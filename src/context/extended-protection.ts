import { ArgumentError } from '../sspi/arguments.js';
import { SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import { SspiError } from '../sspi/error.js';
import { ASC_REQ } from '../sspi/flags.js';
import { SEC_E } from '../sspi/status.js';
import type { Credential } from './credential.js';

/**
 * What a server makes of a client that does not say which connection and which service it means: `always` refuses it, `whenSupported`
 * lets it pass, and refuses one that says something else; with `never` bindings are not looked at.
 * Source: Microsoft Learn, "Extended Protection for Authentication".
 */
export type ExtendedProtection = 'always' | 'whenSupported' | 'never';

/** Throws a TypeError for bindings that are none, and SEC_E_UNSUPPORTED_FUNCTION for a package that would pass over them in silence. */
export function checkBindings(
  { package: name, sspi }: Credential,
  bindings: Uint8Array | undefined,
  syscall: string,
): void {
  if (bindings === undefined) return;
  if (!(bindings instanceof Uint8Array)) throw new ArgumentError('channelBindings must be a Uint8Array');
  if (BINDING_PACKAGES.includes(name)) return;
  throw new SspiError({
    status: SEC_E.UNSUPPORTED_FUNCTION,
    syscall,
    provider: sspi.provider,
    detail: `${name} carries no channel bindings here`,
    hint: `Take ${BINDING_PACKAGES.join(', ')}, or leave channelBindings out if nothing depends on them.`,
  });
}

/** The buffer that a leg gets for them. */
export function bindingBuffers(bindings: Uint8Array | undefined): SecBuffer[] {
  return bindings ? [{ type: SECBUFFER.CHANNEL_BINDINGS, data: bindings }] : [];
}

export function checkExtendedProtection(policy: unknown, allowed: readonly ExtendedProtection[]): void {
  if (policy === undefined || allowed.some(each => each === policy)) return;
  throw new ArgumentError(`extendedProtection must be ${allowed.map(each => `'${each}'`).join(' or ')}`);
}

/** ASC_REQ bits. */
export function extendedProtectionFlags(policy: ExtendedProtection | undefined): number {
  return policy === 'whenSupported' ? ASC_REQ.ALLOW_MISSING_BINDINGS : 0;
}

/** Packages that carry channel bindings in their tokens. */
const BINDING_PACKAGES: readonly string[] = ['Negotiate', 'Kerberos', 'NTLM'];
