import type { AcquireCredentialsCall, SecurityFunctionTable } from 'secur32/raw';
import { ASC_REQ, ISC_REQ } from 'secur32/raw';
import { alice } from '../../peers/accounts.js';
import type { ClientSide, Side } from './handshake.js';

/** Sides of exchanges whose accounts the surroundings know. */

export function ntlmClient(table: SecurityFunctionTable, password: string = alice.password): ClientSide {
  const authData = { kind: 'password', user: alice.user, domain: 'DOMAIN', password } as const;
  return { table, credential: { package: 'NTLM', credentialUse: 'outbound', authData }, contextReq: SEALED.client };
}

export function ntlmServer(table: SecurityFunctionTable): Side {
  return { table, credential: inbound('NTLM'), contextReq: SEALED.server };
}

/** With the ticket in the credential cache. */
export function kerberosClient(table: SecurityFunctionTable, packageName = 'Kerberos'): ClientSide {
  return {
    table,
    credential: { package: packageName, credentialUse: 'outbound' },
    contextReq: SEALED.client | ISC_REQ.MUTUAL_AUTH,
    targetName: 'HTTP/localhost',
  };
}

export function kerberosServer(table: SecurityFunctionTable, packageName = 'Kerberos'): Side {
  return { table, credential: inbound(packageName), contextReq: SEALED.server | ASC_REQ.MUTUAL_AUTH };
}

function inbound(packageName: string): AcquireCredentialsCall {
  return { package: packageName, credentialUse: 'inbound' };
}

const SEALED = {
  client: ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.SEQUENCE_DETECT | ISC_REQ.REPLAY_DETECT,
  server: ASC_REQ.CONFIDENTIALITY | ASC_REQ.INTEGRITY | ASC_REQ.SEQUENCE_DETECT | ASC_REQ.REPLAY_DETECT,
} as const;
Object.freeze(SEALED);
