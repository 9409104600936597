import { SECPKG_ATTR } from '../sspi/attributes.js';
import type { SspiError } from '../sspi/error.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import type { ExtendedProtection } from './extended-protection.js';
import { isUnsupported } from './identity.js';

/**
 * Refuses with SEC_E_WRONG_PRINCIPAL a client that meant to reach another service than one of `targetNames` (RFC 2831 2.1.2,
 * `digest-uri`; Microsoft Learn, "Extended Protection for Authentication", service binding). A package that cannot say what the
 * client meant cannot be checked, and is refused as well, unless the policy is `whenSupported`.
 */
export async function checkTarget(
  exchange: Exchange,
  context: CtxtHandle,
  targetNames: readonly string[],
  policy: ExtendedProtection = 'always',
): Promise<void> {
  let target: string;
  try {
    target = (await exchange.sspi.queryContextAttributes(context, SECPKG_ATTR.CLIENT_SPECIFIED_TARGET)).targetName;
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    if (policy === 'whenSupported') return;
    throw missingTarget(exchange, targetNames);
  }
  for (const name of targetNames) if (isSameTarget(target, name)) return;
  throw wrongTarget(exchange, targetNames, `the client meant to reach ${JSON.stringify(target)}`);
}

/**
 * Whether a client's target is the service `name`: case aside, and whatever third part (`service/host/name`, the replicated service
 * that the host belongs to) follows.
 */
export function isSameTarget(target: string, name: string): boolean {
  if (target === name) return true;
  const actual = asciiLowerCase(target);
  const expected = asciiLowerCase(name);
  return actual === expected || actual.startsWith(`${expected}/`);
}

/** A client that names no service may have been led here by somebody between it and the service that it meant. */
function missingTarget(exchange: Exchange, targetNames: readonly string[]): SspiError {
  const hint =
    `Let the client give the SPN of this server (${targetNames.join(', ')}). With extendedProtection: 'whenSupported' clients that ` +
    'give none are let in; only do so where TLS, or nobody in between, protects the connection.';
  return exchange.refusal(SEC_E.WRONG_PRINCIPAL, 'the client does not say which service it meant to reach', hint);
}

function wrongTarget(exchange: Exchange, targetNames: readonly string[], detail: string): SspiError {
  const hint = `This server answers to ${targetNames.join(', ')}: add the name if it is a proper one.`;
  return exchange.refusal(SEC_E.WRONG_PRINCIPAL, detail, hint);
}

/** Only ASCII: the lower case of U+212A, the Kelvin sign, is a plain `k`. */
function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}
