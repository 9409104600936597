/** What our NTLM figures share: one engine with accounts in memory, a credential for each side, and one logon over the function table. */
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
  type SecurityFunctionTable,
} from 'secur32/raw';

const ACCOUNT = { user: 'alice', domain: 'EXAMPLE', password: 'correct horse' } as const;
const TARGET = 'HTTP/localhost';
const PROTECTED = ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
const MIC_OFFSET = 72;

export interface Pair {
  readonly sspi: SecurityFunctionTable;
  readonly client: CtxtHandle;
  readonly server: CtxtHandle;
}

/** Answers a function that does a whole logon, sealed, with a MIC and key exchange. */
export async function prepareLogon(): Promise<() => Promise<Pair>> {
  const sspi = createEngine({ accounts: memoryAccounts([ACCOUNT]) });
  const authData = { kind: 'password', ...ACCOUNT } as const;
  const { credential: outbound } = await sspi.acquireCredentialsHandle({
    package: 'NTLM',
    credentialUse: 'outbound',
    authData,
  });
  const { credential: inbound } = await sspi.acquireCredentialsHandle({ package: 'NTLM', credentialUse: 'inbound' });
  const initialize = (input: SecBuffer[], context?: CtxtHandle) =>
    sspi.initializeSecurityContext({
      credential: outbound,
      targetName: TARGET,
      contextReq: PROTECTED,
      input,
      ...(context && { context }),
    });
  const accept = (input: SecBuffer[], context?: CtxtHandle) =>
    sspi.acceptSecurityContext({ credential: inbound, contextReq: 0, input, ...(context && { context }) });

  return async () => {
    const negotiate = await initialize([]);
    const challenge = await accept([tokenOf(negotiate, SEC_I.CONTINUE_NEEDED)]);
    const authenticate = await initialize([tokenOf(challenge, SEC_I.CONTINUE_NEEDED)], negotiate.context);
    const token = tokenOf(authenticate, SEC_E.OK);
    const logon = await accept([token], challenge.context);
    const sealed = (logon.contextAttr & ASC_RET.CONFIDENTIALITY) !== 0;
    const mic = token.data.subarray(MIC_OFFSET, MIC_OFFSET + 16);
    if (logon.status !== SEC_E.OK || !sealed || mic.every(byte => byte === 0)) {
      throw new Error('no logon with confidentiality and a MIC');
    }
    return { sspi, client: authenticate.context, server: logon.context };
  };
}

export async function closePair({ sspi, client, server }: Pair): Promise<void> {
  await sspi.deleteSecurityContext(client);
  await sspi.deleteSecurityContext(server);
}

function tokenOf({ output, status }: ContextLeg, expected: number): SecBuffer {
  const token = output[0];
  if (status !== expected || token === undefined || token.type !== SECBUFFER.TOKEN)
    throw new Error(`status 0x${status.toString(16)}`);
  return token;
}
