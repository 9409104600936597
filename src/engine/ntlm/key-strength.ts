import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import { NTLMSSP } from './messages/flags.js';
import type { NtlmOptions } from './options.js';

/** Throws SEC_E_UNSUPPORTED_FUNCTION where messages would be protected by less than 128 bits and HMAC-MD5. */
export function checkKeyStrength(flags: number, options: NtlmOptions): void {
  if ((flags & PROTECTION) === 0 || (flags & STRONG) === STRONG || options.dangerouslyAllowWeakKeys) return;
  throw new PackageError(
    SEC_E.UNSUPPORTED_FUNCTION,
    'the peer has no session keys of 128 bits with extended session security',
    {
      hint: 'Do without signing and sealing, or see the engine option ntlm.dangerouslyAllowWeakKeys.',
    },
  );
}

const PROTECTION = NTLMSSP.SIGN | NTLMSSP.SEAL;
const STRONG = NTLMSSP.EXTENDED_SESSIONSECURITY | NTLMSSP.KEY_128;
