export { CERT_E, CRYPT_E, SEC_E, SEC_I, STATUS, TRUST_E } from './status/codes.js';
export {
  carriesData,
  DATA_STATUSES,
  isFailure,
  type SspiErrorCode,
  type StatusName,
  statusByName,
  statusEntries,
  statusName,
  toStatus,
  type UnnamedStatus,
} from './status/names.js';
