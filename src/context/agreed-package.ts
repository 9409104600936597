import { SECPKG_ATTR } from '../sspi/attributes.js';
import type { Awaitable } from '../sspi/awaitable.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { Credential } from './credential.js';
import type { Exchange } from './exchange.js';
import { checkPackage } from './policy.js';

/**
 * The package that a context has come to be: another than the credential's only with Negotiate. Throws SEC_E_DOWNGRADE_DETECTED
 * unless it is among those allowed.
 */
export function agreedPackage(
  exchange: Exchange,
  credential: Credential,
  context: CtxtHandle,
  allowed: readonly string[] | undefined,
): Awaitable<string> {
  if (credential.package === NEGOTIATE) return askPackage(exchange, context, allowed);
  checkPackage(exchange, credential.package, allowed);
  return credential.package;
}

async function askPackage(
  exchange: Exchange,
  context: CtxtHandle,
  allowed: readonly string[] | undefined,
): Promise<string> {
  const { name } = await exchange.sspi.queryContextAttributes(context, SECPKG_ATTR.PACKAGE_INFO);
  checkPackage(exchange, name, allowed);
  return name;
}

const NEGOTIATE = 'Negotiate';
