import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import type { KdcServices } from '../kdc/services.js';
import { encodeKrbError } from '../messages/krb-error.js';
import type { Ticket } from '../messages/ticket.js';
import { ApFailure } from './ap-failure.js';
import { encodeGssToken, GSS_TOKEN } from './gss-token.js';
import { SKEW_RECOVERY } from './ticket-checks.js';

/**
 * The same failure with a KRB-ERROR for the client ([MS-KILE] 3.4.5). What is malformed gets no answer, and no text goes out: who is
 * refused learns the code.
 */
export function errorToken(
  kdc: KdcServices,
  error: unknown,
  { realm, sname }: Pick<Ticket, 'realm' | 'sname'>,
  bare: boolean,
): unknown {
  if (!(error instanceof PackageError) || error.status === SEC_E.INVALID_TOKEN) return error;
  const { status, detail, details } = error;
  const errorCode = error instanceof ApFailure ? error.code : (CODES[status] ?? KRB_ERROR.KRB_ERR_GENERIC);
  const { time: stime, usec: susec } = kdc.clock.stamp();
  const message = encodeKrbError({
    stime,
    susec,
    errorCode,
    realm,
    sname,
    ...(errorCode === KRB_ERROR.KRB_AP_ERR_SKEW && { eData: SKEW_RECOVERY }),
  });
  const token = bare ? message : encodeGssToken(GSS_TOKEN.KRB_ERROR, message);
  return new PackageError(status, detail, { ...details, token });
}

/** Failures that are not this protocol's own. */
const CODES: Readonly<Record<number, number>> = {
  [SEC_E.LOGON_DENIED]: KRB_ERROR.KDC_ERR_POLICY,
  [SEC_E.KDC_UNKNOWN_ETYPE]: KRB_ERROR.KDC_ERR_ETYPE_NOSUPP,
};
