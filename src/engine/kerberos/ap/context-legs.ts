import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { ContextLegInput, FirstLeg, LegResult, PackageContext } from '../../security-package.js';
import { inputToken as anyInputToken } from '../../session-context.js';
import { KERBEROS_INFO } from '../package-info.js';

/** A first leg, written out: to spread an object costs as much as to encrypt it. */
export function firstLeg({ status, output, contextAttr, expiry }: LegResult, context: PackageContext): FirstLeg {
  return expiry ? { status, output, contextAttr, expiry, context } : { status, output, contextAttr, context };
}

/** The peer's token; empty where the caller has none. Throws SEC_E_INVALID_TOKEN for one that is longer than any is. */
export function inputToken(leg: ContextLegInput): Uint8Array {
  const token = anyInputToken(leg);
  if (token.length <= LONGEST_TOKEN) return token;
  throw new PackageError(SEC_E.INVALID_TOKEN, `a token of ${token.length} bytes is too long`);
}

/** The bit is the same in ISC_REQ and ASC_REQ. */
export function refuseDatagrams({ contextReq }: ContextLegInput): void {
  if ((contextReq & DATAGRAM) === 0) return;
  throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${KERBEROS_INFO.name} has no datagram style here`, {
    hint: 'Make a connection context, and protect the datagrams with it.',
  });
}

export function exchangeIsOver(): PackageError {
  return new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the exchange is complete already', {
    hint: 'Begin a new context for another one.',
  });
}

const DATAGRAM = 0x400;
const LONGEST_TOKEN = 0xffff;
