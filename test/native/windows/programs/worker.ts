// A worker that exchanges tokens with itself; on request it then leaves a call hanging, or its handles open.
import { parentPort, workerData } from 'node:worker_threads';
import { SECPKG_ATTR } from 'secur32/raw';
import { Handshake } from '../handshake.js';
import { clientSide, serverSide } from '../people.js';
import { auditedTable } from '../tables.js';

const { rounds, end }: { rounds: number; end: 'tidy' | 'open' | 'hang' } = workerData;
const sspi = auditedTable();
for (let round = 0; round < rounds; round++) {
  const handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
  if (end === 'tidy') await handshake[Symbol.asyncDispose]();
  else if (end === 'hang') void sspi.queryContextAttributes(handshake.client.context, SECPKG_ATTR.SIZES);
}
parentPort!.postMessage('done');
