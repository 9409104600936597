import { SECPKG_ATTR } from '../sspi/attributes.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import { isUnsupported } from './identity.js';

/**
 * Refuses with SEC_E_WRONG_PRINCIPAL a client that meant to reach another service than one of `targetNames` (RFC 2831 2.1.2,
 * `digest-uri`; Microsoft Learn, "Extended Protection for Authentication", service binding). A package that cannot say what the
 * client meant cannot be checked, and is refused as well.
 */
export async function checkTarget(
  exchange: Exchange,
  context: CtxtHandle,
  targetNames: readonly string[],
): Promise<void> {
  const target = await clientTarget(exchange, context);
  if (target !== undefined && targetNames.some(name => isSameTarget(target, name))) return;
  throw exchange.refusal(
    SEC_E.WRONG_PRINCIPAL,
    target === undefined
      ? 'the package does not say which service the client meant to reach'
      : `the client meant to reach ${JSON.stringify(target)}`,
    `This server answers to ${targetNames.join(', ')}: add the name if it is a proper one.`,
  );
}

/**
 * Whether a client's target is the service `name`: case aside, and whatever third part (`service/host/name`, the replicated service
 * that the host belongs to) follows.
 */
export function isSameTarget(target: string, name: string): boolean {
  const actual = asciiLowerCase(target);
  const expected = asciiLowerCase(name);
  return actual === expected || actual.startsWith(`${expected}/`);
}

async function clientTarget(exchange: Exchange, context: CtxtHandle): Promise<string | undefined> {
  try {
    return (await exchange.sspi.queryContextAttributes(context, SECPKG_ATTR.CLIENT_SPECIFIED_TARGET)).targetName;
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    throw error;
  }
}

/** Only ASCII: the lower case of U+212A, the Kelvin sign, is a plain `k`. */
function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, letter => letter.toLowerCase());
}
