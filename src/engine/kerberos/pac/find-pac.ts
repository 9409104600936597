import { AD_TYPE } from '../constants/ad-type.js';
import { type AuthorizationData, decodeAuthorizationData } from '../messages/authorization-data.js';

/** The PAC in the authorization data of a ticket: `AD-IF-RELEVANT { AD-WIN2K-PAC }` ([MS-PAC] 2.1). Throws SEC_E_INVALID_TOKEN. */
export function findPac(authorizationData: AuthorizationData | undefined): Uint8Array | undefined {
  for (const { type, data } of authorizationData ?? []) {
    if (type !== AD_TYPE.IF_RELEVANT) continue;
    const pac = decodeAuthorizationData(data).find(entry => entry.type === AD_TYPE.WIN2K_PAC);
    if (pac) return pac.data;
  }
  return undefined;
}
