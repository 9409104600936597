import type { Awaitable } from '../../sspi/awaitable.js';
import { CRYPT_E, SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { TlsEnd } from './tls/tls-end.js';

/** The error of a call in which TLS failed; `token` is the alert that it left for the peer. */
export function tlsFailure(cause: Error, token: Uint8Array): PackageError {
  const { code = '', reason } = cause as Error & { code?: string; reason?: string };
  const details = { cause, ...(token.length > 0 && { token }) };
  const alert = ALERTS.get(code.replace(ALERT_PREFIX, ''));
  if (alert !== undefined && /ALERT|TLSV1_|TLSV13_/.test(code)) {
    return new PackageError(alertStatus(alert), `the peer sent alert ${alert}, ${alertName(code)}`, details);
  }
  return new PackageError(FAILURES.get(code) ?? SEC_E.ILLEGAL_MESSAGE, describe(code, reason), details);
}

/** Gives TLS bytes that are no record of it, and throws SEC_E_INVALID_TOKEN with its alert, whatever OpenSSL has called them, if it has. */
export function refuseMalformed(end: TlsEnd, bytes: Uint8Array): Awaitable<never> {
  end.feed(bytes);
  const settling = end.settle();
  return settling ? settling.then(() => malformed(end)) : malformed(end);
}

function malformed(end: TlsEnd): never {
  const { failure: cause } = end;
  const token = end.takeOutput();
  const { code = '', reason } = (cause ?? {}) as { code?: string; reason?: string };
  const detail = cause ? describe(code, reason) : 'the bytes of the peer are no record of TLS';
  throw new PackageError(SEC_E.INVALID_TOKEN, detail, { ...(cause && { cause }), ...(token.length > 0 && { token }) });
}

/**
 * The status for an alert of the peer. Source: Microsoft Learn, "Schannel Error Codes for TLS and SSL Alerts".
 */
export function alertStatus(alert: number): number {
  return ALERT_STATUSES.get(alert) ?? SEC_E.ILLEGAL_MESSAGE;
}

function alertName(code: string): string {
  return code.replace(ALERT_PREFIX, '').replaceAll('_', ' ').toLowerCase();
}

function describe(code: string, reason: string | undefined): string {
  if (code === 'ERR_SSL_HTTP_REQUEST') return 'the peer speaks plain HTTP, not TLS';
  return `TLS failed: ${reason ?? alertName(code)}`;
}

/** `SSL/TLS` since OpenSSL 3.2 for `SSLV3`. */
const ALERT_PREFIX = /^ERR_SSL_(?:SSLV3_|SSL\/TLS_|TLSV13_|TLSV1_)?(?:ALERT_)?/;

/** OpenSSL's names of alerts (`SSL_R_SSLV3_ALERT_...`, `SSL_R_TLSV1_ALERT_...`) and their numbers (RFC 8446 6). */
const ALERTS: ReadonlyMap<string, number> = new Map([
  ['UNEXPECTED_MESSAGE', 10],
  ['BAD_RECORD_MAC', 20],
  ['DECRYPTION_FAILED', 21],
  ['RECORD_OVERFLOW', 22],
  ['DECOMPRESSION_FAILURE', 30],
  ['HANDSHAKE_FAILURE', 40],
  ['NO_CERTIFICATE', 41],
  ['BAD_CERTIFICATE', 42],
  ['UNSUPPORTED_CERTIFICATE', 43],
  ['CERTIFICATE_REVOKED', 44],
  ['CERTIFICATE_EXPIRED', 45],
  ['CERTIFICATE_UNKNOWN', 46],
  ['ILLEGAL_PARAMETER', 47],
  ['UNKNOWN_CA', 48],
  ['ACCESS_DENIED', 49],
  ['DECODE_ERROR', 50],
  ['DECRYPT_ERROR', 51],
  ['EXPORT_RESTRICTION', 60],
  ['PROTOCOL_VERSION', 70],
  ['INSUFFICIENT_SECURITY', 71],
  ['INTERNAL_ERROR', 80],
  ['INAPPROPRIATE_FALLBACK', 86],
  ['USER_CANCELLED', 90],
  ['NO_RENEGOTIATION', 100],
  ['MISSING_EXTENSION', 109],
  ['UNSUPPORTED_EXTENSION', 110],
  ['CERTIFICATE_UNOBTAINABLE', 111],
  ['UNRECOGNIZED_NAME', 112],
  ['BAD_CERTIFICATE_STATUS_RESPONSE', 113],
  ['UNKNOWN_PSK_IDENTITY', 115],
  ['CERTIFICATE_REQUIRED', 116],
  ['NO_APPLICATION_PROTOCOL', 120],
]);

const ALERT_STATUSES: ReadonlyMap<number, number> = new Map<number, number>([
  [20, SEC_E.MESSAGE_ALTERED],
  [21, SEC_E.DECRYPT_FAILURE],
  [30, SEC_E.MESSAGE_ALTERED],
  [42, SEC_E.CERT_UNKNOWN],
  [43, SEC_E.CERT_UNKNOWN],
  [44, CRYPT_E.REVOKED],
  [45, SEC_E.CERT_EXPIRED],
  [46, SEC_E.CERT_UNKNOWN],
  [48, SEC_E.UNTRUSTED_ROOT],
  [49, SEC_E.LOGON_DENIED],
  [51, SEC_E.DECRYPT_FAILURE],
  [70, SEC_E.UNSUPPORTED_FUNCTION],
  [71, SEC_E.ALGORITHM_MISMATCH],
  [80, SEC_E.INTERNAL_ERROR],
  [90, SEC_E.UNFINISHED_CONTEXT_DELETED],
  [120, SEC_E.APPLICATION_PROTOCOL_MISMATCH],
]);

/** What TLS finds wrong by itself, by the codes of Node.js. What is not in here breaks the protocol in some other way. */
const FAILURES: ReadonlyMap<string, number> = new Map<string, number>([
  ['ERR_SSL_NO_APPLICATION_PROTOCOL', SEC_E.APPLICATION_PROTOCOL_MISMATCH],
  ['ERR_SSL_HTTP_REQUEST', SEC_E.INVALID_TOKEN],
  ['ERR_SSL_HTTPS_PROXY_REQUEST', SEC_E.INVALID_TOKEN],
  ['ERR_SSL_WRONG_VERSION_NUMBER', SEC_E.INVALID_TOKEN],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', SEC_E.INVALID_TOKEN],
  ['ERR_SSL_DATA_LENGTH_TOO_LONG', SEC_E.INVALID_TOKEN],
  ['ERR_SSL_NO_SHARED_CIPHER', SEC_E.ALGORITHM_MISMATCH],
  ['ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM', SEC_E.ALGORITHM_MISMATCH],
  ['ERR_SSL_NO_SUITABLE_KEY_SHARE', SEC_E.ALGORITHM_MISMATCH],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', SEC_E.ALGORITHM_MISMATCH],
  ['ERR_SSL_VERSION_TOO_LOW', SEC_E.ALGORITHM_MISMATCH],
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', SEC_E.MESSAGE_ALTERED],
  ['ERR_SSL_CIPHER_OPERATION_FAILED', SEC_E.MESSAGE_ALTERED],
  // A record of TLS 1.2 that is too short for its tag.
  ['ERR_SSL_INVALID_AAD', SEC_E.MESSAGE_ALTERED],
  ['ERR_SSL_BAD_RECORD_TYPE', SEC_E.ILLEGAL_MESSAGE],
  ['ERR_SSL_DIGEST_CHECK_FAILED', SEC_E.MESSAGE_ALTERED],
  ['ERR_SSL_BAD_SIGNATURE', SEC_E.MESSAGE_ALTERED],
  ['ERR_TLS_SESSION_ATTACK', SEC_E.ILLEGAL_MESSAGE],
]);
