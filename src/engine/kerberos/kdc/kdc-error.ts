import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { errorName, KRB_ERROR } from '../constants/error-code.js';
import { decodeKerbErrorData, extendedStatus } from '../messages/kerb-error-data.js';
import type { KrbErrorMessage } from '../messages/krb-error.js';
import { formatPrincipal } from '../names/principal.js';

/** A KRB-ERROR in place of the reply that was hoped for. */
export class KdcError extends PackageError {
  override readonly name: string = 'KdcError';
  readonly krbError: KrbErrorMessage;

  constructor(error: KrbErrorMessage, what: string, now: number) {
    const { status, hint } = STATUSES[error.errorCode] ?? OTHER;
    // Heimdal's KDC names no service in some of its errors.
    const isNamed = error.sname.components.some(part => part !== '');
    const server = isNamed ? formatPrincipal(error.sname, error.realm) : 'of that name';
    const hints = { server, skew: Math.round((error.stime - now) / 1000) };
    super(status, detailOf(error, what), hint === undefined ? {} : { hint: hint(hints) });
    this.krbError = error;
  }

  get code(): number {
    return this.krbError.errorCode;
  }
}

interface HintInput {
  readonly server: string;
  /** Seconds that the KDC is ahead. */
  readonly skew: number;
}

interface StatusRow {
  readonly status: number;
  readonly hint?: (input: HintInput) => string;
}

function detailOf(error: KrbErrorMessage, what: string): string {
  const text = error.eText === undefined ? '' : ` ${JSON.stringify(error.eText.replace(/\0$/, '').slice(0, 200))}`;
  const extended = windowsStatus(error);
  const more = extended === undefined ? '' : `, NTSTATUS 0x${extended.toString(16).padStart(8, '0')}`;
  return `the KDC answered ${what} with ${errorName(error.errorCode)}${text}${more}`;
}

/** The NTSTATUS that Windows' KDCs explain themselves with. */
function windowsStatus({ eData, errorCode }: KrbErrorMessage): number | undefined {
  if (!eData || errorCode === KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED) return undefined;
  try {
    return extendedStatus(decodeKerbErrorData(eData));
  } catch {
    return undefined;
  }
}

const LOGON_DENIED: StatusRow = { status: SEC_E.LOGON_DENIED };
const TARGET_UNKNOWN: StatusRow = {
  status: SEC_E.TARGET_UNKNOWN,
  hint: ({ server }) =>
    `The KDC knows no service ${server}. Compare it with \`setspn -Q\` (Active Directory) or \`getprinc\` (MIT), and use the fully qualified host name.`,
};
const OTHER: StatusRow = { status: SEC_E.KDC_INVALID_REQUEST };

const STATUSES: Readonly<Record<number, StatusRow>> = {
  [KRB_ERROR.KDC_ERR_NAME_EXP]: { ...LOGON_DENIED, hint: () => 'The account has expired.' },
  [KRB_ERROR.KDC_ERR_C_PRINCIPAL_UNKNOWN]: {
    ...LOGON_DENIED,
    hint: () =>
      'The KDC does not know the user. Compare name and realm, upper and lower case too, with `kinit user@REALM`.',
  },
  [KRB_ERROR.KDC_ERR_POLICY]: {
    ...LOGON_DENIED,
    hint: () => 'The policy of the KDC forbids it: hours, hosts or flags of the account.',
  },
  [KRB_ERROR.KDC_ERR_CLIENT_REVOKED]: { ...LOGON_DENIED, hint: () => 'The account is disabled, locked or expired.' },
  [KRB_ERROR.KDC_ERR_CLIENT_NOTYET]: LOGON_DENIED,
  [KRB_ERROR.KDC_ERR_KEY_EXPIRED]: {
    ...LOGON_DENIED,
    hint: () => 'The password has expired: change it with `kpasswd`, or set a new one for the account.',
  },
  [KRB_ERROR.KDC_ERR_PREAUTH_FAILED]: {
    ...LOGON_DENIED,
    hint: () =>
      'The password, or the key in the keytab, is not the one that the KDC has (`kinit -k -t keytab principal` tries a keytab).',
  },
  [KRB_ERROR.KRB_AP_ERR_BAD_INTEGRITY]: LOGON_DENIED,
  [KRB_ERROR.KDC_ERR_S_PRINCIPAL_UNKNOWN]: TARGET_UNKNOWN,
  [KRB_ERROR.KDC_ERR_PRINCIPAL_NOT_UNIQUE]: {
    status: SEC_E.TARGET_UNKNOWN,
    hint: ({ server }) => `More than one account has the service name ${server}: \`setspn -X\` lists them.`,
  },
  [KRB_ERROR.KRB_AP_ERR_NOT_US]: TARGET_UNKNOWN,
  [KRB_ERROR.KDC_ERR_ETYPE_NOSUPP]: { status: SEC_E.KDC_UNKNOWN_ETYPE },
  [KRB_ERROR.KDC_ERR_PADATA_TYPE_NOSUPP]: { status: SEC_E.UNSUPPORTED_PREAUTH },
  [KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED]: { status: SEC_E.UNSUPPORTED_PREAUTH },
  [KRB_ERROR.KDC_ERR_MORE_PREAUTH_DATA_REQUIRED]: { status: SEC_E.UNSUPPORTED_PREAUTH },
  [KRB_ERROR.KDC_ERR_MUST_USE_USER2USER]: {
    status: SEC_E.NO_TGT_REPLY,
    hint: () => 'The target is a user account without a service principal name. Add an SPN to it (`setspn -S`).',
  },
  [KRB_ERROR.KRB_AP_ERR_SKEW]: {
    status: SEC_E.TIME_SKEW,
    hint: ({ skew }) =>
      `The clock of the KDC is ${Math.abs(skew)} seconds ${skew < 0 ? 'behind' : 'ahead of'} this one. Set the clock (NTP).`,
  },
  [KRB_ERROR.KRB_AP_ERR_TKT_EXPIRED]: {
    status: SEC_E.CONTEXT_EXPIRED,
    hint: () => 'The ticket has expired: get a new one with kinit.',
  },
  [KRB_ERROR.KRB_AP_ERR_TKT_NYV]: {
    status: SEC_E.TIME_SKEW,
    hint: () => 'The ticket is not valid yet: compare the clocks.',
  },
  [KRB_ERROR.KDC_ERR_TGT_REVOKED]: {
    status: SEC_E.NO_CREDENTIALS,
    hint: () => 'The KDC takes the ticket-granting ticket no more: run kinit again.',
  },
  [KRB_ERROR.KRB_AP_ERR_MODIFIED]: { status: SEC_E.WRONG_PRINCIPAL },
  [KRB_ERROR.KDC_ERR_BADOPTION]: {
    status: SEC_E.DELEGATION_REQUIRED,
    hint: () =>
      'The KDC does not grant what the request asks for: a flag of the ticket, or delegation that the account is not trusted for.',
  },
  [KRB_ERROR.KDC_ERR_SVC_UNAVAILABLE]: { status: SEC_E.NO_AUTHENTICATING_AUTHORITY },
  [KRB_ERROR.KDC_ERR_WRONG_REALM]: { status: SEC_E.KDC_UNABLE_TO_REFER },
  [KRB_ERROR.KDC_ERR_PATH_NOT_ACCEPTED]: { status: SEC_E.KDC_UNABLE_TO_REFER },
};
