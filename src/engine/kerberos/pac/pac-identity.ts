import type { SidAndName } from '../../../sspi/security-token.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import type { EncTicketPart } from '../messages/enc-ticket-part.js';
import { formatPrincipal } from '../names/principal.js';
import { decodeClientInfo } from './client-info.js';
import { findPac } from './find-pac.js';
import { decodeLogonInfo, type LogonInfo } from './logon-info.js';
import { PAC_TYPE, Pac } from './pac.js';
import { signatureOf, verifyServerSignature } from './pac-signature.js';
import { relativeSid } from './sid.js';
import { decodeUpnDnsInfo, type UpnDnsInfo } from './upn-dns-info.js';

/**
 * What becomes of a ticket whose PAC is not there or cannot be read: the client has a name and no SIDs (`use`), or is refused (`require`).
 * A PAC with a wrong signature, or of another client, is refused in either case.
 */
export type PacPolicy = 'use' | 'require';

/** Who a PAC says that the client is. */
export interface PacIdentity {
  /** sAMAccountName and NetBIOS domain; undefined in PACs of KDCs without a directory. */
  readonly accountName?: string | undefined;
  readonly domainName?: string | undefined;
  readonly userPrincipalName?: string | undefined;
  readonly dnsDomainName?: string | undefined;
  readonly sid?: string | undefined;
  readonly groups?: readonly SidAndName[] | undefined;
}

/**
 * Reads the PAC of a ticket, under the key that the ticket was encrypted in ([MS-KILE] 3.4.5.3). Undefined where there is none to use.
 * Throws SEC_E_LOGON_DENIED for a PAC that is forged, or by policy for none.
 */
export function readPacIdentity(ticket: EncTicketPart, key: KerberosKey, policy: PacPolicy): PacIdentity | undefined {
  const pac = tolerant(policy, () => {
    const bytes = findPac(ticket.authorizationData);
    const parsed = bytes && Pac.parse(bytes);
    // KDCs may have keys of types that are not known here, and the rest of the PAC is signed without their signature.
    if (parsed) signatureOf(parsed, PAC_TYPE.KDC_CHECKSUM);
    return parsed;
  });
  if (!pac) {
    if (policy === 'require') throw withoutPac();
    return undefined;
  }
  verifyServerSignature(pac, key);
  checkClient(pac, ticket);
  return tolerant(policy, () => identityOf(pac));
}

/** A PAC belongs to the ticket with the same client and the same time of logon ([MS-PAC] 2.7). */
function checkClient(pac: Pac, { authtime, cname, crealm }: EncTicketPart): void {
  const info = pac.find(PAC_TYPE.CLIENT_INFO);
  if (info) {
    const { clientId, name } = decodeClientInfo(info.data);
    const names = [cname.components.join('/'), formatPrincipal(cname), formatPrincipal(cname, crealm)];
    if (clientId === fileTime(authtime) && names.includes(name)) return;
  }
  throw new PackageError(SEC_E.LOGON_DENIED, 'the PAC of the ticket is that of another client or another logon');
}

function identityOf(pac: Pac): PacIdentity {
  const logonInfo = pac.find(PAC_TYPE.LOGON_INFO);
  const upnInfo = pac.find(PAC_TYPE.UPN_DNS_INFO);
  const upn = upnInfo && decodeUpnDnsInfo(upnInfo.data);
  return { ...upnNames(upn), ...(logonInfo && logonNames(decodeLogonInfo(logonInfo.data))) };
}

function upnNames(info: UpnDnsInfo | undefined): PacIdentity {
  if (!info) return {};
  const { userPrincipalName, dnsDomainName, samName, sid } = info;
  return { userPrincipalName, dnsDomainName, accountName: samName, sid };
}

function logonNames(info: LogonInfo): PacIdentity {
  return {
    accountName: info.effectiveName,
    domainName: info.logonDomainName,
    sid: userSid(info),
    groups: groupSids(info).map(sid => ({ sid })),
  };
}

/** [MS-PAC] 2.5: where UserId is 0, the user's SID is the first of ExtraSids. */
export function userSid({ extraSids, logonDomainId, userId }: LogonInfo): string | undefined {
  if (userId === 0) return extraSids[0]?.sid;
  return logonDomainId && relativeSid(logonDomainId, userId);
}

/** The groups of the domain, those from elsewhere, and the domain-local ones ([MS-KILE] 3.4.5.3): each once. */
export function groupSids(info: LogonInfo): string[] {
  const { extraSids, groups, logonDomainId, primaryGroupId, resourceGroupDomainSid, resourceGroups, userId } = info;
  const sids = new Set<string>();
  if (logonDomainId) {
    for (const rid of [primaryGroupId, ...groups.map(group => group.rid)]) sids.add(relativeSid(logonDomainId, rid));
  }
  for (const { sid } of userId === 0 ? extraSids.slice(1) : extraSids) sids.add(sid);
  if (resourceGroupDomainSid) for (const { rid } of resourceGroups) sids.add(relativeSid(resourceGroupDomainSid, rid));
  return [...sids];
}

function tolerant<T>(policy: PacPolicy, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (policy === 'use' && error instanceof PackageError && error.status === SEC_E.INVALID_TOKEN) return undefined;
    throw error;
  }
}

function withoutPac(): PackageError {
  return new PackageError(SEC_E.LOGON_DENIED, 'the ticket has no PAC, and kerberos.pac wants one', {
    hint: "Let the account have PACs (NO_AUTH_DATA_REQUIRED of userAccountControl), or set the engine option kerberos.pac to 'use'.",
  });
}

/** A time in milliseconds since 1970 as FILETIME ([MS-DTYP] 2.3.3). */
function fileTime(milliseconds: number): bigint {
  return BigInt(milliseconds) * 10_000n + 116_444_736_000_000_000n;
}
