import { InvalidEncodingError, TrailingBytesError } from '../errors.js';
import { ByteReader } from '../reader.js';
import { decodeUtf8 } from '../text.js';
import { decodeInteger, decodeSmallInteger } from './integer.js';
import { decodeOid } from './oid.js';
import { contextTag, DER_TAG, isContextTag, LONG_TAG } from './tags.js';
import { decodeGeneralizedTime } from './time.js';

/** One element: tag, length and content (X.690 8.1). */
export interface DerElement {
  readonly tag: number;
  /** Without tag and length; a view. */
  readonly content: Uint8Array;
  /** All of it, as it stood in the input; a view. */
  readonly encoding: Uint8Array;
}

/** A bit string: bit 0 is the highest bit of the first byte (X.690 8.6). */
export interface BitString {
  readonly bytes: Uint8Array;
  /** Bits of the last byte that are not part of it, 0 to 7. */
  readonly unusedBits: number;
}

/** Elements within elements, the outermost counted. */
export const DEEPEST_DER = 32;

/**
 * A cursor over elements in DER (X.690 10), which came from a peer. Only what the caller asks for is looked into, so nesting costs
 * nothing; {@link DEEPEST_DER} bounds callers that follow it.
 *
 * Everything that is not DER throws `MalformedBytesError`: lengths that are indefinite, longer than they have to be, or lead out of the
 * element; tags of several octets; values in another than their one form.
 */
export class DerReader {
  readonly #reader: ByteReader;
  readonly #depth: number;

  /** @param depth of elements that `bytes` are in already. */
  constructor(bytes: Uint8Array, depth: number = 0) {
    if (depth >= DEEPEST_DER) throw new InvalidEncodingError(`elements are nested more than ${DEEPEST_DER} deep`);
    this.#reader = new ByteReader(bytes);
    this.#depth = depth;
  }

  /** Bytes still to read. */
  get remaining(): number {
    return this.#reader.remaining;
  }

  /** The tag of the next element; undefined at the end. */
  get nextTag(): number | undefined {
    return this.remaining === 0 ? undefined : this.#reader.peekU8();
  }

  /** The next element, whatever it is. */
  element(): DerElement {
    const reader = this.#reader;
    const start = reader.position;
    const tag = reader.u8();
    if ((tag & LONG_TAG) === LONG_TAG) throw new InvalidEncodingError('a tag takes more than one octet');
    const content = reader.bytes(readLength(reader));
    return { tag, content, encoding: reader.bytesAt(start, reader.position - start) };
  }

  /** The content of the next element, which must have the tag. */
  content(tag: number): Uint8Array {
    const { nextTag } = this;
    if (nextTag !== tag) throw new InvalidEncodingError(`there is ${tagText(nextTag)} in place of ${tagText(tag)}`);
    const reader = this.#reader;
    reader.skip(1);
    return reader.bytes(readLength(reader));
  }

  /** Whatever `read` makes of the elements in the next one, which it must read to the end. */
  inside<T>(tag: number, read: (elements: DerReader) => T): T {
    const elements = new DerReader(this.content(tag), this.#depth + 1);
    const result = read(elements);
    elements.end();
    return result;
  }

  sequence<T>(read: (elements: DerReader) => T): T {
    return this.inside(DER_TAG.SEQUENCE, read);
  }

  /** A component with the explicit tag `[number]`. */
  field<T>(number: number, read: (element: DerReader) => T): T {
    return this.inside(contextTag(number), read);
  }

  /** The same for an OPTIONAL one. */
  optionalField<T>(number: number, read: (element: DerReader) => T): T | undefined {
    return this.nextTag === contextTag(number) ? this.field(number, read) : undefined;
  }

  boolean(): boolean {
    const content = this.content(DER_TAG.BOOLEAN);
    if (content.length !== 1 || (content[0] !== 0x00 && content[0] !== 0xff)) {
      throw new InvalidEncodingError('a boolean is neither 00 nor FF');
    }
    return content[0] === 0xff;
  }

  bigInteger(): bigint {
    return decodeInteger(this.content(DER_TAG.INTEGER));
  }

  /** An INTEGER of five octets at most, so of 32 bits with or without a sign. */
  integer(): number {
    return decodeSmallInteger(this.content(DER_TAG.INTEGER));
  }

  enumerated(): number {
    return decodeSmallInteger(this.content(DER_TAG.ENUMERATED));
  }

  /** In dotted form. */
  objectIdentifier(): string {
    return decodeOid(this.content(DER_TAG.OBJECT_IDENTIFIER));
  }

  /** A view. */
  octetString(): Uint8Array {
    return this.content(DER_TAG.OCTET_STRING);
  }

  bitString(): BitString {
    const reader = new ByteReader(this.content(DER_TAG.BIT_STRING));
    const unusedBits = reader.u8();
    const bytes = reader.rest();
    const last = bytes.at(-1) ?? 0;
    if (unusedBits > (bytes.length === 0 ? 0 : 7) || (last & ((1 << unusedBits) - 1)) !== 0) {
      throw new InvalidEncodingError('the unused bits of a bit string are not as they must be');
    }
    return { bytes, unusedBits };
  }

  /** As UTF-8, which is what implementations put into it (RFC 4120 5.2.1 has the history). */
  generalString(): string {
    return decodeUtf8(this.content(DER_TAG.GENERAL_STRING));
  }

  utf8String(): string {
    return decodeUtf8(this.content(DER_TAG.UTF8_STRING));
  }

  /** Milliseconds since 1970. */
  generalizedTime(): number {
    return decodeGeneralizedTime(this.content(DER_TAG.GENERALIZED_TIME));
  }

  null(): void {
    if (this.content(DER_TAG.NULL).length !== 0) throw new InvalidEncodingError('a NULL has content');
  }

  /** Passes over fields behind `[last]`, which a later version of a type has added. They come in order, and none comes twice. */
  skipFieldsAfter(last: number): void {
    let highest = contextTag(last);
    for (let tag = this.nextTag; tag !== undefined; tag = this.nextTag) {
      if (!isContextTag(tag) || tag <= highest) throw new InvalidEncodingError(`${tagText(tag)} is out of order`);
      highest = tag;
      this.element();
    }
  }

  /** Throws unless everything has been read. */
  end(): void {
    const { nextTag } = this;
    if (nextTag !== undefined) throw new TrailingBytesError(`there is ${tagText(nextTag)} after the last element`);
  }
}

/** X.690 8.1.3 and 10.1: definite, in as few octets as can be. */
function readLength(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count === 0) throw new InvalidEncodingError('a length is indefinite');
  if (count > 4) throw new InvalidEncodingError(`a length takes ${count} octets`);
  let length = 0;
  for (let octets = 0; octets < count; octets++) length = length * 0x100 + reader.u8();
  if (length < 0x80 || length < 0x100 ** (count - 1)) {
    throw new InvalidEncodingError('a length takes more octets than it has to');
  }
  return length;
}

function tagText(tag: number | undefined): string {
  return tag === undefined ? 'nothing' : `an element 0x${tag.toString(16).padStart(2, '0')}`;
}
