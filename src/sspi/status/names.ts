import { CERT_E, CRYPT_E, SEC_E, SEC_I, STATUS, TRUST_E } from './codes.js';

type Space<Prefix extends string, Codes> = `${Prefix}_${Extract<keyof Codes, string>}`;
type Alias = 'SEC_E_NOT_SUPPORTED' | 'SEC_E_NO_SPM';
type DataInformation =
  | 'SEC_I_CONTINUE_NEEDED'
  | 'SEC_I_COMPLETE_NEEDED'
  | 'SEC_I_COMPLETE_AND_CONTINUE'
  | 'SEC_I_INCOMPLETE_CREDENTIALS'
  | 'SEC_I_RENEGOTIATE'
  | 'SEC_I_CONTEXT_EXPIRED'
  | 'SEC_I_MESSAGE_FRAGMENT';

/** The official name of a status, as winerror.h spells it. One name per value: the two aliases are not in it. */
export type StatusName =
  | Exclude<Space<'SEC_E', typeof SEC_E>, Alias>
  | Space<'SEC_I', typeof SEC_I>
  | Space<'CRYPT_E', typeof CRYPT_E>
  | Space<'CERT_E', typeof CERT_E>
  | Space<'TRUST_E', typeof TRUST_E>
  | Space<'STATUS', typeof STATUS>;

/** The names under which an SspiError can appear: failures, and the informational statuses that carry no data. */
export type SspiErrorCode = Exclude<StatusName, 'SEC_E_OK' | DataInformation>;

/** How a status without an official name is written: `0x` and eight upper-case hexadecimal digits. */
export type UnnamedStatus = `0x${string}`;

/**
 * The official name of a status, or its number in hexadecimal.
 *
 * @example
 * ```ts
 * import { statusName } from 'secur32/raw';
 *
 * statusName(0x8009030c); // 'SEC_E_LOGON_DENIED'
 * statusName(-2146893044); // 'SEC_E_LOGON_DENIED', as C's signed HRESULT
 * statusName(0x80070005); // '0x80070005'
 * ```
 */
export function statusName(status: number): StatusName | UnnamedStatus {
  const value = toStatus(status);
  return names.get(value) ?? `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;
}

/**
 * The value of an official name, upper or lower case, with or without its prefix; undefined for a name that is none.
 * Two names that differ only in the prefix (CONTEXT_EXPIRED) mean the SEC_E status when the prefix is left out.
 *
 * @example
 * ```ts
 * import { statusByName } from 'secur32/raw';
 *
 * statusByName('SEC_I_CONTINUE_NEEDED'); // 0x00090312
 * statusByName('logon_denied'); // 0x8009030c
 * ```
 */
export function statusByName(name: string): number | undefined {
  return values.get(name.toUpperCase());
}

/** Every status with its official name, in the order of codes.ts, aliases left out. */
export function statusEntries(): IterableIterator<[status: number, name: StatusName]> {
  return names.entries();
}

/** Whether a status is a failure: negative as C's signed SECURITY_STATUS. SEC_E_INCOMPLETE_MESSAGE is one. */
export function isFailure(status: number): boolean {
  return (status | 0) < 0;
}

/** The unsigned 32-bit form of a status that came as C's signed SECURITY_STATUS. */
export function toStatus(status: number): number {
  return status >>> 0;
}

/** The statuses with which a call resolves; with every other one it rejects with an SspiError. */
export const DATA_STATUSES: ReadonlySet<number> = new Set<number>([
  SEC_E.OK,
  SEC_E.INCOMPLETE_MESSAGE,
  SEC_I.CONTINUE_NEEDED,
  SEC_I.COMPLETE_NEEDED,
  SEC_I.COMPLETE_AND_CONTINUE,
  SEC_I.INCOMPLETE_CREDENTIALS,
  SEC_I.RENEGOTIATE,
  SEC_I.CONTEXT_EXPIRED,
  SEC_I.MESSAGE_FRAGMENT,
]);

/** Whether a call that ends with this status resolves with data, see {@link DATA_STATUSES}. */
export function carriesData(status: number): boolean {
  return DATA_STATUSES.has(toStatus(status));
}

const names = new Map<number, StatusName>();
const values = new Map<string, number>();

// The first space wins a name without prefix and the first key wins a value, so aliases follow what they stand for.
for (const [prefix, codes] of Object.entries({ SEC_E, SEC_I, CRYPT_E, CERT_E, TRUST_E, STATUS })) {
  for (const [key, value] of Object.entries(codes)) {
    const name = `${prefix}_${key}`;
    if (!names.has(value)) names.set(value, name as StatusName);
    values.set(name, value);
    if (!values.has(key)) values.set(key, value);
  }
}
