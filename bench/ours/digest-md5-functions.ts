/** Whole DIGEST-MD5 logons through the Sasl functions of the table: what libraries with a `step` function are to be compared with. */

import { createEngine, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET, SEC_E, SEC_I, SECBUFFER, type SecBuffer } from 'secur32/raw';
import type { Work } from '../measure.js';

const BATCH = 128;
const HOST = 'localhost';
const USER = 'alice';
const PASSWORD = 'correct horse';
const TARGET = `imap/${HOST}`;

const NOTHING = new Uint8Array(0);

/** The bits of the layers in what legs report, and what must be there of them at the end. */
const LAYERS = { asc: ASC_RET.INTEGRITY | ASC_RET.CONFIDENTIALITY, isc: ISC_RET.INTEGRITY | ISC_RET.CONFIDENTIALITY };

const QOPS = {
  auth: { asc: 0, isc: 0, granted: { asc: 0, isc: 0 } },
  'auth-int': {
    asc: ASC_REQ.INTEGRITY,
    isc: ISC_REQ.INTEGRITY,
    granted: { asc: ASC_RET.INTEGRITY, isc: ISC_RET.INTEGRITY },
  },
  'auth-conf': { asc: ASC_REQ.CONFIDENTIALITY, isc: ISC_REQ.CONFIDENTIALITY, granted: LAYERS },
} as const;

export async function createWork(qop: string): Promise<Work> {
  const logOn = await prepareLogon(qop);
  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await logOn();
    },
  };
}

async function prepareLogon(qop: string): Promise<() => Promise<void>> {
  if (!Object.hasOwn(QOPS, qop)) throw new RangeError(`no qop '${qop}'`);
  const { asc, isc, granted } = QOPS[qop as keyof typeof QOPS];
  const accounts = memoryAccounts([{ user: USER, password: PASSWORD }]);
  const sspi = createEngine({ accounts, digest: { realms: [HOST] } });
  const authData = { kind: 'password', user: USER, domain: HOST, password: PASSWORD } as const;
  const inbound = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
  const outbound = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'outbound', authData });
  const server = inbound.credential;
  const client = outbound.credential;

  return async () => {
    const challenge = await sspi.saslAcceptSecurityContext({
      credential: server,
      contextReq: asc,
      input: [token(NOTHING)],
    });
    expect('challenge', challenge.status === SEC_I.CONTINUE_NEEDED);
    const response = await sspi.saslInitializeSecurityContext({
      credential: client,
      contextReq: isc,
      targetName: TARGET,
      input: challenge.output,
    });
    expect('response', response.status === SEC_I.CONTINUE_NEEDED);
    const logon = await sspi.saslAcceptSecurityContext({
      credential: server,
      context: challenge.context,
      contextReq: asc,
      input: response.output,
    });
    expect('logon', logon.status === SEC_E.OK && (logon.contextAttr & LAYERS.asc) === granted.asc);
    const end = await sspi.saslInitializeSecurityContext({
      credential: client,
      context: response.context,
      contextReq: isc,
      targetName: TARGET,
      input: logon.output,
    });
    expect('rspauth', end.status === SEC_E.OK && (end.contextAttr & LAYERS.isc) === granted.isc);
    await sspi.deleteSecurityContext(end.context);
    await sspi.deleteSecurityContext(logon.context);
  };
}

function token(data: Uint8Array): SecBuffer {
  return { type: SECBUFFER.TOKEN, data };
}

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(`${what}: not the expected status and layer`);
}
