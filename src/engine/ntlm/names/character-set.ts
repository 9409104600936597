import { MalformedBytesError } from '../../../bytes/errors.js';
import { decodeUtf16le, encodeUtf16le } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { NTLMSSP } from '../messages/flags.js';
import { malformed } from '../messages/message.js';
import { decodeOem, encodeOem } from './oem.js';

/** The character set of a message's names: Unicode where both are flagged. Throws SEC_E_INVALID_TOKEN where neither is. */
export function characterSet(flags: number): number {
  if (flags & NTLMSSP.UNICODE) return NTLMSSP.UNICODE;
  if (flags & NTLMSSP.OEM) return NTLMSSP.OEM;
  throw malformed('it is in no character set');
}

/** Throws SEC_E_INVALID_TOKEN for half a character. */
export function decodeName(bytes: Uint8Array, characters: number): string {
  if (characters === NTLMSSP.OEM) return decodeOem(bytes);
  try {
    return decodeUtf16le(bytes);
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed('a name ends in the middle of a character');
    throw error;
  }
}

/** Throws SEC_E_UNSUPPORTED_FUNCTION for a name that the peer has no characters for. */
export function encodeName(name: string, characters: number): Uint8Array {
  if (characters === NTLMSSP.UNICODE) return encodeUtf16le(name);
  const encoded = encodeOem(name);
  if (encoded) return encoded;
  throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'the peer does not know Unicode, and a name does not go without', {
    hint: 'Take a peer that knows Unicode, or a user, a domain and a host whose names are in code page 850.',
  });
}
