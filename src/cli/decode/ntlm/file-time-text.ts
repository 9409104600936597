import { ByteReader } from '../../../bytes/reader.js';
import { bytesField } from '../decoded-token.js';

/** A FILETIME ([MS-DTYP] 2.3.3) as a date; hexadecimal where no calendar reaches. */
export function fileTimeText(value: Uint8Array): string {
  if (value.length !== 8) return bytesField('', value, '').value;
  const ticks = new ByteReader(value).u64le();
  const milliseconds = Number(ticks / TICKS_PER_MILLISECOND) - EPOCH;
  if (Math.abs(milliseconds) > LAST_DATE) return `0x${ticks.toString(16)}`;
  return new Date(milliseconds).toISOString();
}

const TICKS_PER_MILLISECOND = 10_000n;
/** Milliseconds from 1601 to 1970. */
const EPOCH = 11_644_473_600_000;
/** Milliseconds on either side of 1970 that a Date can hold. */
const LAST_DATE = 8.64e15;
