import type { Duplex } from 'node:stream';
import { decodeLatin1 } from '../bytes/text.js';
import { ArgumentError, checkString } from '../sspi/arguments.js';
import { SECPKG_ATTR } from '../sspi/attributes.js';
import { SspiError } from '../sspi/error.js';
import { ASC_REQ, ASC_RET, ISC_REQ } from '../sspi/flags.js';
import type { ContextLeg, SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E } from '../sspi/status.js';
import { ByteSource } from './byte-source.js';
import { closeSoon } from './close-soon.js';
import { Credential } from './credential.js';
import { readIdentity } from './identity.js';
import { type HandshakeOptions, SchannelHandshake } from './schannel-handshake.js';
import {
  checkSchannelOptions,
  type SchannelAcceptOptions,
  type SchannelConnectOptions,
  type SchannelOptions,
  timeoutOf,
} from './schannel-options.js';
import { type SchannelFacts, SchannelStream } from './schannel-stream.js';

/**
 * Makes a connection to a server secure, by TLS: resolves when the handshake is through and the server's certificate is good. Where it
 * rejects, the server has been told why as far as TLS can, and the connection is closed.
 *
 * @example
 * ```ts
 * import { once } from 'node:events';
 * import { connect } from 'node:net';
 * import { schannelConnect } from 'secur32';
 *
 * const socket = connect(443, 'example.com');
 * await once(socket, 'connect');
 * const tls = await schannelConnect(socket, { serverName: 'example.com', protocols: ['http/1.1'] });
 * tls.end('GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n');
 * for await (const chunk of tls) process.stdout.write(chunk as Buffer);
 * ```
 */
export async function schannelConnect(wire: Duplex, options: SchannelConnectOptions): Promise<SchannelStream> {
  checkString(options.serverName, 'serverName');
  checkSchannelOptions(options);
  const manual = options.validation === 'dangerouslyByCaller';
  return secure(wire, options, {
    role: 'client',
    serverName: options.serverName,
    contextReq: manual ? ISC_REQ.MANUAL_CRED_VALIDATION : 0,
    protocols: options.protocols,
    requireCertificate: false,
    // The package itself refuses a server that is not.
    authorized: () => !manual,
  });
}

/**
 * Makes a connection of a client secure, by TLS: resolves when the handshake is through. Where it rejects, the client has been told why
 * as far as TLS can, and the connection is closed.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:net';
 * import { type Credential, schannelAccept } from 'secur32';
 *
 * export function echo(credential: Credential, port: number): void {
 *   createServer({ allowHalfOpen: true }, socket => {
 *     schannelAccept(socket, { credential }).then(
 *       tls => tls.pipe(tls),
 *       error => console.error(error.message, error.hint),
 *     );
 *   }).listen(port);
 * }
 * ```
 */
export async function schannelAccept(wire: Duplex, options: SchannelAcceptOptions): Promise<SchannelStream> {
  const { clientCertificate = 'none' } = options;
  if (!['none', 'request', 'require'].includes(clientCertificate)) {
    throw new ArgumentError("clientCertificate must be 'none', 'request' or 'require'");
  }
  checkSchannelOptions(options);
  return secure(wire, options, {
    role: 'server',
    serverName: undefined,
    contextReq: clientCertificate === 'none' ? 0 : ASC_REQ.MUTUAL_AUTH,
    protocols: options.protocols,
    requireCertificate: clientCertificate === 'require',
    authorized: ({ contextAttr }) => (contextAttr & ASC_RET.MUTUAL_AUTH) !== 0,
  });
}

interface Wish extends Omit<HandshakeOptions, 'credential'> {
  /** Whether a client must have proven who it is. */
  readonly requireCertificate: boolean;
  /** Whether the peer has. */
  authorized(leg: ContextLeg): boolean;
}

async function secure(wire: Duplex, options: SchannelOptions, wish: Wish): Promise<SchannelStream> {
  const source = new ByteSource(wire, options.head);
  const credential = options.credential ?? (await ownCredential(options, wish.role));
  const release = async (): Promise<void> => {
    if (!options.credential) await credential.close();
  };
  const handshake = new SchannelHandshake({ ...wish, credential }, wire, source);
  const stop = giveUpInTime(source, handshake, options);
  const { sspi } = credential;
  try {
    const { leg, rest } = await handshake.run(wish.role === 'client' ? undefined : NOTHING);
    const { context } = leg;
    const authorized = wish.authorized(leg);
    if (wish.requireCertificate && !authorized) await refuse(wire, handshake, context);
    const sizes = await sspi.queryContextAttributes(context, SECPKG_ATTR.STREAM_SIZES);
    const facts = await readFacts(sspi, context, wish, authorized);
    return new SchannelStream({ wire, source, handshake, sspi, context, sizes, facts, rest, release });
  } catch (error) {
    await giveUp(wire, handshake, sspi, error);
    await release();
    throw error;
  } finally {
    stop();
  }
}

function ownCredential({ identity, sspi }: SchannelOptions, role: 'client' | 'server'): Promise<Credential> {
  const common = { package: 'Schannel', ...(sspi && { sspi }) };
  if (role === 'client') {
    return Credential.acquire({ ...common, use: 'outbound', identity: identity ?? { kind: 'certificate' } });
  }
  return Credential.acquire({ ...common, use: 'inbound', ...(identity && { identity }) });
}

/** Makes the handshake fail when its time is over, or its signal says so. Returns how to stop that. */
function giveUpInTime(source: ByteSource, handshake: SchannelHandshake, options: SchannelOptions): () => void {
  const { signal } = options;
  const late = (): void =>
    source.fail(handshake.refusal(SEC_E.CONTEXT_EXPIRED, 'the handshake was not through in time'));
  const aborted = (): void => source.fail(signal!.reason as Error);
  const timer = setTimeout(late, timeoutOf(options));
  timer.unref();
  if (signal?.aborted) aborted();
  signal?.addEventListener('abort', aborted, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
  };
}

async function refuse(wire: Duplex, handshake: SchannelHandshake, context: CtxtHandle): Promise<never> {
  wire.write(await handshake.sayGoodbye(context));
  throw handshake.refusal(SEC_E.CERT_UNKNOWN, 'the client has shown no certificate that is trusted here', {
    hint: 'See `roots` of the credential: certificates of clients must lead to one of them.',
  });
}

async function giveUp(
  wire: Duplex,
  handshake: SchannelHandshake,
  sspi: SecurityFunctionTable,
  error: unknown,
): Promise<void> {
  const { token, context = handshake.context } = error instanceof SspiError ? error : {};
  if (token?.length && !wire.destroyed && !wire.writableEnded) wire.write(token);
  closeSoon(wire);
  if (context === undefined) return;
  try {
    await sspi.deleteSecurityContext(context);
  } catch {
    // The provider has ended it already.
  }
}

async function readFacts(
  sspi: SecurityFunctionTable,
  context: CtxtHandle,
  { role }: Wish,
  authorized: boolean,
): Promise<SchannelFacts> {
  const cipher = await sspi.queryContextAttributes(context, SECPKG_ATTR.CIPHER_INFO);
  const protocol = await sspi.queryContextAttributes(context, SECPKG_ATTR.APPLICATION_PROTOCOL);
  return {
    role,
    authorized,
    protocol: `TLSv1.${cipher.protocol - 0x0301}`,
    cipherSuite: cipher.cipherSuiteName,
    applicationProtocol: protocol.status === 'success' ? decodeLatin1(protocol.protocolId) : undefined,
    peerCertificate: await unlessMissing(
      async () => (await sspi.queryContextAttributes(context, SECPKG_ATTR.REMOTE_CERT_CONTEXT)).certificate,
    ),
    identity: role === 'server' ? await unlessMissing(() => readIdentity(sspi, context, 'Schannel')) : undefined,
  };
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SspiError && MISSING.includes(error.status)) return undefined;
    throw error;
  }
}

const NOTHING = new Uint8Array(0);
const MISSING: readonly number[] = [SEC_E.NO_CREDENTIALS, SEC_E.NO_IMPERSONATION, SEC_E.UNSUPPORTED_FUNCTION];
