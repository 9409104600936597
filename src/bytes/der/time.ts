import { InvalidEncodingError } from '../errors.js';

/**
 * Milliseconds since 1970 of the GeneralizedTime that DER and Kerberos allow without fractions: `19851106210627Z`, 15 characters
 * (X.690 11.7, RFC 4120 5.2.3). Throws `InvalidEncodingError` for any other, and for a day that no calendar has.
 */
export function decodeGeneralizedTime(content: Uint8Array): number {
  if (content.length !== 15 || content[14] !== LETTER_Z) throw notATime();
  const year = decimal(content, 0, 4);
  const month = decimal(content, 4, 2);
  const day = decimal(content, 6, 2);
  const hours = decimal(content, 8, 2);
  const minutes = decimal(content, 10, 2);
  const seconds = decimal(content, 12, 2);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hours, minutes, seconds);
  // A month, a day or an hour too many has moved the others, and maybe out of the last year that can be written.
  const time = date.getTime();
  if (time > LAST_TIME || !sameOctets(encodeGeneralizedTime(time), content)) throw notATime();
  return time;
}

/** The content octets; fractions of a second are dropped. A year outside 0 to 9999 is a RangeError. */
export function encodeGeneralizedTime(time: number): Uint8Array {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new RangeError(`${date.toISOString()} has no GeneralizedTime`);
  const content = new Uint8Array(15);
  putPair(content, 0, Math.floor(year / 100));
  putPair(content, 2, year % 100);
  putPair(content, 4, date.getUTCMonth() + 1);
  putPair(content, 6, date.getUTCDate());
  putPair(content, 8, date.getUTCHours());
  putPair(content, 10, date.getUTCMinutes());
  putPair(content, 12, date.getUTCSeconds());
  content[14] = LETTER_Z;
  return content;
}

const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);
const LETTER_Z = 0x5a;
const DIGIT_ZERO = 0x30;

function putPair(content: Uint8Array, at: number, value: number): void {
  content[at] = DIGIT_ZERO + Math.floor(value / 10);
  content[at + 1] = DIGIT_ZERO + (value % 10);
}

function decimal(content: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at++) {
    const digit = content[at]! - DIGIT_ZERO;
    if (digit < 0 || digit > 9) throw notATime();
    value = value * 10 + digit;
  }
  return value;
}

function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, at) => octet === b[at]);
}

function notATime(): InvalidEncodingError {
  return new InvalidEncodingError('a GeneralizedTime is not of the form YYYYMMDDHHMMSSZ');
}
