import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';

/**
 * One `name=value` of a digest message. Text is bytes here: a string with one character, U+0000 to U+00FF, for each byte of the
 * message, because what is hashed is bytes.
 */
export interface Directive {
  /** Lower case: names are case-insensitive. */
  readonly name: string;
  /** Without quotes and with quoted pairs resolved: what RFC 2831 and RFC 7616 call `unq(X)`. */
  readonly value: string;
  readonly quoted: boolean;
  /** As it stood between the quotes, backslashes included; equal to `value` where there were none. */
  readonly raw: string;
}

/** What a message may hold. */
export interface DirectiveLimits {
  /** Most bytes of the message; 8192 by default. */
  readonly maxLength?: number;
  /** Most directives; 64 by default. */
  readonly maxCount?: number;
}

/**
 * Reads a comma-separated list of directives, in their order. Elements may be empty, and linear white space may stand between
 * all parts. Throws SEC_E_INVALID_TOKEN for anything else, for control characters, and past the limits. Takes linear time.
 *
 * Grammar: RFC 2831 7.1, RFC 7235 2.1 and RFC 7230 7:
 *
 *     list      = *( "," / LWS ) [ directive *( LWS "," [ LWS directive ] ) ]
 *     directive = token LWS "=" LWS ( token / quoted-string )
 */
export function parseDirectives(text: string, limits: DirectiveLimits = {}): Directive[] {
  const { maxLength = 8192, maxCount = 64 } = limits;
  if (text.length > maxLength) throw malformed(`it is longer than ${maxLength} bytes`);
  const directives: Directive[] = [];
  const scanner = new Scanner(text);
  while (scanner.atElement()) {
    if (directives.length === maxCount) throw malformed(`it has more than ${maxCount} directives`);
    directives.push(scanner.directive());
  }
  return directives;
}

/** The one directive of a name, which is in lower case; undefined where there is none. Two of them are SEC_E_INVALID_TOKEN. */
export function findDirective(directives: readonly Directive[], name: string): Directive | undefined {
  let found: Directive | undefined;
  for (const directive of directives) {
    // Most names differ in length already, and comparing text is a call.
    if (directive.name.length !== name.length || directive.name !== name) continue;
    if (found) throw malformed(`it has two directives ${name}`);
    found = directive;
  }
  return found;
}

/** Builds a list of directives. Values are bytes as text, as in {@link Directive}. */
export class DirectiveWriter {
  readonly #separator: string;
  #text = '';

  /** SASL messages are written with `,` alone, header fields of HTTP with a space after it. */
  constructor(separator = ',') {
    this.#separator = separator;
  }

  /** `name=value`. The value must be a token: a RangeError is a fault of the caller. */
  token(name: string, value: string): this {
    if (!isToken(value)) throw new RangeError(`the value of ${name} is no token`);
    return this.#add(`${name}=${value}`);
  }

  /** `name="value"`. The value must not hold control characters (see {@link isQuotable}). */
  quoted(name: string, value: string): this {
    return this.#add(`${name}=${quoteString(value)}`);
  }

  toString(): string {
    return this.#text;
  }

  toBytes(): Uint8Array {
    const bytes = Buffer.from(this.#text, 'latin1');
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #add(directive: string): this {
    this.#text = this.#text === '' ? directive : this.#text + this.#separator + directive;
    return this;
  }
}

/** The quoted-string of a value: `"` and `\` get a backslash. A control character is a RangeError: no message can carry it. */
export function quoteString(value: string): string {
  let escaped = '"';
  let copied = 0;
  for (let at = 0; at < value.length; at++) {
    const kind = kindAt(value, at);
    if (kind === CONTROL) throw new RangeError('a control character cannot be quoted');
    if (kind === QUOTE || kind === BACKSLASH) {
      escaped += `${value.slice(copied, at)}\\`;
      copied = at;
    }
  }
  return `${escaped}${value.slice(copied)}"`;
}

/** True where a value can stand in a quoted-string. */
export function isQuotable(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    if (kindAt(value, at) === CONTROL) return false;
  }
  return true;
}

/** True where a value is a token of RFC 7230 3.2.6 and RFC 2831 7.1 both. */
export function isToken(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    if (kindAt(value, at) !== TOKEN) return false;
  }
  return value !== '';
}

class Scanner {
  readonly #text: string;
  /** Nothing in the text needs a look before the next quote ends a quoted-string. */
  readonly #isPlain: boolean;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#isPlain = !SPECIAL_IN_QUOTES.test(text);
  }

  /** Passes over white space and empty elements; false at the end. */
  atElement(): boolean {
    this.#skipSpace();
    while (this.#kind() === COMMA) {
      this.#at += 1;
      this.#skipSpace();
    }
    return this.#at < this.#text.length;
  }

  /** One directive, up to the comma or the end behind it. */
  directive(): Directive {
    const name = lowerCase(this.#token());
    if (name === '') throw malformed('a name is missing or is no token');
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== EQUALS) throw malformed(`an equals sign is missing after ${name}`);
    this.#at += 1;
    this.#skipSpace();
    const directive = this.#kind() === QUOTE ? this.#quotedString(name) : this.#tokenValue(name);
    this.#skipSpace();
    if (this.#at < this.#text.length && this.#kind() !== COMMA) throw malformed(`a comma is missing after ${name}`);
    return directive;
  }

  #tokenValue(name: string): Directive {
    const value = this.#token();
    if (value === '') throw malformed(`the value of ${name} is missing or is no token`);
    return { name, value, quoted: false, raw: value };
  }

  /** What there is of a token, which may be nothing. */
  #token(): string {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    while (kindAt(text, at) === TOKEN) at += 1;
    this.#at = at;
    return text.slice(start, at);
  }

  #quotedString(name: string): Directive {
    const text = this.#text;
    const start = this.#at + 1;
    const quote = this.#isPlain ? text.indexOf('"', start) : -1;
    if (quote >= 0) {
      const plain = text.slice(start, quote);
      this.#at = quote + 1;
      return { name, value: plain, quoted: true, raw: plain };
    }
    let value = '';
    let copied = start;
    let at = start;
    for (let kind = kindAt(text, at); kind !== QUOTE; kind = kindAt(text, ++at)) {
      if (kind === BACKSLASH) {
        value += text.slice(copied, at);
        at += 1;
        copied = at;
      }
      if (kind === CONTROL || kindAt(text, at) === CONTROL) {
        throw malformed(`the value of ${name} has no end or has a control character`);
      }
    }
    const raw = text.slice(start, at);
    this.#at = at + 1;
    return { name, value: copied === start ? raw : value + text.slice(copied, at), quoted: true, raw };
  }

  /** White space may be folded over lines (RFC 2831 7.1, LWS); a line break by itself is let pass too, as libsasl2 does. */
  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x09 && code !== 0x0d && code !== 0x0a) return;
      this.#at += 1;
    }
  }

  #kind(): number {
    return kindAt(this.#text, this.#at);
  }
}

/** What stands at a place; past the end, and above U+00FF, it is a control character, which no rule takes. */
function kindAt(text: string, at: number): number {
  return at < text.length ? KINDS[text.charCodeAt(at)] || CONTROL : CONTROL;
}

/** Text in lower case, which it nearly always is already. */
function lowerCase(text: string): string {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x41 && code <= 0x5a) return text.toLowerCase();
  }
  return text;
}

function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the digest message is malformed: ${detail}`);
}

const EQUALS = 0x3d;

/** Backslashes, control characters but HT, and what is no byte. */
const SPECIAL_IN_QUOTES = /[^\t\x20-\x5b\x5d-\x7e\x80-\xff]/;

/** CTL of RFC 2831 7.1 without HT, and characters above U+00FF, which are no bytes. */
const CONTROL = 0;
const TOKEN = 1;
/** Separators, spaces and bytes above 0x7f: in quoted strings only. */
const TEXT = 2;
const QUOTE = 3;
const BACKSLASH = 4;
const COMMA = 5;

const KINDS: Uint8Array = characterKinds();

function characterKinds(): Uint8Array {
  const kinds = new Uint8Array(256).fill(TOKEN, 0x21, 0x7f).fill(TEXT, 0x80);
  for (const separator of '()<>@;:/[]?={} \t') kinds[separator.charCodeAt(0)] = TEXT;
  kinds[0x22] = QUOTE;
  kinds[0x5c] = BACKSLASH;
  kinds[0x2c] = COMMA;
  return kinds;
}
