import { MalformedBytesError } from '../../../bytes/errors.js';
import { decodeLatin1, decodeUtf8, decodeUtf16le } from '../../../bytes/text.js';
import { bufferType, SECBUFFER, type SecBuffer } from '../../../sspi/buffers.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { isToken } from '../directives.js';

/** What the buffers of a call say of an HTTP request; text as octets. Absent where a buffer is missing or empty. */
export interface RequestBuffers {
  /** The TOKEN buffers that are not empty, up to {@link MAXIMUM_TOKEN} bytes each. */
  readonly tokens: readonly string[];
  readonly method?: string;
  /** The request target: the server's own view of it, or on a client that of MakeSignature. */
  readonly target?: string;
  /** `H(entity-body)`, hex. */
  readonly entityHash?: string;
  /** The entity-body itself: an addition of this engine. */
  readonly entity?: Uint8Array;
  readonly realm?: string;
  /** SEC_CHANNEL_BINDINGS. */
  readonly bindings?: Uint8Array;
  /** The SPN of the server. */
  readonly targetHost?: string;
}

/** Most bytes of the parameters of one Authorization or WWW-Authenticate field. */
export const MAXIMUM_TOKEN = 8192;

/**
 * The input of AcceptSecurityContext and CompleteAuthToken. Positions are those among the PKG_PARAMS buffers: method, request
 * target, H(entity-body), realm in UTF-16; those at the end may be left out. Microsoft Learn, "AcceptSecurityContext (Digest)",
 * calls the second reserved; here it is compared with the `uri` directive where it is not empty.
 */
export function readServerRequest(buffers: readonly SecBuffer[]): RequestBuffers {
  return readBuffers(buffers, SERVER_PARAMETERS);
}

/** The input of InitializeSecurityContext: method, H(entity-body). Microsoft Learn, "Input Buffers for the Digest Challenge Response". */
export function readClientRequest(buffers: readonly SecBuffer[]): RequestBuffers {
  return readBuffers(buffers, CLIENT_PARAMETERS);
}

/** The buffers of MakeSignature and VerifySignature: method, URL, H(entity-body). Microsoft Learn, "MakeSignature". */
export function readSignedRequest(buffers: readonly SecBuffer[]): RequestBuffers {
  return readBuffers(buffers, MESSAGE_PARAMETERS);
}

type Parameter = 'method' | 'target' | 'entityHash' | 'realm';

const SERVER_PARAMETERS: readonly Parameter[] = ['method', 'target', 'entityHash', 'realm'];
const CLIENT_PARAMETERS: readonly Parameter[] = ['method', 'entityHash'];
const MESSAGE_PARAMETERS: readonly Parameter[] = ['method', 'target', 'entityHash'];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readBuffers(buffers: readonly SecBuffer[], parameters: readonly Parameter[]): RequestBuffers {
  const tokens: string[] = [];
  const request: Mutable<RequestBuffers> = { tokens };
  let position = 0;
  for (const buffer of buffers) {
    const { data } = buffer;
    switch (bufferType(buffer)) {
      case SECBUFFER.TOKEN:
        if (data.length > MAXIMUM_TOKEN) throw tooLong();
        if (data.length > 0) tokens.push(decodeLatin1(data));
        break;
      case SECBUFFER.PKG_PARAMS: {
        const parameter = parameters[position];
        position += 1;
        if (parameter && data.length > 0) request[parameter] = READERS[parameter](data);
        break;
      }
      case SECBUFFER.DATA:
        request.entity = data;
        break;
      case SECBUFFER.CHANNEL_BINDINGS:
        if (data.length > 0) request.bindings = data;
        break;
      case SECBUFFER.TARGET_HOST:
        if (data.length > 0) request.targetHost = readTargetHost(data);
        break;
    }
  }
  return request;
}

function readMethod(data: Uint8Array): string {
  const method = decodeLatin1(data);
  if (!isToken(method)) throw badParameter('the method is no token');
  return method;
}

/** Visible ASCII: what can stand in a request line, and in quotes without an escape. */
export function isTarget(target: string): boolean {
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code < 0x21 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return target !== '';
}

function readRealm(data: Uint8Array): string {
  const realm = data.length % 2 === 0 ? decodeUtf16le(data) : '\0';
  for (let i = 0; i < realm.length; i++) {
    const code = realm.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) throw badParameter('the realm must be ASCII, in UTF-16');
  }
  return realm;
}

function readTargetHost(data: Uint8Array): string {
  try {
    const name = decodeUtf8(data);
    if (isTarget(name)) return name;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
  }
  throw badParameter('the service principal name must be ASCII');
}

const READERS: Readonly<Record<Parameter, (data: Uint8Array) => string>> = {
  method: readMethod,
  target: decodeLatin1,
  entityHash: decodeLatin1,
  realm: readRealm,
};

export function badParameter(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_PARAMETER, detail, {
    hint: 'See the order of the buffers on the Microsoft Learn page of the function, in its part about Digest.',
  });
}

function tooLong(): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the digest message is longer than ${MAXIMUM_TOKEN} bytes`);
}
