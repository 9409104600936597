import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { NAME_TYPE } from '../constants/name-type.js';
import type { ServiceTarget } from '../kdc/service-ticket.js';
import { parsePrincipal } from '../names/principal.js';

/**
 * The principal of a target name: an SPN (`HTTP/www.example.com`, `MSSQLSvc/db:1433@EXAMPLE.COM`), or an account. Names of services are
 * never looked up in the DNS. Throws SEC_E_TARGET_UNKNOWN.
 */
export function serviceTarget(targetName: string | undefined): ServiceTarget {
  const { name: parsed, realm } = parsePrincipal(targetName ?? '', NAME_TYPE.SRV_INST);
  // A name of one part is an account's.
  const name = parsed.components.length === 1 ? { ...parsed, type: NAME_TYPE.PRINCIPAL } : parsed;
  if (name.components.every(component => component !== '')) return realm ? { name, realm } : { name };
  throw new PackageError(
    SEC_E.TARGET_UNKNOWN,
    targetName ? `${JSON.stringify(targetName)} is no service principal name` : 'the name of the service is missing',
    { hint: 'Give the target name as class/host, like HTTP/www.example.com.' },
  );
}
