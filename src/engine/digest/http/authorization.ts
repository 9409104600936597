import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { type Directive, parseDirectives } from '../directives.js';
import { utf8Octets } from '../octets.js';
import { decodeExtValue } from './ext-value.js';
import { textOf } from './names.js';

/** The parameters of an Authorization field (RFC 7616 3.4): text as octets, unquoted. */
export interface Authorization {
  /** As it is hashed. */
  readonly username: string;
  /** As a person reads it; with `hashed` the same hex digits. */
  readonly name: string;
  /** `userhash=true`: the name is `H(user ":" realm)`. */
  readonly hashed: boolean;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  /** Absent means MD5. */
  readonly algorithm: string | undefined;
  /** Absent in the form of RFC 2069, and `nc` and `cnonce` are then empty. */
  readonly qop: string | undefined;
  /** Eight hex digits. */
  readonly nc: string;
  readonly count: number;
  readonly cnonce: string;
  readonly opaque: string;
  readonly hashedDirectives: string | undefined;
  readonly serviceName: string;
  readonly channelBinding: string;
}

/** Throws SEC_E_INVALID_TOKEN, also where any directive stands twice. */
export function parseAuthorization(text: string): Authorization {
  const directives = uniqueDirectives(text);
  const value = (name: string): string | undefined => directives.get(name)?.value;
  const required = (name: string): string => value(name) ?? missing(name);

  const username = directives.get('username');
  const extended = directives.get('username*');
  const name = username ? userName(username, extended) : extendedName(extended);
  refuseControls(name);
  const hashed = booleanOf(directives.get('userhash'));
  if (hashed && !username) throw malformed('a hashed user name is no username*');

  const qop = value('qop');
  const nc = qop === undefined ? '' : required('nc');
  return {
    username: username && !extended ? octetsAsSent(username) : utf8Octets(name),
    name,
    hashed,
    realm: required('realm'),
    nonce: required('nonce'),
    uri: required('uri'),
    response: required('response'),
    algorithm: value('algorithm'),
    qop,
    nc,
    count: qop === undefined ? 0 : nonceCount(nc),
    cnonce: qop === undefined ? '' : required('cnonce'),
    opaque: value('opaque') ?? '',
    hashedDirectives: value('hashed-dirs'),
    serviceName: value('service-name') ?? '',
    channelBinding: value('channel-binding') ?? '',
  };
}

/** The directives of a message by name. Throws SEC_E_INVALID_TOKEN, also where any stands twice. */
export function uniqueDirectives(text: string): Map<string, Directive> {
  const directives = new Map<string, Directive>();
  for (const directive of parseDirectives(text)) {
    if (directives.has(directive.name)) throw malformed(`it has two directives ${directive.name}`);
    directives.set(directive.name, directive);
  }
  return directives;
}

export function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the digest message is malformed: ${detail}`);
}

/** `true` or `false`, in any case (RFC 7616 3.3); absent is false. */
export function booleanOf(directive: Directive | undefined): boolean {
  const value = directive?.value.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') throw malformed(`${directive?.name} is neither true nor false`);
  return value === 'true';
}

function userName(username: Directive, extended: Directive | undefined): string {
  if (extended) throw malformed('it has both username and username*');
  return textOf(octetsAsSent(username));
}

function extendedName(extended: Directive | undefined): string {
  if (!extended) throw malformed('username is missing');
  if (extended.quoted) throw malformed('username* is quoted');
  return decodeExtValue(extended.value) ?? missing('username* in UTF-8');
}

/** A backslash before anything but `"` and `\` stands for itself: browsers on Windows send `DOMAIN\user` so ([MS-DPSP] 2.2). */
function octetsAsSent({ value, raw }: Directive): string {
  return hasPlainBackslash(raw) ? raw : value;
}

function hasPlainBackslash(raw: string): boolean {
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', at + 2)) {
    const next = raw[at + 1];
    if (next !== '"' && next !== '\\') return true;
  }
  return false;
}

/** Names go to account stores and into logs. */
function refuseControls(name: string): void {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) throw malformed('the user name has a control character');
  }
}

function nonceCount(nc: string): number {
  let count = 0;
  for (let i = 0; i < nc.length; i++) {
    const digit = HEX_DIGITS.indexOf(nc.charAt(i).toLowerCase());
    if (digit < 0) throw malformed('nc is not eight hex digits');
    count = count * 16 + digit;
  }
  if (nc.length !== 8 || count === 0) throw malformed('nc is not eight hex digits, from 1');
  return count;
}

function missing(name: string): never {
  throw malformed(`${name} is missing`);
}

const HEX_DIGITS = '0123456789abcdef';
