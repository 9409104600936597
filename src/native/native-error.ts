import { SspiError, type SspiErrorInit } from '../sspi/error.js';
import { carriesData, SEC_E } from '../sspi/status.js';
import type { Reply } from './addon.js';
import { faultText } from './faults.js';

/** The reply of a call that did not fail. Throws the SspiError of one that did. */
export function accept<R extends Reply>(reply: R, syscall: string): R {
  if (!carriesData(reply.status) || reply.fault !== undefined) throw nativeError(reply, syscall);
  return reply;
}

/** The value that a reply must bring. */
export function brought<T>(value: T | undefined, syscall: string): T {
  if (value === undefined) throw nativeError({ status: SEC_E.INTERNAL_ERROR }, syscall);
  return value;
}

export function nativeError(
  reply: Reply,
  syscall: string,
  more: Partial<Pick<SspiErrorInit, 'token' | 'context' | 'detail' | 'hint' | 'cause'>> = {},
): SspiError {
  return new SspiError({ status: reply.status, syscall, provider: 'native', ...faultText(reply.fault), ...more });
}
