import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { errorName, KRB_ERROR } from '../constants/error-code.js';
import { decodeKrbError, type KrbErrorMessage } from '../messages/krb-error.js';
import { formatPrincipal } from '../names/principal.js';

/** The failure that a service's KRB-ERROR comes to. Nothing protects that message: it ends the exchange, and changes nothing else. */
export function serviceError(message: Uint8Array, now: number): PackageError {
  const error = decodeKrbError(message);
  const { hint, status } = STATUSES[error.errorCode] ?? OTHER;
  const text = error.eText ? ` ${JSON.stringify(error.eText.replace(/\0+$/, '').slice(0, 200))}` : '';
  const detail = `the service answered with ${errorName(error.errorCode)}${text}`;
  return new PackageError(status, detail, hint ? { hint: hint(error, now) } : {});
}

interface Row {
  readonly status: number;
  readonly hint?: (error: KrbErrorMessage, now: number) => string;
}

/** Source of the status: a Windows client reports SEC_E_WRONG_PRINCIPAL where a service cannot open its ticket. */
const OTHER_KEY: Row = {
  status: SEC_E.WRONG_PRINCIPAL,
  hint: ({ realm, sname }) =>
    `The service cannot open the ticket for ${formatPrincipal(sname, realm)}: it runs under another account than the one with that name (\`setspn -Q\`), or its keytab is older than the password.`,
};

const OTHER: Row = { status: SEC_E.LOGON_DENIED };

const STATUSES: Readonly<Record<number, Row>> = {
  [KRB_ERROR.KRB_AP_ERR_MODIFIED]: OTHER_KEY,
  [KRB_ERROR.KRB_AP_ERR_BAD_INTEGRITY]: OTHER_KEY,
  [KRB_ERROR.KRB_AP_ERR_NOKEY]: OTHER_KEY,
  [KRB_ERROR.KRB_AP_ERR_BADKEYVER]: OTHER_KEY,
  [KRB_ERROR.KRB_AP_ERR_NOT_US]: OTHER_KEY,
  [KRB_ERROR.KRB_AP_ERR_SKEW]: {
    status: SEC_E.TIME_SKEW,
    hint: ({ stime }, now) => {
      const seconds = Math.round((stime - now) / 1000);
      return `The service's clock is ${Math.abs(seconds)} seconds ${seconds < 0 ? 'behind' : 'ahead of'} this one. Set the clock that is wrong (NTP).`;
    },
  },
  [KRB_ERROR.KRB_AP_ERR_TKT_EXPIRED]: {
    status: SEC_E.CONTEXT_EXPIRED,
    hint: () => 'The ticket has expired: get a new one with kinit.',
  },
  [KRB_ERROR.KRB_AP_ERR_TKT_NYV]: {
    status: SEC_E.TIME_SKEW,
    hint: () => 'The ticket is not valid yet by the clock of the service.',
  },
  [KRB_ERROR.KRB_AP_ERR_NO_TGT]: { status: SEC_E.NO_TGT_REPLY },
  [KRB_ERROR.KRB_AP_ERR_USER_TO_USER_REQUIRED]: {
    status: SEC_E.NO_TGT_REPLY,
    hint: () => 'The service runs with the tickets of a user: ask for user-to-user (ISC_REQ_USE_SESSION_KEY).',
  },
  [KRB_ERROR.KDC_ERR_ETYPE_NOSUPP]: { status: SEC_E.KDC_UNKNOWN_ETYPE },
};
