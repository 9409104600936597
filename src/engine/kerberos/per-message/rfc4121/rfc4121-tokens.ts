import { concatBytes } from '../../../../bytes/concat.js';
import { constantTimeEqual } from '../../../../bytes/equal.js';
import type { EngineEnvironment } from '../../../environment.js';
import { KEY_USAGE } from '../../constants/key-usage.js';
import type { KerberosKey } from '../../crypto/encryption-type.js';
import { DecryptionError } from '../../crypto/errors.js';
import { alteredMessage, malformedToken } from '../token-errors.js';
import {
  allBytes,
  type ClearPart,
  clearParts,
  type MessagePart,
  type OpenedMessage,
  type Surroundings,
  type TokenFormat,
  withClearParts,
} from '../token-format.js';
import { encodeHeader, HEADER_LENGTH, readHeader, TOKEN_FLAG, TOKEN_ID, type TokenHeader } from './token-header.js';

export interface TokenParts {
  /** The key of the context. It stays its owner's. */
  readonly key: KerberosKey;
  readonly role: 'client' | 'server';
  /** Whether the key is a subkey that the acceptor has made. */
  readonly acceptorSubkey: boolean;
  readonly dceStyle: boolean;
  readonly environment: EngineEnvironment;
}

/** Extra octets of sealed messages in DCE style ([MS-KILE] 3.4.5.4.1). */
const DCE_EXTRA = 16;
const NOTHING = new Uint8Array(0);

/** Per-message tokens of RFC 4121 4.2, in the layout of SSPI ([MS-KILE] 3.4.5.4 to 3.4.5.7). */
export class Rfc4121Tokens implements TokenFormat {
  readonly signatureLength: number;
  readonly headerLength: number;
  readonly paddingLength: number = 0;
  readonly sequenceEnd: number = Number.MAX_SAFE_INTEGER;
  readonly #parts: TokenParts;
  readonly #sent: Direction;
  readonly #received: Direction;
  readonly #extraCount: number;
  /** Bytes from the end of the ciphertext that go before it: all that is not confounder and message. */
  readonly #rotation: number;

  constructor(parts: TokenParts) {
    const { type } = parts.key;
    const subkey = parts.acceptorSubkey ? TOKEN_FLAG.ACCEPTOR_SUBKEY : 0;
    const initiator = { flags: subkey, ...INITIATOR };
    const acceptor = { flags: subkey | TOKEN_FLAG.SENT_BY_ACCEPTOR, ...ACCEPTOR };
    this.#parts = parts;
    this.#sent = parts.role === 'client' ? initiator : acceptor;
    this.#received = parts.role === 'client' ? acceptor : initiator;
    this.#extraCount = parts.dceStyle ? DCE_EXTRA : 0;
    this.#rotation = this.#extraCount + HEADER_LENGTH + type.macLength;
    this.signatureLength = HEADER_LENGTH + type.checksumLength;
    this.headerLength = HEADER_LENGTH + this.#rotation + type.confounderLength;
  }

  mic(sequence: number, parts: readonly MessagePart[]): Uint8Array {
    const header = encodeHeader({ ...MIC_HEADER, flags: this.#sent.flags, sequence });
    const checksum = this.#parts.key.checksum(this.#sent.sign, ...allBytes(parts), header);
    return concatBytes(header, checksum);
  }

  verifyMic(mic: Uint8Array, parts: readonly MessagePart[]): number {
    const header = readHeader(mic, TOKEN_ID.MIC);
    if (!header) throw malformedToken('it is not a MIC of RFC 4121');
    const { key } = this.#parts;
    const checksum = mic.subarray(HEADER_LENGTH);
    const good = key.verifyChecksum(this.#received.sign, checksum, ...allBytes(parts), mic.subarray(0, HEADER_LENGTH));
    if (header.flags !== this.#received.flags || !good) throw alteredMessage();
    return header.sequence;
  }

  /** RFC 4121 4.2.4: `encrypt(message | filler | header)`, rotated so that the message stays where it is. */
  seal(sequence: number, parts: readonly MessagePart[]): Surroundings {
    const { key, environment } = this.#parts;
    const fields = {
      ...WRAP_HEADER,
      flags: this.#sent.flags | TOKEN_FLAG.SEALED,
      extraCount: this.#extraCount,
      sequence,
    };
    const sealed = parts.filter(({ clear }) => !clear);
    const plaintext = allBytes(sealed);
    if (this.#extraCount > 0) plaintext.push(new Uint8Array(this.#extraCount).fill(0xff));
    plaintext.push(encodeHeader(fields));
    const confounder = environment.randomBytes(key.type.confounderLength);
    const ciphertext = key.encrypt(this.#sent.seal, confounder, plaintext, clearParts(parts));
    let at = confounder.length;
    for (const { bytes } of sealed) {
      bytes.set(ciphertext.subarray(at, at + bytes.length));
      at += bytes.length;
    }
    // In DCE style the field does not count the extra octets, which are rotated all the same ([MS-KILE] 3.4.5.4.1).
    const header = encodeHeader({ ...fields, rotation: this.#rotation - this.#extraCount });
    return {
      token: concatBytes(header, ciphertext.subarray(at), ciphertext.subarray(0, confounder.length)),
      padding: NOTHING,
    };
  }

  /** RFC 4121 4.2.4: `message | checksum`, rotated so that the checksum comes first. */
  sign(sequence: number, parts: readonly MessagePart[]): Surroundings {
    const { key } = this.#parts;
    const fields = { ...WRAP_HEADER, flags: this.#sent.flags, sequence };
    const checksum = key.checksum(this.#sent.seal, ...allBytes(parts), encodeHeader(fields));
    const header = encodeHeader({ ...fields, extraCount: checksum.length, rotation: checksum.length });
    return { token: concatBytes(header, checksum), padding: NOTHING };
  }

  open(message: Uint8Array, clear: readonly ClearPart[]): OpenedMessage {
    const header = readHeader(message, TOKEN_ID.WRAP);
    if (!header) throw malformedToken('it is not a Wrap token of RFC 4121');
    const sealed = (header.flags & TOKEN_FLAG.SEALED) !== 0;
    if ((header.flags & ~TOKEN_FLAG.SEALED) !== this.#received.flags) throw alteredMessage();
    const body = message.subarray(HEADER_LENGTH);
    const plaintext = sealed ? this.#unseal(header, body, clear) : this.#verify(header, body, clear);
    return { plaintext, sequence: header.sequence, sealed };
  }

  wipe(): void {}

  #unseal(header: TokenHeader, body: Uint8Array, clear: readonly ClearPart[]): Uint8Array {
    const { key, dceStyle } = this.#parts;
    const rotation = header.rotation + (dceStyle ? header.extraCount : 0);
    const text = decrypt(key, this.#received.seal, rotateLeft(body, rotation), clear);
    const copyAt = text.length - HEADER_LENGTH;
    const end = copyAt - header.extraCount;
    // Only the copy inside is what the peer has written: it decides how much is filler (RFC 4121 4.2.4).
    const expected = encodeHeader({ ...header, rotation: 0 });
    if (end < 0 || !constantTimeEqual(expected, text.subarray(copyAt))) throw alteredMessage();
    return text.subarray(0, end);
  }

  #verify(header: TokenHeader, body: Uint8Array, clear: readonly ClearPart[]): Uint8Array {
    const { key } = this.#parts;
    const unrotated = rotateLeft(body, header.rotation);
    const end = unrotated.length - key.type.checksumLength;
    if (header.extraCount !== key.type.checksumLength || end < 0) throw alteredMessage();
    const plaintext = unrotated.subarray(0, end);
    const signed = withClearParts(plaintext, clear);
    const zeroed = encodeHeader({ ...header, extraCount: 0, rotation: 0 });
    if (!key.verifyChecksum(this.#received.seal, unrotated.subarray(end), ...signed, zeroed)) throw alteredMessage();
    return plaintext;
  }
}

interface Direction {
  /** Without SEALED. */
  readonly flags: number;
  readonly sign: number;
  readonly seal: number;
}

const INITIATOR = { sign: KEY_USAGE.INITIATOR_SIGN, seal: KEY_USAGE.INITIATOR_SEAL } as const;
const ACCEPTOR = { sign: KEY_USAGE.ACCEPTOR_SIGN, seal: KEY_USAGE.ACCEPTOR_SEAL } as const;
const MIC_HEADER = { id: TOKEN_ID.MIC, extraCount: 0xffff, rotation: 0xffff } as const;
const WRAP_HEADER = { id: TOKEN_ID.WRAP, extraCount: 0, rotation: 0 } as const;

function decrypt(key: KerberosKey, usage: number, ciphertext: Uint8Array, clear: readonly ClearPart[]): Uint8Array {
  try {
    return key.decrypt(usage, ciphertext, clear);
  } catch (error) {
    throw error instanceof DecryptionError ? alteredMessage() : error;
  }
}

/** Any count is allowed, also one that is larger than the body (RFC 4121 4.2.5). */
function rotateLeft(body: Uint8Array, count: number): Uint8Array {
  const by = body.length === 0 ? 0 : count % body.length;
  return by === 0 ? body : concatBytes(body.subarray(by), body.subarray(0, by));
}
