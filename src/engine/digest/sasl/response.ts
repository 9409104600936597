import { DirectiveWriter, findDirective } from '../directives.js';
import type { DigestCipher } from '../options.js';
import { DEFAULT_MAX_BUFFER } from './buffer-size.js';
import { isUtf8, malformed, maxBuffer, readFields, required } from './fields.js';
import type { Qop } from './qop.js';

/** What a client answers a challenge with (RFC 2831 2.1.2). Names are octets. */
export interface Response {
  readonly username: string;
  /** With a backslash taken as it stands, where the name has one: Windows clients write `DOMAIN\user` without escaping it. */
  readonly rawUsername: string;
  readonly realm: string | undefined;
  readonly nonce: string;
  readonly cnonce: string;
  /** Eight hex digits. */
  readonly nc: string;
  /** As the client wrote it: whether it was offered is the server's to see. */
  readonly qop: string;
  readonly digestUri: string;
  /** 32 hex digits. */
  readonly response: string;
  /** Bytes that the client takes in one protected buffer. */
  readonly maxBuffer: number;
  readonly utf8: boolean;
  readonly cipher: string | undefined;
  readonly authzid: string | undefined;
}

/** What a client has to say; the rest of a {@link Response} follows from it. */
export interface ResponseToBuild extends Omit<Response, 'rawUsername' | 'qop' | 'cipher'> {
  readonly qop: Qop;
  readonly cipher: DigestCipher | undefined;
}

/** A response is shorter than 4096 bytes (RFC 2831 2.1.2). */
export const MAX_RESPONSE_LENGTH = 4095;

/**
 * Reads a response. Directives that are not known, and those that only a challenge has, are passed over (RFC 2831 2.1.2); values
 * may be quoted or not, since clients differ in it. Throws SEC_E_INVALID_TOKEN.
 */
export function parseResponse(token: Uint8Array): Response {
  const directives = readFields(token, MAX_RESPONSE_LENGTH, SINGLE);
  const find = (name: string) => findDirective(directives, name);
  const username = find('username');
  const authzid = find('authzid');
  return {
    username: required(username, 'username'),
    rawUsername: username?.raw ?? '',
    realm: find('realm')?.value,
    nonce: required(find('nonce'), 'nonce'),
    cnonce: required(find('cnonce'), 'cnonce'),
    nc: hexDigits(required(find('nc'), 'nc'), 8, 'nc'),
    qop: find('qop')?.value ?? 'auth',
    digestUri: checkDigestUri(required(find('digest-uri'), 'digest-uri')),
    response: hexDigits(required(find('response'), 'response'), 32, 'response'),
    maxBuffer: maxBuffer(find('maxbuf')),
    utf8: isUtf8(find('charset')),
    cipher: find('cipher')?.value.toLowerCase(),
    authzid: authzid && required(authzid, 'authzid'),
  };
}

/** Writes a response, in the order of the example in RFC 2831 4. */
export function buildResponse(response: ResponseToBuild): Uint8Array {
  const writer = new DirectiveWriter();
  if (response.utf8) writer.token('charset', 'utf-8');
  writer.quoted('username', response.username);
  if (response.realm !== undefined) writer.quoted('realm', response.realm);
  writer
    .quoted('nonce', response.nonce)
    .token('nc', response.nc)
    .quoted('cnonce', response.cnonce)
    .quoted('digest-uri', response.digestUri)
    .token('response', response.response)
    .token('qop', response.qop);
  if (response.cipher !== undefined) writer.token('cipher', response.cipher);
  if (response.maxBuffer !== DEFAULT_MAX_BUFFER) writer.token('maxbuf', String(response.maxBuffer));
  if (response.authzid !== undefined) writer.quoted('authzid', response.authzid);
  return writer.toBytes();
}

/** `serv-type "/" host [ "/" serv-name ]`, none of them empty (RFC 2831 2.1.2). Which service is meant is for the application to check. */
export function isDigestUri(value: string): boolean {
  const parts = value.split('/', 4);
  return (parts.length === 2 || parts.length === 3) && !parts.includes('');
}

function checkDigestUri(value: string): string {
  if (!isDigestUri(value)) throw malformed('its digest-uri does not name a service and a host');
  return value;
}

function hexDigits(value: string, count: number, name: string): string {
  let valid = value.length === count;
  for (let at = 0; valid && at < count; at++) valid = isHexDigit(value.charCodeAt(at));
  if (!valid) throw malformed(`its ${name} is not ${count} hex digits`);
  return value;
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}

const SINGLE: ReadonlySet<string> = new Set([
  'username',
  'realm',
  'nonce',
  'cnonce',
  'nc',
  'qop',
  'digest-uri',
  'response',
  'maxbuf',
  'charset',
  'cipher',
  'authzid',
]);
