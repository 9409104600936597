// Ends while one call runs, one waits behind it, and handles are left open. Exits with 7.
import process from 'node:process';
import { SECPKG_ATTR } from 'secur32/raw';
import { loadAudit } from '../audit.js';
import { eventually } from '../audited.js';
import { clientSide } from '../people.js';
import { auditedTable } from '../tables.js';

const sspi = auditedTable();
const audit = loadAudit();
const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
const { context } = await sspi.initializeSecurityContext({ credential, targetName: 'HTTP/localhost', contextReq: 0 });
audit.hold('QueryContextAttributesW');
void sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
void sspi.deleteSecurityContext(context);
await eventually(() => audit.held() === 1);
process.exit(7);
