// A worker that exchanges tokens with itself; on request it then leaves a call hanging, or its handles open.
import { parentPort, workerData } from 'node:worker_threads';
import type { CtxtHandle } from 'secur32/raw';
import { SECPKG_ATTR } from 'secur32/raw';
import { loadAudit } from '../audit.js';
import { Handshake } from '../handshake.js';
import { clientSide, serverSide } from '../people.js';
import { auditedTable } from '../tables.js';

const { rounds, end }: { rounds: number; end: 'tidy' | 'open' | 'hang' | 'impersonate' } = workerData;
const sspi = auditedTable();
for (let round = 0; round < rounds; round++) {
  const handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
  if (end === 'tidy') await handshake[Symbol.asyncDispose]();
  else if (end === 'impersonate') await impersonateForEver(handshake.server.context);
  else if (end === 'hang') leaveHanging(handshake.client.context);
}
parentPort!.postMessage('done');

async function impersonateForEver(context: CtxtHandle): Promise<void> {
  loadAudit().supplyTokens(true);
  await sspi.impersonate(context, () => {
    for (;;);
  });
}

/** A call that runs, and others of its context that wait behind it. */
function leaveHanging(context: CtxtHandle): void {
  void sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
  void sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
  void sspi.deleteSecurityContext(context);
}
