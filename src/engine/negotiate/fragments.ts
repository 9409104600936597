import { MalformedBytesError } from '../../bytes/errors.js';
import { ByteReader } from '../../bytes/reader.js';
import { findBuffer, SECBUFFER, tokenBuffer } from '../../sspi/buffers.js';
import { ASC_REQ, ISC_REQ } from '../../sspi/flags.js';
import type { InitializeLeg } from '../security-package.js';
import type { NegotiateRole } from './inner-context.js';
import { LONGEST_TOKEN } from './tokens.js';

/**
 * Puts together a token that the peer sends in pieces ([MS-SPNG] 3.1.5.4): where the caller says so by ISC_REQ or ASC_REQ
 * FRAGMENT_TO_FIT, each piece but the last is answered with SEC_I_CONTINUE_NEEDED and no token. This side's own tokens are always
 * whole: callers get them in buffers that are as large as they have to be.
 */
export class Fragments {
  readonly #flag: number;
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Of the whole token; undefined until its header has come. */
  #whole: number | undefined;

  constructor(role: NegotiateRole) {
    this.#flag = role === 'client' ? ISC_REQ.FRAGMENT_TO_FIT : ASC_REQ.FRAGMENT_TO_FIT;
  }

  /** The leg with the whole token in it; undefined while there is more to come. What is no DER, or too long, is left to the decoder. */
  gather(leg: InitializeLeg): InitializeLeg | undefined {
    if ((leg.contextReq & this.#flag) === 0) return leg;
    const piece = findBuffer(leg.input, SECBUFFER.TOKEN)?.data;
    if (!piece?.length) return leg;
    this.#pieces.push(Uint8Array.from(piece));
    this.#length += piece.length;
    this.#whole ??= wholeLength(this.#pieces);
    if (this.#whole === undefined || (this.#length < this.#whole && this.#whole <= LONGEST_TOKEN)) return undefined;
    const token = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    this.#whole = undefined;
    return { ...leg, input: leg.input.map(buffer => (buffer.data === piece ? tokenBuffer(token) : buffer)) };
  }
}

/** Bytes of the token that begins so: 0 for what is no element of DER; undefined while its header is not all there. */
function wholeLength(pieces: readonly Uint8Array[]): number | undefined {
  const reader = new ByteReader(Buffer.concat(pieces));
  try {
    if (!TAGS.has(reader.u8())) return 0;
    const first = reader.u8();
    if (first < 0x80) return 2 + first;
    const count = first & 0x7f;
    // What is longer than 64 KiB no decoder takes.
    if (count === 0 || count > 2) return 0;
    return 2 + count + (count === 1 ? reader.u8() : reader.u16be());
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

/** Of the first token ([APPLICATION 0]) and of the later ones ([1]). */
const TAGS: ReadonlySet<number> = new Set([0x60, 0xa1]);
