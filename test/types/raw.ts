/** Types of `secur32/raw`: compiled with the tests, never run. */
import type {
  AuthData,
  ContextAttributeValues,
  ContextLeg,
  CredHandle,
  CtxtHandle,
  MessageBuffers,
  SecBuffer,
  SecPkgInfo,
  SecurityFunctionTable,
  SecurityToken,
  SspiError,
  SspiErrorCode,
  StatusName,
} from 'secur32/raw';
import {
  type ASC_REQ,
  type ISC_REQ,
  initSecurityInterface,
  SASL_OPTION,
  SEC_E,
  type SEC_I,
  SECPKG_ATTR,
  statusName,
} from 'secur32/raw';
import type { Assert, Equal, IsAny, NotAny, SignatureHasAny } from './assert-types.js';

declare const sspi: SecurityFunctionTable;
declare const context: CtxtHandle;
declare const credential: CredHandle;
declare const error: SspiError;

// The helpers see what they are there for.
export type HelpersWork = [
  Assert<Equal<string, string>>,
  // @ts-expect-error: not the same
  Assert<Equal<string, string | undefined>>,
  // @ts-expect-error: any is nothing else's equal
  Assert<Equal<unknown, never>>,
  // @ts-expect-error: any
  Assert<NotAny<ReturnType<typeof JSON.parse>>>,
  Assert<SignatureHasAny<typeof JSON.parse>>,
  Assert<Equal<SignatureHasAny<(text: string) => Promise<number>>, false>>,
];

// No function of the table has an any in its signature.
type FunctionsWithAny = {
  [Name in keyof SecurityFunctionTable]: SignatureHasAny<SecurityFunctionTable[Name]> extends true ? Name : never;
}[keyof SecurityFunctionTable];
export type TableIsTyped = Assert<Equal<FunctionsWithAny, never>>;

// Constants are their values, not numbers at large.
export type ConstantsAreLiteral = [
  Assert<Equal<typeof SEC_E.OK, 0>>,
  Assert<Equal<typeof SEC_I.CONTINUE_NEEDED, 0x00090312>>,
  Assert<Equal<typeof ASC_REQ.INTEGRITY, 0x00020000>>,
  Assert<Equal<typeof ISC_REQ.INTEGRITY, 0x00010000>>,
];
// @ts-expect-error: constants do not change
SEC_E.OK = 1;
// @ts-expect-error: there is no such status
SEC_E.NO_SUCH_STATUS;

// An attribute says what comes back.
export async function attributes(): Promise<void> {
  const names = await sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES);
  names satisfies { userName: string };
  const sizes = await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
  true satisfies Assert<Equal<typeof sizes, ContextAttributeValues[typeof SECPKG_ATTR.SIZES]>>;
  const size = await sspi.saslGetContextOption(context, SASL_OPTION.SEND_SIZE);
  true satisfies Assert<Equal<typeof size, number>>;
  const authzid = await sspi.saslGetContextOption(context, SASL_OPTION.AUTHZ_STRING);
  true satisfies Assert<Equal<typeof authzid, Uint8Array>>;
  // @ts-expect-error: not an attribute that can be asked for
  await sspi.queryContextAttributes(context, 0x1234);
  // @ts-expect-error: the value is that of another option
  await sspi.saslSetContextOption(context, SASL_OPTION.SEND_SIZE, new Uint8Array(4));
}

// Handles are good for what they are, and nothing else is a handle.
export async function handles(): Promise<void> {
  await sspi.deleteSecurityContext(context);
  // @ts-expect-error: a credential is no context
  await sspi.deleteSecurityContext(credential);
  // @ts-expect-error: a number is no handle
  await sspi.deleteSecurityContext(1);
  // @ts-expect-error: an object is no handle
  await sspi.freeCredentialsHandle({});
}

export async function results(): Promise<void> {
  true satisfies Assert<Equal<Awaited<ReturnType<typeof sspi.enumerateSecurityPackages>>, SecPkgInfo[]>>;
  true satisfies Assert<Equal<Awaited<ReturnType<typeof sspi.acceptSecurityContext>>, ContextLeg>>;
  true satisfies Assert<Equal<Awaited<ReturnType<typeof sspi.querySecurityContextToken>>, SecurityToken>>;
  true satisfies Assert<Equal<ReturnType<typeof sspi.encryptMessageSync>, MessageBuffers>>;
  true satisfies Assert<Equal<ContextLeg['output'], SecBuffer[]>>;
  const answer = await sspi.impersonate(context, () => 42 as const);
  true satisfies Assert<Equal<typeof answer, 42>>;
}

// The code of an error narrows.
export function codes(): string {
  true satisfies Assert<Equal<typeof error.code, SspiErrorCode | `0x${string}`>>;
  true satisfies Assert<NotAny<typeof error.code>>;
  true satisfies Assert<Equal<IsAny<StatusName>, false>>;
  switch (error.code) {
    case 'SEC_E_LOGON_DENIED':
      return error.hint;
    // @ts-expect-error: a status that resolves is no error
    case 'SEC_I_CONTINUE_NEEDED':
      return '';
    // @ts-expect-error: there is no such status
    case 'SEC_E_LOGIN_DENIED':
      return '';
    default:
      return statusName(error.status);
  }
}

// Authentication data is one of its kinds, whole.
export const passwordIdentity: AuthData = { kind: 'password', user: 'alice', password: '' };
// @ts-expect-error: a password identity has a password
export const withoutPassword: AuthData = { kind: 'password', user: 'alice' };
// @ts-expect-error: there is no such kind
export const noSuchKind: AuthData = { kind: 'token', token: 'x' };

// @ts-expect-error: there is no such provider
export const elsewhere: SecurityFunctionTable = initSecurityInterface({ provider: 'gssapi' });
// @ts-expect-error: a direction is one of three
export const noDirection = sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'server' });
