/** What our Kerberos figures share: one engine, a credential for each side out of files, and one logon over the function table. */
import { createEngine } from 'secur32/engine';
import {
  ASC_RET,
  type ContextLeg,
  type CtxtHandle,
  ISC_REQ,
  ISC_RET,
  SEC_E,
  SEC_I,
  SECBUFFER,
  type SecBuffer,
  type SecurityFunctionTable,
} from 'secur32/raw';
import { kerberosFiles } from './kerberos-files.js';

const TARGET = 'HTTP/localhost';
const WANTED =
  ISC_REQ.MUTUAL_AUTH | ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;

export interface Pair {
  readonly sspi: SecurityFunctionTable;
  readonly client: CtxtHandle;
  readonly server: CtxtHandle;
}

/** Answers a function that does a whole logon: AP-REQ, its check against the replay cache, AP-REP and its check. */
export async function prepareLogon(enctype: string): Promise<() => Promise<Pair>> {
  const { ccache, config: krb5Config, keytab } = kerberosFiles(enctype);
  const sspi = createEngine({ ccache, keytab, krb5Config });
  const acquire = { package: 'Kerberos' } as const;
  const { credential: outbound } = await sspi.acquireCredentialsHandle({ ...acquire, credentialUse: 'outbound' });
  const { credential: inbound } = await sspi.acquireCredentialsHandle({ ...acquire, credentialUse: 'inbound' });
  const initialize = (input: SecBuffer[], context: CtxtHandle | undefined) =>
    sspi.initializeSecurityContext({ credential: outbound, targetName: TARGET, contextReq: WANTED, input, context });

  return async () => {
    const request = await initialize([], undefined);
    const input = [tokenOf(request, SEC_I.CONTINUE_NEEDED)];
    const accepted = await sspi.acceptSecurityContext({ credential: inbound, contextReq: 0, input });
    const end = await initialize([tokenOf(accepted, SEC_E.OK)], request.context);
    const mutual = (end.contextAttr & ISC_RET.MUTUAL_AUTH) !== 0;
    const sealed = (accepted.contextAttr & ASC_RET.CONFIDENTIALITY) !== 0;
    if (end.status !== SEC_E.OK || !mutual || !sealed) throw new Error('no mutual logon with confidentiality');
    return { sspi, client: end.context, server: accepted.context };
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
