import { concatBytes } from '../../bytes/concat.js';
import { MalformedBytesError } from '../../bytes/errors.js';
import { parseApplicationProtocols } from '../../sspi/application-protocols.js';
import { bufferType, findBuffer, SECBUFFER, type SecBuffer } from '../../sspi/buffers.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';

/** The bytes of the peer; empty where the caller has none. */
export function inputToken(input: readonly SecBuffer[]): Uint8Array {
  return findBuffer(input, SECBUFFER.TOKEN)?.data ?? NOTHING;
}

/** Application protocols in a SECBUFFER.APPLICATION_PROTOCOLS. Throws SEC_E_INVALID_PARAMETER for one that is malformed. */
export function inputProtocols(input: readonly SecBuffer[]): readonly string[] | undefined {
  const buffer = findBuffer(input, SECBUFFER.APPLICATION_PROTOCOLS);
  if (!buffer) return undefined;
  try {
    const protocols = parseApplicationProtocols(buffer.data);
    return protocols.length > 0 ? protocols : undefined;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(SEC_E.INVALID_PARAMETER, 'the buffer of application protocols is malformed', {
      hint: 'Make it with applicationProtocols().',
    });
  }
}

/**
 * The input with what is left of its token, behind `before`, in the place of the EMPTY buffer (Microsoft Learn, "Extra Buffers Returned by Schannel"), or
 * behind the others where there is none.
 */
export function withExtra(input: readonly SecBuffer[], used: number, before: Uint8Array): SecBuffer[] {
  const left = inputToken(input).subarray(used);
  const data = before.length > 0 ? concatBytes(before, left) : left;
  return data.length > 0 ? inPlaceOfEmpty(input, { type: SECBUFFER.EXTRA, data }) : [...input];
}

/** The input with a MISSING buffer: how many more bytes there must be at least. */
export function withMissing(input: readonly SecBuffer[], missing: number): SecBuffer[] {
  return inPlaceOfEmpty(input, { type: SECBUFFER.MISSING, data: NOTHING, missing });
}

function inPlaceOfEmpty(input: readonly SecBuffer[], buffer: SecBuffer): SecBuffer[] {
  const at = input.findIndex(each => bufferType(each) === SECBUFFER.EMPTY);
  return at < 0 ? [...input, buffer] : input.with(at, buffer);
}

const NOTHING = new Uint8Array(0);
