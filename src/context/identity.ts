import { SECPKG_ATTR } from '../sspi/attributes.js';
import { SspiError } from '../sspi/error.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { SidAndName } from '../sspi/security-token.js';
import { SEC_E } from '../sspi/status.js';

/** Who a peer has proven to be. */
export interface PeerIdentity {
  /** The account's name alone. */
  readonly name: string;
  /** NetBIOS or DNS domain, or realm; empty where the account has none. */
  readonly domain: string;
  /** The package that proved it: with Negotiate, the one that was agreed. */
  readonly package: string;
  readonly sid?: string;
  /** `alice@example.com`, where the package carries it. */
  readonly userPrincipalName?: string;
  /** Absent where the package carries no groups. */
  readonly groups?: readonly SidAndName[];
}

/** Who the client of a server context is: from its access token, or from its name where the package makes no token. */
export async function readIdentity(
  sspi: SecurityFunctionTable,
  context: CtxtHandle,
  packageName: string,
): Promise<PeerIdentity> {
  try {
    const { user, groups } = await sspi.querySecurityContextToken(context);
    return { ...user, package: packageName, ...(groups && { groups }) };
  } catch (error) {
    if (!isWithoutToken(error)) throw error;
    return readName(sspi, context, packageName);
  }
}

/** The name that a context itself knows, as its client wrote it: `DOMAIN\user`, `user@domain` or `user`. */
export async function readName(
  sspi: SecurityFunctionTable,
  context: CtxtHandle,
  packageName: string,
): Promise<PeerIdentity> {
  const { userName } = await sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES);
  const backslash = userName.indexOf('\\');
  return {
    name: userName.slice(backslash + 1),
    domain: backslash < 0 ? '' : userName.slice(0, backslash),
    package: packageName,
  };
}

/** Whether a context function failed because the package has no such thing, and not because something is wrong. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof SspiError && error.status === SEC_E.UNSUPPORTED_FUNCTION;
}

function isWithoutToken(error: unknown): boolean {
  return isUnsupported(error) || (error instanceof SspiError && error.status === SEC_E.NO_IMPERSONATION);
}
