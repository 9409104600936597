/** BER as LDAP uses it (RFC 4511 5.1): definite lengths, tags of one octet. */

/** The peer's bytes are not the BER that LDAP allows. */
export class BerError extends Error {}

/** Walks over the elements of a value. Every access is checked against the end. */
export class BerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The tag of the next element; undefined at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The content of the next element, which must have the tag where one is given. */
  next(tag = this.tag): Uint8Array {
    const rest = this.#bytes.subarray(this.#at);
    const element = measure(rest);
    if (!element || element.whole > rest.length || this.tag !== tag) throw new BerError(`no element with tag ${tag}`);
    const content = this.#bytes.subarray(this.#at + element.header, this.#at + element.whole);
    this.#at += element.whole;
    return content;
  }

  /** An INTEGER or ENUMERATED of up to four octets that is not negative. */
  integer(tag: number = TAG.INTEGER): number {
    const content = this.next(tag);
    if (content.length === 0 || content.length > 4 || content[0]! > 0x7f) throw new BerError('not a small integer');
    return content.reduce((value, octet) => value * 256 + octet, 0);
  }

  text(tag: number = TAG.OCTET_STRING): string {
    return new TextDecoder().decode(this.next(tag));
  }
}

/** Octets of the header and of the whole of the first element; undefined while its header is not all there. */
export function measure(bytes: Uint8Array): { header: number; whole: number } | undefined {
  const first = bytes[1];
  if (first === undefined) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 4) throw new BerError('the length is indefinite or too large');
  const header = 2 + count;
  if (bytes.length < header) return undefined;
  const length = count === 0 ? first : bytes.subarray(2, header).reduce((value, octet) => value * 256 + octet, 0);
  if (length > MAX_LENGTH) throw new BerError(`an element of ${length} octets is too long`);
  return { header, whole: header + length };
}

/** An element: its tag, its length and its contents in a row. */
export function encode(tag: number, ...contents: Uint8Array[]): Uint8Array {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const octets = [length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff];
  while (octets.length > 1 && octets[0] === 0) octets.shift();
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | octets.length, ...octets];
  return new Uint8Array(Buffer.concat([Uint8Array.from(header), ...contents]));
}

/** An integer from 0 to 2^31 - 1. */
export function encodeInteger(value: number, tag: number = TAG.INTEGER): Uint8Array {
  const octets: number[] = [];
  for (let rest = value; octets.length === 0 || rest > 0 || octets[0]! > 0x7f; rest >>>= 8) octets.unshift(rest & 0xff);
  return encode(tag, Uint8Array.from(octets));
}

export function encodeText(text: string, tag: number = TAG.OCTET_STRING): Uint8Array {
  return encode(tag, new TextEncoder().encode(text));
}

export const TAG = { INTEGER: 0x02, OCTET_STRING: 0x04, ENUMERATED: 0x0a, SEQUENCE: 0x30 } as const;

/** Far more than a bind takes. */
const MAX_LENGTH = 0x10000;
