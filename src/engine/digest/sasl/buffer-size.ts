import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { findBuffer, type SecBuffer } from '../../../sspi/buffers.js';
import { SASL_PARAMETER } from '../../../sspi/sasl.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** What `maxbuf` is where it is not sent (RFC 2831 2.1.1): bytes of a protected buffer, its length prefix not counted. */
export const DEFAULT_MAX_BUFFER = 65536;

/** The range that draft-ietf-sasl-rfc2831bis sets; RFC 2831 2.1.1 has the upper end. */
const MINIMUM = 17;
const MAXIMUM = 0xff_ffff;

/** The number in a `maxbuf` directive; undefined where it is none or out of range. */
export function parseMaxBuffer(value: string): number | undefined {
  if (value.length > 10) return undefined;
  let size = 0;
  for (let at = 0; at < value.length; at++) {
    const digit = value.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    size = size * 10 + digit;
  }
  return isMaxBuffer(size) ? size : undefined;
}

/** The size that a caller wants to receive in (SASL_PARAMETER.RECV_SIZE). Throws SEC_E_INVALID_PARAMETER out of `maxbuf`'s range. */
export function receiveSize(input: readonly SecBuffer[]): number {
  const buffer = findBuffer(input, SASL_PARAMETER.RECV_SIZE);
  if (!buffer) return DEFAULT_MAX_BUFFER;
  try {
    const reader = new ByteReader(buffer.data);
    const size = reader.u32le();
    reader.end();
    if (isMaxBuffer(size)) return size;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
  }
  throw new PackageError(SEC_E.INVALID_PARAMETER, `the receive size must be ${MINIMUM} to ${MAXIMUM}`);
}

function isMaxBuffer(size: number): boolean {
  return size >= MINIMUM && size <= MAXIMUM;
}
