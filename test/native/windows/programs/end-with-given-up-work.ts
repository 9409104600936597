// Gives a hanging call up and then has nothing left to do: the call must not keep the process alive. Ends with 8.
import process from 'node:process';
import { loadAudit } from '../audit.js';
import { eventually } from '../audited.js';
import { clientSide } from '../people.js';
import { auditedTable } from '../tables.js';

const sspi = auditedTable();
const audit = loadAudit();
const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
const abort = new AbortController();
audit.hold('InitializeSecurityContextW');
const leg = sspi.initializeSecurityContext({ credential, contextReq: 0, signal: abort.signal });
await eventually(() => audit.held() === 1);
abort.abort();
await leg.catch(() => {
  process.exitCode = 8;
});
