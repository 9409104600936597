import { errorName, KRB_ERROR } from '../../../engine/kerberos/constants/error-code.js';
import {
  decodeKerbErrorData,
  extendedStatus,
  KERB_ERROR_DATA,
  type KerbErrorData,
} from '../../../engine/kerberos/messages/kerb-error-data.js';
import { decodeKrbError, type KrbErrorMessage } from '../../../engine/kerberos/messages/krb-error.js';
import { decodeMethodData, type PaData } from '../../../engine/kerberos/messages/pa-data.js';
import { PackageError } from '../../../engine/package-error.js';
import { explainKrbError } from '../../kerberos/error-explanations.js';
import { bytesField, type TokenField } from '../decoded-token.js';
import { derOrBytes } from './authorization.js';
import { attempt, nameOf, optional, principalField, textField, timeField } from './fields.js';

/** KRB-ERROR (RFC 4120 5.9.1), of a KDC or of a service. `describe` takes apart what a KDC wants in pre-authentication data. */
export function krbErrorFields(bytes: Uint8Array, describe: (element: PaData) => TokenField): TokenField[] {
  const error = decodeKrbError(bytes);
  const { cname, crealm, ctime, eData, eText, errorCode, realm, sname, stime } = error;
  const meaning = explainKrbError(errorCode)?.meaning;
  return [
    textField('error', errorName(errorCode), meaning === undefined ? `${errorCode}` : `${errorCode}: ${meaning}`),
    ...optional(eText, text => textField('text', text.replace(/\0+$/, ''), '')),
    principalField('service', sname, realm, ''),
    ...optional(cname, name => principalField('client', name, crealm, '')),
    ...(cname === undefined ? optional(crealm, name => textField("client's realm", name, '')) : []),
    timeField('server time', stime, ''),
    ...optional(ctime, time => timeField('client time', time, differenceText(stime - time))),
    ...(eData?.length ? dataFields(error, eData, describe) : []),
  ];
}

/** Who answers KDC_ERR_PREAUTH_REQUIRED tells what it wants; Windows explains itself with KERB-ERROR-DATA. */
function dataFields(
  { errorCode }: KrbErrorMessage,
  data: Uint8Array,
  describe: (element: PaData) => TokenField,
): TokenField[] {
  return attempt('data', data, () => {
    if (PREAUTH.has(errorCode)) return decodeMethodData(data).map(describe);
    try {
      // PA-DATA has the same encoding: the type tells them apart.
      return decodeKerbErrorData(data).map(element =>
        nameOf(KERB_ERROR_DATA, element.type)
          ? errorDataField(element)
          : describe({ type: element.type, value: element.value ?? NOTHING }),
      );
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
      return [derOrBytes('data', data)];
    }
  });
}

function errorDataField({ type, value }: KerbErrorData): TokenField {
  const name = nameOf(KERB_ERROR_DATA, type) ?? `data ${type}`;
  if (type === KERB_ERROR_DATA.SKEW_RECOVERY) return textField(name, '', 'the client may go by the time of the server');
  const status = value && extendedStatus([{ type, value }]);
  if (status === undefined) return value ? bytesField(name, value, '') : textField(name, '', '');
  const hex = `0x${status.toString(16).padStart(8, '0')}`;
  return textField('NTSTATUS', hex, NT_STATUSES[status] ?? '');
}

function differenceText(difference: number): string {
  const seconds = Math.round(Math.abs(difference) / 1000);
  if (seconds === 0) return 'the clocks agree';
  return `the server's clock is ${seconds} seconds ${difference > 0 ? 'ahead' : 'behind'}`;
}

const NOTHING = new Uint8Array(0);

const PREAUTH = new Set<number>([
  KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED,
  KRB_ERROR.KDC_ERR_PREAUTH_FAILED,
  KRB_ERROR.KDC_ERR_PREAUTH_EXPIRED,
  KRB_ERROR.KDC_ERR_MORE_PREAUTH_DATA_REQUIRED,
]);

/** [MS-ERREF] 2.3.1: what domain controllers explain a refusal with. */
const NT_STATUSES: Readonly<Record<number, string>> = {
  3221225578: 'STATUS_WRONG_PASSWORD',
  3221225581: 'STATUS_LOGON_FAILURE',
  3221225582: 'STATUS_ACCOUNT_RESTRICTION',
  3221225583: 'STATUS_INVALID_LOGON_HOURS',
  3221225584: 'STATUS_INVALID_WORKSTATION',
  3221225585: 'STATUS_PASSWORD_EXPIRED',
  3221225586: 'STATUS_ACCOUNT_DISABLED',
  3221225659: 'STATUS_NOT_SUPPORTED',
  3221225875: 'STATUS_ACCOUNT_EXPIRED',
  3221226020: 'STATUS_PASSWORD_MUST_CHANGE',
  3221226021: 'STATUS_NOT_FOUND',
  3221226036: 'STATUS_ACCOUNT_LOCKED_OUT',
  3221226098: 'STATUS_NO_MATCH',
};
