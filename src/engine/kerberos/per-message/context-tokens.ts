import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { ETYPE } from '../constants/etype.js';
import { Rfc4121Tokens, type TokenParts } from './rfc4121/rfc4121-tokens.js';
import { Rfc4757Tokens } from './rfc4757/rfc4757-tokens.js';
import type { TokenFormat } from './token-format.js';

/**
 * The tokens that go with a context's key: those of RFC 4121 for all newer encryption types (RFC 4121 1), and for RC4 those of RFC 4757.
 * Throws SEC_E_KDC_UNKNOWN_ETYPE for export keys of RC4.
 */
export function contextTokens(parts: TokenParts): TokenFormat {
  const { type, value } = parts.key;
  if (type.number === ETYPE.RC4) return value.use(key => new Rfc4757Tokens({ ...parts, key }));
  if (!type.weak) return new Rfc4121Tokens(parts);
  throw new PackageError(SEC_E.KDC_UNKNOWN_ETYPE, `messages are not protected with ${type.name}`);
}

/** Whether the tokens of a key are those of RFC 4121. */
export function isNewer(etype: number): boolean {
  return etype !== ETYPE.RC4 && etype !== ETYPE.RC4_EXPORT;
}
