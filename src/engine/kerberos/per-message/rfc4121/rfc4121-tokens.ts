import type { EngineEnvironment } from '../../../environment.js';
import { KEY_USAGE } from '../../constants/key-usage.js';
import type { KerberosKey } from '../../crypto/encryption-type.js';
import { DecryptionError } from '../../crypto/errors.js';
import { Scratch } from '../../crypto/scratch.js';
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
import { HEADER_LENGTH, readHeader, TOKEN_FLAG, TOKEN_ID, type TokenHeader, writeHeader } from './token-header.js';

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
  /** What stands behind the message where it is encrypted: extra octets, and a copy of the header. */
  readonly #trailer: Uint8Array;
  readonly #trailerHeader: Uint8Array;
  /** What goes out, good until the next message: the header of a sealed message, and a header with its checksum. */
  readonly #sealedToken: Uint8Array;
  readonly #signedToken: Uint8Array;

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
    this.#trailer = new Uint8Array(this.#extraCount + HEADER_LENGTH).fill(0xff);
    this.#trailerHeader = this.#trailer.subarray(this.#extraCount);
    this.#sealedToken = new Uint8Array(this.headerLength);
    this.#signedToken = new Uint8Array(this.signatureLength);
  }

  mic(sequence: number, parts: readonly MessagePart[]): Uint8Array {
    const header = this.#trailerHeader;
    writeHeader(header, { id: TOKEN_ID.MIC, flags: this.#sent.flags, extraCount: 0xffff, rotation: 0xffff, sequence });
    return this.#signed(header, this.#sent.sign, parts);
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
    const flags = this.#sent.flags | TOKEN_FLAG.SEALED;
    const extraCount = this.#extraCount;
    writeHeader(this.#trailerHeader, { id: TOKEN_ID.WRAP, flags, extraCount, rotation: 0, sequence });
    const confounder = environment.randomBytes(key.type.confounderLength);
    const text = sealedText(parts, this.#trailer);
    const { body, length, mac } = key.encryptApart(this.#sent.seal, confounder, text, clearParts(parts));
    let at = confounder.length;
    for (const { bytes, clear } of parts) {
      if (clear) continue;
      copyTo(bytes, body, at);
      at += bytes.length;
    }
    const token = this.#sealedToken;
    // In DCE style the field does not count the extra octets, which are rotated all the same ([MS-KILE] 3.4.5.4.1).
    writeHeader(token, { id: TOKEN_ID.WRAP, flags, extraCount, rotation: this.#rotation - extraCount, sequence });
    let to = HEADER_LENGTH;
    while (at < length) token[to++] = body[at++]!;
    for (let i = 0; i < mac.length; i++) token[to++] = mac[i]!;
    for (let i = 0; i < confounder.length; i++) token[to++] = body[i]!;
    return { token, padding: NOTHING };
  }

  /** RFC 4121 4.2.4: `message | checksum`, rotated so that the checksum comes first. */
  sign(sequence: number, parts: readonly MessagePart[]): Surroundings {
    const { flags, seal } = this.#sent;
    const header = this.#trailerHeader;
    writeHeader(header, { id: TOKEN_ID.WRAP, flags, extraCount: 0, rotation: 0, sequence });
    const token = this.#signed(header, seal, parts);
    const extraCount = token.length - HEADER_LENGTH;
    writeHeader(token, { id: TOKEN_ID.WRAP, flags, extraCount, rotation: extraCount, sequence });
    return { token, padding: NOTHING };
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

  /** The header, and the checksum of the parts and of it. */
  #signed(header: Uint8Array, usage: number, parts: readonly MessagePart[]): Uint8Array {
    const checksum = this.#parts.key.checksum(usage, ...allBytes(parts), header);
    const token = this.#signedToken;
    token.set(header);
    token.set(checksum, HEADER_LENGTH);
    return token;
  }

  #unseal(header: TokenHeader, body: Uint8Array, clear: readonly ClearPart[]): Uint8Array {
    const { key, dceStyle } = this.#parts;
    const rotation = header.rotation + (dceStyle ? header.extraCount : 0);
    const text = decrypt(key, this.#received.seal, rotateLeft(body, rotation), clear);
    const copyAt = text.length - HEADER_LENGTH;
    const end = copyAt - header.extraCount;
    // Only the copy inside is what the peer has written: it decides how much is filler (RFC 4121 4.2.4).
    writeHeader(expectedHeader, {
      id: TOKEN_ID.WRAP,
      flags: header.flags,
      extraCount: header.extraCount,
      rotation: 0,
      sequence: header.sequence,
    });
    if (end < 0 || !standsAt(expectedHeader, text, copyAt)) throw alteredMessage();
    return text.subarray(0, end);
  }

  #verify(header: TokenHeader, body: Uint8Array, clear: readonly ClearPart[]): Uint8Array {
    const { key } = this.#parts;
    const unrotated = rotateLeft(body, header.rotation);
    const end = unrotated.length - key.type.checksumLength;
    if (header.extraCount !== key.type.checksumLength || end < 0) throw alteredMessage();
    const plaintext = unrotated.subarray(0, end);
    const signed = withClearParts(plaintext, clear);
    const { flags, sequence } = header;
    writeHeader(expectedHeader, { id: TOKEN_ID.WRAP, flags, extraCount: 0, rotation: 0, sequence });
    const checksum = unrotated.subarray(end);
    if (!key.verifyChecksum(this.#received.seal, checksum, ...signed, expectedHeader)) throw alteredMessage();
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

/** Of the message that is being opened. */
const expectedHeader = new Uint8Array(HEADER_LENGTH);
const unrotatedBody = new Scratch();

function decrypt(key: KerberosKey, usage: number, ciphertext: Uint8Array, clear: readonly ClearPart[]): Uint8Array {
  try {
    return key.decrypt(usage, ciphertext, clear);
  } catch (error) {
    throw error instanceof DecryptionError ? alteredMessage() : error;
  }
}

/** The pieces that are encrypted, one as a rule, and the trailer. */
function sealedText(parts: readonly MessagePart[], trailer: Uint8Array): Uint8Array[] {
  const [first] = parts;
  if (first && parts.length === 1 && !first.clear) return [first.bytes, trailer];
  return [...allBytes(parts.filter(({ clear }) => !clear)), trailer];
}

/** Fills `out` with what stands at `at` of `bytes`. A view costs as much as a loop over a hundred bytes. */
function copyTo(out: Uint8Array, bytes: Uint8Array, at: number): void {
  if (out.length > 100) out.set(bytes.subarray(at, at + out.length));
  else for (let i = 0; i < out.length; i++) out[i] = bytes[at + i]!;
}

/** Headers are no secrets. */
function standsAt(header: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < header.length; i++) if (header[i] !== bytes[at + i]) return false;
  return true;
}

/** Any count is allowed, also one that is larger than the body (RFC 4121 4.2.5). Good until the next call. */
function rotateLeft(body: Uint8Array, count: number): Uint8Array {
  const by = body.length === 0 ? 0 : count % body.length;
  if (by === 0) return body;
  const rotated = unrotatedBody.take(body.length);
  rotated.set(body.subarray(by));
  // As a rule that is a header and a checksum.
  for (let from = 0, to = body.length - by; from < by; from++, to++) rotated[to] = body[from]!;
  return rotated;
}
