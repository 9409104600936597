import { SECPKG_ATTR } from '../../sspi/attributes.js';
import { findBuffer, SECBUFFER, type SecBuffer } from '../../sspi/buffers.js';
import type { AuthData } from '../../sspi/credentials.js';
import { SspiError } from '../../sspi/error.js';
import { ASC_REQ, ISC_REQ } from '../../sspi/flags.js';
import type {
  AcceptContextCall,
  InitializeContextCall,
  SecurityFunctionName,
  SecurityFunctionTable,
} from '../../sspi/function-table.js';
import type { MessageCall } from '../../sspi/messages.js';
import { SASL_OPTION } from '../../sspi/sasl.js';
import { SEC_E, statusName } from '../../sspi/status.js';
import { countOf } from '../text-layout.js';
import type { TracedCall } from './trace-table.js';

/** A call in words. */
export interface DescribedCall {
  /** The official name: `AcceptSecurityContext`. */
  readonly name: string;
  /** The arguments that matter. */
  readonly about: string;
  /** Context requirements by their names. */
  readonly flags: readonly string[];
  /** The name of the status that the call ended with. */
  readonly status: string;
}

export function describeCall(call: TracedCall): DescribedCall {
  const describe = DESCRIBERS[call.function] as ((...args: readonly unknown[]) => string) | undefined;
  return {
    name: officialName(call.function),
    about: describe?.(...call.args) ?? '',
    flags: flagNames(call),
    status: callStatus(call),
  };
}

/** `saslAcceptSecurityContext` to `SaslAcceptSecurityContext`; a `...Sync` twin is the same function to Windows. */
function officialName(name: SecurityFunctionName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replace(/Sync$/, '');
}

function callStatus({ outcome }: TracedCall): string {
  if ('error' in outcome) return outcome.error instanceof SspiError ? outcome.error.code : String(outcome.error);
  const { result } = outcome;
  if (typeof result === 'object' && result !== null && 'status' in result && typeof result.status === 'number') {
    return statusName(result.status);
  }
  return statusName(SEC_E.OK);
}

function flagNames({ function: name, args }: TracedCall): string[] {
  const space = /accept/i.test(name) ? ASC_REQ : /initialize/i.test(name) ? ISC_REQ : undefined;
  if (!space) return [];
  const { contextReq } = args[0] as { contextReq: number };
  return Object.entries(space)
    .filter(([, bit]) => (contextReq & bit) !== 0)
    .map(([flag]) => flag);
}

type Describers = {
  readonly [F in SecurityFunctionName]?: (...args: Parameters<SecurityFunctionTable[F]>) => string;
};

const DESCRIBERS: Describers = {
  acquireCredentialsHandle: call => `${call.package}, ${call.credentialUse}, ${describeIdentity(call.authData)}`,
  initializeSecurityContext: describeInitialize,
  saslInitializeSecurityContext: describeInitialize,
  acceptSecurityContext: describeLeg,
  saslAcceptSecurityContext: describeLeg,
  encryptMessage: describeMessage,
  encryptMessageSync: describeMessage,
  decryptMessage: describeMessage,
  decryptMessageSync: describeMessage,
  makeSignature: describeMessage,
  makeSignatureSync: describeMessage,
  verifySignature: describeMessage,
  verifySignatureSync: describeMessage,
  queryContextAttributes: (_, attribute) => keyOf(SECPKG_ATTR, attribute),
  saslGetContextOption: (_, option) => keyOf(SASL_OPTION, option),
  saslSetContextOption: (_, option) => keyOf(SASL_OPTION, option),
  querySecurityPackageInfo: name => name,
  saslGetProfilePackage: profile => profile,
};

function describeIdentity(authData: AuthData | undefined): string {
  switch (authData?.kind) {
    case undefined:
    case 'current':
      return 'as this process';
    case 'password':
      return `${authData.user} with a password`;
    case 'ntHash':
      return `${authData.user} with an NT hash`;
    default:
      return authData?.kind ?? '';
  }
}

function describeInitialize(call: InitializeContextCall): string {
  return `${call.targetName ?? 'no target'}, ${describeLeg(call)}`;
}

function describeLeg({ input }: AcceptContextCall | InitializeContextCall): string {
  const token = findBuffer(input, SECBUFFER.TOKEN)?.data;
  return token?.length ? `token of ${countOf(token.length, 'byte')}` : 'no token';
}

function describeMessage(_context: unknown, { buffers }: MessageCall): string {
  const carriesData = (buffer: SecBuffer): boolean =>
    buffer === findBuffer(buffers, SECBUFFER.DATA) || buffer === findBuffer(buffers, SECBUFFER.STREAM);
  const length = buffers.filter(carriesData).reduce((sum, { data }) => sum + data.length, 0);
  return countOf(length, 'byte');
}

function keyOf(space: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(space).find(([, each]) => each === value)?.[0] ?? String(value);
}
