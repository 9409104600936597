import type { NativeNames } from '../sspi/attribute-values.js';
import { SECPKG_ATTR } from '../sspi/attributes.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { isUnsupported, type PeerIdentity } from './identity.js';

/** Packages whose clients may come from other domains than the server's: there the account's name alone says little. */
const ACROSS_DOMAINS: ReadonlySet<string> = new Set(['Kerberos', 'NTLM']);

/**
 * The names that mean this client and nobody else: with its domain in each form, and by itself where the domain is the server's own.
 * `alice` of a trusted realm is not the `alice` that this server knows (RFC 4422 3.4.1, RFC 4752 3.2).
 */
export async function ownNames(
  sspi: SecurityFunctionTable,
  context: CtxtHandle,
  identity: PeerIdentity,
): Promise<readonly string[]> {
  const { domain, name, userPrincipalName } = identity;
  const names = domain === '' ? [] : [`${domain}\\${name}`, `${name}@${domain}`];
  if (userPrincipalName !== undefined) names.push(userPrincipalName);
  if (domain === '' || !ACROSS_DOMAINS.has(identity.package)) return [...names, name];
  const { clientName, serverName } = await nativeNames(sspi, context);
  if (clientName.includes('@')) names.push(clientName);
  return isSameRealm(clientName, serverName) ? [...names, name] : names;
}

async function nativeNames(sspi: SecurityFunctionTable, context: CtxtHandle): Promise<NativeNames> {
  try {
    return await sspi.queryContextAttributes(context, SECPKG_ATTR.NATIVE_NAMES);
  } catch (error) {
    if (!isUnsupported(error)) throw error;
    return { clientName: '', serverName: '' };
  }
}

/** Both have the form `name@REALM`, and the same realm; no realm is not the same as none. */
function isSameRealm(clientName: string, serverName: string): boolean {
  const realm = realmOf(clientName);
  return realm !== '' && realm === realmOf(serverName);
}

function realmOf(principal: string): string {
  const at = principal.lastIndexOf('@');
  return at < 0 ? '' : principal.slice(at + 1);
}
