import { KERBEROS_ATTR } from '../../../sspi/kerberos.js';
import { encodeCcache } from '../ccache/ccache-file.js';
import type { AcceptedRequest } from './accepted-request.js';
import { decodeDelegation } from './delegation.js';

/** The value of KERBEROS_ATTR.DELEGATED_CCACHE; undefined for other attributes, and where the client has delegated nothing. */
export function delegatedCcache(request: AcceptedRequest, attribute: number): unknown {
  if (attribute !== KERBEROS_ATTR.DELEGATED_CCACHE || !request.delegation) return undefined;
  const { delegation, initiatorSubkey, sessionKey } = request;
  const keys = initiatorSubkey ? [sessionKey, initiatorSubkey] : [sessionKey];
  const credentials = decodeDelegation(delegation, keys);
  const [first] = credentials ?? [];
  if (!credentials || !first) return undefined;
  const ccache = encodeCcache({ principal: first.client, credentials, config: [] });
  for (const { key } of credentials) key.bytes.fill(0);
  return { ccache };
}
