import { CALL_TEXTS } from './call-texts.js';
import { CERTIFICATE_TEXTS } from './certificate-texts.js';
import { EXCHANGE_TEXTS } from './exchange-texts.js';
import { KERBEROS_TEXTS } from './kerberos-texts.js';
import { LOGON_TEXTS } from './logon-texts.js';
import { isFailure, type StatusName, statusEntries, statusName, toStatus, type UnnamedStatus } from './names.js';
import type { StatusText } from './text.js';

/** A status told to a person. */
export interface StatusExplanation extends StatusText {
  /** The official name, or the number in hexadecimal where there is none. */
  readonly name: StatusName | UnnamedStatus;
  /** Unsigned 32-bit value. */
  readonly status: number;
}

/**
 * What a status means and what to do about it. A status that SSPI does not define gets its number as its name,
 * and a hint that says where such numbers come from.
 *
 * @example
 * ```ts
 * import { explainStatus } from 'secur32/raw';
 *
 * const { name, message, hint } = explainStatus(0x80090324);
 * console.log(`${name}: ${message} ${hint}`); // SEC_E_TIME_SKEW: The clocks of ...
 * ```
 */
export function explainStatus(status: number): StatusExplanation {
  return explanations.get(toStatus(status)) ?? explainUnknown(toStatus(status));
}

/** The explanations of all statuses that SSPI defines, in the order of their number spaces. */
export function explainAllStatuses(): StatusExplanation[] {
  return [...explanations.values()];
}

function explainUnknown(status: number): StatusExplanation {
  return Object.freeze({
    name: statusName(status),
    status,
    message: unknownMessage(status),
    hint: unknownHint(status),
  });
}

function unknownMessage(status: number): string {
  return isFailure(status)
    ? 'The call failed with a status that SSPI does not define.'
    : 'The call ended with a status that SSPI does not define.';
}

// The facility of an HRESULT and the severity of an NTSTATUS: [MS-ERREF] 2.1 and 2.3.
function unknownHint(status: number): string {
  const hex = statusName(status);
  const code = status & 0xffff;
  if (status >>> 16 === 0x8007) {
    return `It is the Win32 error ${code}: \`net helpmsg ${code}\` on Windows prints its text, [MS-ERREF] 2.2 lists it.`;
  }
  if (status >>> 30 === 3)
    return `It is an NTSTATUS value: look up ${hex} in [MS-ERREF] 2.3.1, or run \`certutil -error ${hex}\`.`;
  return `Look up ${hex} in [MS-ERREF] 2.1.1, or run \`certutil -error ${hex}\` on Windows.`;
}

const texts = { ...EXCHANGE_TEXTS, ...CALL_TEXTS, ...LOGON_TEXTS, ...KERBEROS_TEXTS, ...CERTIFICATE_TEXTS };
const explanations = new Map<number, StatusExplanation>();

for (const [status, name] of statusEntries()) {
  const text = texts[name];
  if (text) explanations.set(status, Object.freeze({ name, status, ...text }));
}
