import { encodeLatin1 } from '../../bytes/text.js';
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
  /** Names, in lower case, that may stand in the message once at most. */
  readonly single?: ReadonlySet<string>;
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
  const { maxLength = 8192, maxCount = 64, single = NONE } = limits;
  if (text.length > maxLength) throw malformed(`it is longer than ${maxLength} bytes`);
  const directives: Directive[] = [];
  const scanner = new Scanner(text);
  while (scanner.atElement()) {
    const directive = scanner.directive();
    if (directives.length === maxCount) throw malformed(`it has more than ${maxCount} directives`);
    if (single.has(directive.name) && findDirective(directives, directive.name)) {
      throw malformed(`it has two directives ${directive.name}`);
    }
    directives.push(directive);
  }
  return directives;
}

/** The first directive of a name, which is in lower case. */
export function findDirective(directives: readonly Directive[], name: string): Directive | undefined {
  for (const directive of directives) {
    if (directive.name === name) return directive;
  }
  return undefined;
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
    return encodeLatin1(this.#text);
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
  #at = 0;

  constructor(text: string) {
    this.#text = text;
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
    const name = this.#token('a name').toLowerCase();
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
    const value = this.#token(`the value of ${name}`);
    return { name, value, quoted: false, raw: value };
  }

  #token(what: string): string {
    const start = this.#at;
    while (this.#kind() === TOKEN) this.#at += 1;
    if (this.#at === start) throw malformed(`${what} is missing or is no token`);
    return this.#text.slice(start, this.#at);
  }

  #quotedString(name: string): Directive {
    const start = this.#at + 1;
    let value = '';
    let copied = start;
    for (this.#at = start; ; this.#at += 1) {
      const kind = this.#kind();
      if (kind === QUOTE) break;
      if (kind === BACKSLASH) {
        value += this.#text.slice(copied, this.#at);
        this.#at += 1;
        copied = this.#at;
        if (this.#kind() === CONTROL)
          throw malformed(`the value of ${name} ends in a backslash or has a control character`);
      } else if (kind === CONTROL) {
        throw malformed(`the value of ${name} has a control character or no end`);
      }
    }
    const raw = this.#text.slice(start, this.#at);
    value = copied === start ? raw : value + this.#text.slice(copied, this.#at);
    this.#at += 1;
    return { name, value, quoted: true, raw };
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

/** What stands at a place; past the end it is a control character, which no rule takes. */
function kindAt(text: string, at: number): number {
  return at < text.length ? (KINDS[text.charCodeAt(at)] ?? CONTROL) : CONTROL;
}

function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the digest message is malformed: ${detail}`);
}

const NONE: ReadonlySet<string> = new Set();
const EQUALS = 0x3d;

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
