import type { SecurityToken } from '../../../sspi/security-token.js';
import type { KerberosOptions } from '../options.js';
import { type PacIdentity, readPacIdentity } from '../pac/pac-identity.js';
import type { AcceptedRequest } from './accepted-request.js';

/** What the PAC says of the client. Throws SEC_E_LOGON_DENIED for a forged one, or by policy for none. */
export function readClient(
  { serviceKey, ticket }: AcceptedRequest,
  { pac = 'use' }: KerberosOptions,
): PacIdentity | undefined {
  return readPacIdentity(ticket, serviceKey, pac);
}

/** Who the client is: by the PAC where that knows an account, or else by its principal, whose realm is the domain. */
export function clientToken({ ticket }: AcceptedRequest, identity: PacIdentity | undefined): SecurityToken {
  const { accountName, domainName, groups, sid, userPrincipalName } = identity ?? {};
  return {
    user: {
      name: accountName || ticket.cname.components.join('/'),
      domain: (accountName && domainName) || ticket.crealm,
      ...(sid !== undefined && { sid }),
      ...(userPrincipalName !== undefined && { userPrincipalName }),
    },
    ...(groups && { groups }),
  };
}
