import { BerError, BerReader, encode, encodeInteger, encodeText, measure, TAG } from './ber.js';

/** Tags of LDAP (RFC 4511 4). */
export const OPERATION = {
  BIND_REQUEST: 0x60,
  BIND_RESPONSE: 0x61,
  UNBIND_REQUEST: 0x42,
  EXTENDED_REQUEST: 0x77,
  EXTENDED_RESPONSE: 0x78,
} as const;
const SASL_CREDENTIALS = 0xa3;
const SERVER_SASL_CREDENTIALS = 0x87;
const REQUEST_NAME = 0x80;
const RESPONSE_VALUE = 0x8b;

export const RESULT = {
  SUCCESS: 0,
  OPERATIONS_ERROR: 1,
  PROTOCOL_ERROR: 2,
  AUTH_METHOD_NOT_SUPPORTED: 7,
  SASL_BIND_IN_PROGRESS: 14,
  INVALID_CREDENTIALS: 49,
  UNWILLING_TO_PERFORM: 53,
} as const;

/** "Who am I?" (RFC 4532). */
export const WHO_AM_I = '1.3.6.1.4.1.4203.1.11.3';

/** StartTLS (RFC 4511 4.14). */
export const START_TLS = '1.3.6.1.4.1.1466.20037';

/** LDAPMessage: a number, an operation by its tag, and the content of that operation. Controls are passed over. */
export interface Message {
  readonly id: number;
  readonly operation: number;
  readonly content: Uint8Array;
}

/** Takes one whole message off the front of the bytes; undefined while there is none. Throws `BerError`. */
export function takeMessage(bytes: Uint8Array): { message: Message; rest: Uint8Array } | undefined {
  if (bytes.length > 0 && bytes[0] !== TAG.SEQUENCE) throw new BerError('a message must be a SEQUENCE');
  const size = measure(bytes);
  if (!size || size.whole > bytes.length) return undefined;
  const body = new BerReader(new BerReader(bytes.subarray(0, size.whole)).next(TAG.SEQUENCE));
  const id = body.integer();
  const operation = body.tag;
  if (operation === undefined) throw new BerError('a message without an operation');
  return { message: { id, operation, content: body.next() }, rest: bytes.subarray(size.whole) };
}

export function encodeMessage(id: number, operation: Uint8Array): Uint8Array {
  return encode(TAG.SEQUENCE, encodeInteger(id), operation);
}

/** A BindRequest; without a mechanism it is a simple bind. Absent credentials are not empty ones (RFC 4513 5.2.1.2). */
export interface BindRequest {
  readonly mechanism?: string;
  readonly credentials?: Uint8Array;
}

export function parseBindRequest(content: Uint8Array): BindRequest {
  const reader = new BerReader(content);
  if (reader.integer() !== 3) throw new BerError('this is not LDAP version 3');
  reader.text();
  if (reader.tag !== SASL_CREDENTIALS) return {};
  const sasl = new BerReader(reader.next());
  const mechanism = sasl.text();
  return sasl.atEnd ? { mechanism } : { mechanism, credentials: sasl.next(TAG.OCTET_STRING) };
}

export function encodeBindRequest({ mechanism = '', credentials }: BindRequest): Uint8Array {
  const parts = [encodeText(mechanism)];
  if (credentials) parts.push(encode(TAG.OCTET_STRING, credentials));
  return encode(OPERATION.BIND_REQUEST, encodeInteger(3), encodeText(''), encode(SASL_CREDENTIALS, ...parts));
}

/** The answer to a bind or an extended request; `data` is the SASL credentials, or the response's value. */
export interface Result {
  readonly code: number;
  readonly diagnostic: string;
  readonly data?: Uint8Array;
}

export function encodeResult(operation: number, { code, diagnostic, data }: Result): Uint8Array {
  const dataTag = operation === OPERATION.BIND_RESPONSE ? SERVER_SASL_CREDENTIALS : RESPONSE_VALUE;
  return encode(
    operation,
    encodeInteger(code, TAG.ENUMERATED),
    encodeText(''),
    encodeText(diagnostic),
    ...(data ? [encode(dataTag, data)] : []),
  );
}

export function parseResult(content: Uint8Array): Result {
  const reader = new BerReader(content);
  const code = reader.integer(TAG.ENUMERATED);
  reader.text();
  const diagnostic = reader.text();
  let data: Uint8Array | undefined;
  while (!reader.atEnd) {
    const wanted = reader.tag === SERVER_SASL_CREDENTIALS || reader.tag === RESPONSE_VALUE;
    const value = reader.next();
    if (wanted) data = value;
  }
  return { code, diagnostic, ...(data && { data }) };
}

/** The object identifier of an ExtendedRequest. */
export function parseExtendedRequest(content: Uint8Array): string {
  return new BerReader(content).text(REQUEST_NAME);
}

export function encodeExtendedRequest(name: string): Uint8Array {
  return encode(OPERATION.EXTENDED_REQUEST, encodeText(name, REQUEST_NAME));
}
