import type { SecBuffer } from './buffers.js';
import type { AuthData, CredentialUse } from './credentials.js';
import type {
  AcceptContextCall,
  AcquireCredentialsCall,
  ContextAttribute,
  InitializeContextCall,
} from './function-table.js';
import type { MessageCall } from './messages.js';

/** An argument of the wrong type or shape: the caller's own mistake, no security status. */
export class ArgumentError extends TypeError {
  readonly code: string = 'ERR_INVALID_ARG_TYPE';
}

export function checkAcquireCall(call: AcquireCredentialsCall): void {
  checkObject(call, 'the call');
  checkString(call.package, 'package');
  checkUse(call.credentialUse);
  if (call.principal !== undefined) checkString(call.principal, 'principal');
  if (call.flags !== undefined) checkFlags(call.flags, 'flags');
  if (call.authData !== undefined) checkAuthData(call.authData);
}

export function checkAcceptCall(call: AcceptContextCall): void {
  checkObject(call, 'the call');
  checkBuffers(call.input, 'input');
  checkLeg(call);
}

export function checkInitializeCall(call: InitializeContextCall): void {
  checkObject(call, 'the call');
  if (call.input !== undefined) checkBuffers(call.input, 'input');
  if (call.targetName !== undefined) checkString(call.targetName, 'targetName');
  checkLeg(call);
}

export function checkMessageCall(call: MessageCall): void {
  checkObject(call, 'the message');
  checkBuffers(call.buffers, 'buffers');
  if (call.qop !== undefined) checkFlags(call.qop, 'qop');
  if (call.sequence !== undefined) checkFlags(call.sequence, 'sequence');
}

export function checkBuffers(buffers: readonly SecBuffer[], name: string): void {
  if (!Array.isArray(buffers)) throw new ArgumentError(`${name} must be an array of security buffers`);
  for (const buffer of buffers) {
    if (!isBuffer(buffer)) refuseBuffer(buffer, name);
  }
}

export function checkString(value: string, name: string): void {
  if (typeof value !== 'string') throw new ArgumentError(`${name} must be a string`);
}

export function checkAttribute(attribute: number): asserts attribute is ContextAttribute {
  checkFlags(attribute, 'attribute');
}

function checkLeg(call: AcceptContextCall | InitializeContextCall): void {
  checkFlags(call.contextReq, 'contextReq');
  if (call.targetDataRep !== undefined) checkFlags(call.targetDataRep, 'targetDataRep');
  if (call.signal !== undefined && !(call.signal instanceof AbortSignal))
    throw new ArgumentError('signal must be an AbortSignal');
}

function checkUse(use: CredentialUse): void {
  if (use !== 'inbound' && use !== 'outbound' && use !== 'both') {
    throw new ArgumentError("credentialUse must be 'inbound', 'outbound' or 'both'");
  }
}

function checkAuthData(authData: AuthData): void {
  checkObject(authData, 'authData');
  switch (authData.kind) {
    case 'password':
      checkString(authData.user, 'user');
      checkString(authData.password, 'password');
      if (authData.domain !== undefined) checkString(authData.domain, 'domain');
      return;
    case 'ntHash':
      checkString(authData.user, 'user');
      checkBytes(authData.ntHash, 'ntHash');
      if (authData.ntHash.length !== 16) throw new ArgumentError('ntHash must be 16 bytes');
      return;
    case 'keytab':
      checkBytesOrName(authData.keytab, 'keytab');
      return;
    case 'ccache':
      checkBytesOrName(authData.ccache, 'ccache');
      return;
    case 'certificate':
    case 'anonymous':
    case 'current':
      return;
    default:
      throw new ArgumentError(
        "authData.kind must be 'password', 'ntHash', 'keytab', 'ccache', 'certificate', 'anonymous' or 'current'",
      );
  }
}

function checkBytesOrName(value: string | Uint8Array, name: string): void {
  if (typeof value !== 'string') checkBytes(value, name);
}

/** Says what is wrong with a buffer. Names are put together only here: every call has buffers. */
function refuseBuffer(buffer: SecBuffer, name: string): never {
  checkObject(buffer, `a buffer of ${name}`);
  checkFlags(buffer.type, `the type of a buffer of ${name}`);
  throw new ArgumentError(`the data of a buffer of ${name} must be a Uint8Array`);
}

function isBuffer(buffer: SecBuffer): boolean {
  return typeof buffer === 'object' && buffer !== null && isFlags(buffer.type) && buffer.data instanceof Uint8Array;
}

function checkObject(value: object, name: string): void {
  if (typeof value !== 'object' || value === null) throw new ArgumentError(`${name} must be an object`);
}

function checkBytes(value: Uint8Array, name: string): void {
  if (!(value instanceof Uint8Array)) throw new ArgumentError(`${name} must be a Uint8Array`);
}

function checkFlags(value: number, name: string): void {
  if (!isFlags(value)) throw new ArgumentError(`${name} must be an unsigned integer`);
}

function isFlags(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 0x1_ffff_ffff;
}
