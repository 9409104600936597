import { type AuthData, ISC_REQ } from 'secur32/raw';
import { identityOf } from './people.js';

/** A package with what its client needs to log on here. */
export interface Mechanism {
  readonly package: string;
  /** Absent: the user whose tickets are in the credential cache. */
  readonly authData?: AuthData;
  /** ISC_REQ bits that it always asks for. */
  readonly contextReq: number;
}

export const NTLM: Mechanism = { package: 'NTLM', authData: identityOf(), contextReq: 0 };

export const NEGOTIATE_NTLM: Mechanism = {
  package: 'Negotiate',
  authData: identityOf({ packageList: '!kerberos' }),
  contextReq: 0,
};

export const KERBEROS: Mechanism = { package: 'Kerberos', contextReq: ISC_REQ.MUTUAL_AUTH };

/** As DCE's RPC uses it ([MS-KILE] 3.4.5.1). */
export const KERBEROS_OF_DCE: Mechanism = {
  package: 'Kerberos',
  contextReq: ISC_REQ.MUTUAL_AUTH | ISC_REQ.USE_DCE_STYLE,
};

export const NEGOTIATE_KERBEROS: Mechanism = { package: 'Negotiate', contextReq: ISC_REQ.MUTUAL_AUTH };
