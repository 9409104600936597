import { createEngine, memoryAccounts } from 'secur32/engine';
import {
  ASC_RET,
  type ContextLeg,
  type CtxtHandle,
  ISC_REQ,
  SEC_E,
  SEC_I,
  SECBUFFER,
  type SecBuffer,
} from 'secur32/raw';
import type { Work } from '../measure.js';

const ACCOUNT = { user: 'alice', domain: 'EXAMPLE', password: 'correct horse' } as const;
const TARGET = 'HTTP/localhost';
const PROTECTED = ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
const BATCH = 128;
/** A NegTokenResp with a state alone has nine bytes; one with mechListMIC has more. */
const WITHOUT_MIC = 9;

/** Whole NTLMv2 logons under SPNEGO: both sides sign the list of mechanisms and check the other's signature. */
export async function createWork(): Promise<Work> {
  const sspi = createEngine({ accounts: memoryAccounts([ACCOUNT]), negotiate: { packages: ['NTLM'] } });
  const authData = { kind: 'password', ...ACCOUNT } as const;
  const acquire = { package: 'Negotiate' } as const;
  const { credential: outbound } = await sspi.acquireCredentialsHandle({
    ...acquire,
    credentialUse: 'outbound',
    authData,
  });
  const { credential: inbound } = await sspi.acquireCredentialsHandle({ ...acquire, credentialUse: 'inbound' });
  const initialize = (input: SecBuffer[], context: CtxtHandle | undefined) =>
    sspi.initializeSecurityContext({ credential: outbound, targetName: TARGET, contextReq: PROTECTED, input, context });
  const accept = (input: SecBuffer[], context: CtxtHandle | undefined) =>
    sspi.acceptSecurityContext({ credential: inbound, contextReq: 0, input, context });

  async function logOn(): Promise<void> {
    const negotiate = await initialize([], undefined);
    const challenge = await accept([tokenOf(negotiate, SEC_I.CONTINUE_NEEDED)], undefined);
    const authenticate = await initialize([tokenOf(challenge, SEC_I.CONTINUE_NEEDED)], negotiate.context);
    const logon = await accept([tokenOf(authenticate, SEC_I.CONTINUE_NEEDED)], challenge.context);
    const verdict = tokenOf(logon, SEC_E.OK);
    const end = await initialize([verdict], negotiate.context);
    const sealed = (logon.contextAttr & ASC_RET.CONFIDENTIALITY) !== 0;
    if (end.status !== SEC_E.OK || !sealed || verdict.data.length <= WITHOUT_MIC) {
      throw new Error('no logon with confidentiality and signatures of the list');
    }
    await sspi.deleteSecurityContext(end.context);
    await sspi.deleteSecurityContext(logon.context);
  }

  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await logOn();
    },
  };
}

function tokenOf({ output, status }: ContextLeg, expected: number): SecBuffer {
  const token = output[0];
  if (status !== expected || token === undefined || token.type !== SECBUFFER.TOKEN)
    throw new Error(`status 0x${status.toString(16)}`);
  return token;
}
