import type { AcquireCredentialsCall, SecurityFunctionTable } from 'secur32/raw';
import { ASC_REQ, ISC_REQ } from 'secur32/raw';
import { alice } from '../../peers/accounts.js';
import type { ClientSide, Side } from './handshake.js';
import { WINE } from './under-wine.js';

/** The package of sides that can do everything here: Wine's NTLM does not sign, and on Windows there is no KDC at hand. */
export const PACKAGE: 'Kerberos' | 'NTLM' = WINE === undefined ? 'NTLM' : 'Kerberos';

/**
 * A client that can log on where the tests run: under Wine with the surroundings' Kerberos ticket, or with alice's password for
 * NTLM; on Windows as the user who runs them.
 */
export function clientSide(table: SecurityFunctionTable, packageName: string = PACKAGE): ClientSide {
  if (WINE !== undefined && packageName === 'NTLM') return clientWithPassword(table, alice.password);
  return {
    table,
    credential: { package: packageName, credentialUse: 'outbound' },
    contextReq: SEALED.client | (packageName === 'Kerberos' ? ISC_REQ.MUTUAL_AUTH : 0),
    targetName: 'HTTP/localhost',
  };
}

/** The server of that client. */
export function serverSide(table: SecurityFunctionTable, packageName: string = PACKAGE): Side {
  const credential: AcquireCredentialsCall = { package: packageName, credentialUse: 'inbound' };
  return { table, credential, contextReq: SEALED.server };
}

/** Alice with this password, by NTLM. Only the surroundings of Wine know her. */
export function clientWithPassword(table: SecurityFunctionTable, password: string): ClientSide {
  const authData = { kind: 'password', user: alice.user, domain: 'DOMAIN', password } as const;
  return { table, credential: { package: 'NTLM', credentialUse: 'outbound', authData }, contextReq: SEALED.client };
}

const SEALED = {
  client: ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.SEQUENCE_DETECT | ISC_REQ.REPLAY_DETECT,
  server: ASC_REQ.CONFIDENTIALITY | ASC_REQ.INTEGRITY | ASC_REQ.SEQUENCE_DETECT | ASC_REQ.REPLAY_DETECT,
} as const;
Object.freeze(SEALED);
