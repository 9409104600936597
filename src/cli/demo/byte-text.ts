import { encodeHex } from '../../bytes/hex.js';

const ROW = 16;

/** Bytes as text, a middle dot for each that is no printable ASCII: shows at a glance what a layer hides. */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes, byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
}

/** Rows of sixteen bytes: offset, hexadecimal, text. */
export function hexDump(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    const row = bytes.subarray(offset, offset + ROW);
    const hex = Array.from(row, byte => encodeHex(Uint8Array.of(byte))).join(' ');
    rows.push(`${offset.toString(16).padStart(4, '0')}  ${hex.padEnd(ROW * 3)} ${printable(row)}`);
  }
  return rows;
}
