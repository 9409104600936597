/** HTTP Digest exchanges over the function table, as the doors use it: challenge, Authorization, check. */

import { createEngine, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, ISC_REQ, SEC_E, SEC_I, SECBUFFER, type SecBuffer } from 'secur32/raw';
import type { Work } from '../measure.js';

const BATCH = 16;
const REALM = 'localhost';
const USER = 'alice';
const PASSWORD = 'correct horse';
const URI = '/dir/index.html';
const METHOD: SecBuffer = { type: SECBUFFER.PKG_PARAMS, data: Buffer.from('GET') };
const NOTHING: SecBuffer = { type: SECBUFFER.PKG_PARAMS, data: new Uint8Array() };
const REALM_PARAMETER: SecBuffer = { type: SECBUFFER.PKG_PARAMS, data: Buffer.from(REALM, 'utf16le') };

export async function createWork(): Promise<Work> {
  const exchange = await prepareExchange();
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await exchange();
    },
  };
}

async function prepareExchange(): Promise<() => Promise<void>> {
  const sspi = createEngine({ accounts: memoryAccounts([{ user: USER, password: PASSWORD }]) });
  const authData = { kind: 'password', user: USER, domain: REALM, password: PASSWORD } as const;
  const inbound = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
  const outbound = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'outbound', authData });

  return async () => {
    const { credential } = inbound;
    // The buffers of a request: token, method, (reserved), hash of the entity, realm.
    const first = [token(new Uint8Array()), METHOD, NOTHING, NOTHING, REALM_PARAMETER];
    const challenge = await sspi.acceptSecurityContext({ credential, contextReq: ASC_REQ.HTTP, input: first });
    expectStatus('challenge', challenge.status, SEC_I.CONTINUE_NEEDED);

    const response = await sspi.initializeSecurityContext({
      credential: outbound.credential,
      targetName: URI,
      contextReq: ISC_REQ.HTTP,
      input: [token(tokenOf(challenge.output)), METHOD, NOTHING],
    });
    expectStatus('response', response.status, SEC_E.OK);

    const { context } = challenge;
    const second = [token(tokenOf(response.output)), METHOD, NOTHING, NOTHING, REALM_PARAMETER];
    const logon = await sspi.acceptSecurityContext({ credential, context, contextReq: ASC_REQ.HTTP, input: second });
    expectStatus('logon', logon.status, SEC_E.OK);
    await sspi.deleteSecurityContext(logon.context);
    await sspi.deleteSecurityContext(response.context);
  };
}

function token(data: Uint8Array): SecBuffer {
  return { type: SECBUFFER.TOKEN, data };
}

function tokenOf(output: readonly SecBuffer[]): Uint8Array {
  const found = output.find(buffer => buffer.type === SECBUFFER.TOKEN);
  if (found === undefined) throw new Error('no token');
  return found.data;
}

function expectStatus(what: string, status: number, expected: number): void {
  if (status !== expected) throw new Error(`${what}: status 0x${status.toString(16)}`);
}
