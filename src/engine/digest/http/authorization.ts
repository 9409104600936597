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
  const fields = readFields(text);
  const { username, qop } = fields;
  const extended = fields['username*'];
  const name = username ? userName(username, extended) : extendedName(extended);
  refuseControls(name);
  const hashed = booleanOf(fields.userhash);
  if (hashed && !username) throw malformed('a hashed user name is no username*');
  const nc = qop ? required(fields.nc, 'nc') : '';
  return {
    username: username ? octetsAsSent(username) : utf8Octets(name),
    name,
    hashed,
    realm: required(fields.realm, 'realm'),
    nonce: required(fields.nonce, 'nonce'),
    uri: required(fields.uri, 'uri'),
    response: required(fields.response, 'response'),
    algorithm: fields.algorithm?.value,
    qop: qop?.value,
    nc,
    count: qop ? nonceCount(nc) : 0,
    cnonce: qop ? required(fields.cnonce, 'cnonce') : '',
    opaque: fields.opaque?.value ?? '',
    hashedDirectives: fields['hashed-dirs']?.value,
    serviceName: fields['service-name']?.value ?? '',
    channelBinding: fields['channel-binding']?.value ?? '',
  };
}

/** The directives that are known here. A class, so that all have one shape. */
class Fields {
  username: Directive | undefined;
  'username*': Directive | undefined;
  userhash: Directive | undefined;
  realm: Directive | undefined;
  nonce: Directive | undefined;
  uri: Directive | undefined;
  response: Directive | undefined;
  algorithm: Directive | undefined;
  qop: Directive | undefined;
  nc: Directive | undefined;
  cnonce: Directive | undefined;
  opaque: Directive | undefined;
  'hashed-dirs': Directive | undefined;
  'service-name': Directive | undefined;
  'channel-binding': Directive | undefined;
}

/** A switch, because every request of a web server comes through here: a table by name takes twice the time. */
function readFields(text: string): Fields {
  const fields = new Fields();
  const others: string[] = [];
  for (const directive of parseDirectives(text)) {
    switch (directive.name) {
      case 'username':
        fields.username = only(fields.username, directive);
        break;
      case 'username*':
        fields['username*'] = only(fields['username*'], directive);
        break;
      case 'userhash':
        fields.userhash = only(fields.userhash, directive);
        break;
      case 'realm':
        fields.realm = only(fields.realm, directive);
        break;
      case 'nonce':
        fields.nonce = only(fields.nonce, directive);
        break;
      case 'uri':
        fields.uri = only(fields.uri, directive);
        break;
      case 'response':
        fields.response = only(fields.response, directive);
        break;
      case 'algorithm':
        fields.algorithm = only(fields.algorithm, directive);
        break;
      case 'qop':
        fields.qop = only(fields.qop, directive);
        break;
      case 'nc':
        fields.nc = only(fields.nc, directive);
        break;
      case 'cnonce':
        fields.cnonce = only(fields.cnonce, directive);
        break;
      case 'opaque':
        fields.opaque = only(fields.opaque, directive);
        break;
      case 'hashed-dirs':
        fields['hashed-dirs'] = only(fields['hashed-dirs'], directive);
        break;
      case 'service-name':
        fields['service-name'] = only(fields['service-name'], directive);
        break;
      case 'channel-binding':
        fields['channel-binding'] = only(fields['channel-binding'], directive);
        break;
      default:
        if (others.includes(directive.name)) throw twice(directive);
        others.push(directive.name);
    }
  }
  return fields;
}

function only(before: Directive | undefined, directive: Directive): Directive {
  if (before) throw twice(directive);
  return directive;
}

/** The directives of a message by name. Throws SEC_E_INVALID_TOKEN, also where any stands twice. */
export function uniqueDirectives(text: string): Map<string, Directive> {
  const directives = new Map<string, Directive>();
  for (const directive of parseDirectives(text)) {
    if (directives.has(directive.name)) throw twice(directive);
    directives.set(directive.name, directive);
  }
  return directives;
}

function twice({ name }: Directive): PackageError {
  return malformed(`it has two directives ${name}`);
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
  const name = decodeExtValue(extended.value);
  if (name === undefined) throw malformed('username* is not percent-encoded UTF-8');
  return name;
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
  const count = /^[0-9a-fA-F]{8}$/.test(nc) ? Number.parseInt(nc, 16) : 0;
  if (count === 0) throw malformed('nc is not eight hex digits, from 1');
  return count;
}

function required(directive: Directive | undefined, name: string): string {
  if (!directive) throw malformed(`${name} is missing`);
  return directive.value;
}
