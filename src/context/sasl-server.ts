import type { TLSSocket } from 'node:tls';
import { MalformedBytesError } from '../bytes/errors.js';
import { decodeUtf8 } from '../bytes/text.js';
import { ArgumentError } from '../sspi/arguments.js';
import { tokenBuffer } from '../sspi/buffers.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SASL_OPTION, type SaslContextOptions } from '../sspi/sasl.js';
import { SEC_E } from '../sspi/status.js';
import { type Authorize, asOneself, checkAuthorization } from './authorization.js';
import {
  bindingBuffers,
  checkBindings,
  checkExtendedProtection,
  type ExtendedProtection,
  extendedProtectionFlags,
} from './extended-protection.js';
import { type PeerIdentity, readIdentity } from './identity.js';
import { inspectAs } from './inspect.js';
import { checkMechanism } from './mechanism-package.js';
import { ownNames } from './own-names.js';
import { ProtectionPolicy } from './policy.js';
import type { Protection } from './protection.js';
import { checkSaslOptions, checkTargetPart, SaslEndpoint, type SaslOptions } from './sasl-endpoint.js';
import type { SchannelStream } from './schannel-stream.js';
import { checkTarget } from './target-name.js';
import { verifiedCertificate } from './verified-certificate.js';

export interface SaslServerOptions extends SaslOptions {
  /** The name, or the names, by which clients know this host: SEC_E_WRONG_PRINCIPAL for a client that meant another service. */
  readonly host: string | readonly string[];
  /**
   * What becomes of a client that does not say which service it means, as some of NTLM do not, or that sends no channel bindings when the
   * server has some: by default, `always`, it is refused with SEC_E_WRONG_PRINCIPAL or SEC_E_BAD_BINDINGS; with `whenSupported` it is let
   * through. A client that means another service or channel is refused in both.
   */
  readonly extendedProtection?: Exclude<ExtendedProtection, 'never'>;
  /** Protections to offer besides those required; integrity and confidentiality by default. `request: []` offers no layer. */
  readonly request?: readonly Protection[];
  /**
   * Whether a client may act as the identity that it names, in whatever form the protocol gives it. By default it may only name
   * itself. SEC_E_LOGON_DENIED where it may not. (SEC_E_ALGORITHM_MISMATCH is for exchanges in which no identity may be named at all:
   * `SASL_OPTION.AUTHZ_PROCESSING` of the raw functions.)
   */
  readonly authorize?: Authorize;
  /** EXTERNAL: the TLS connection in which the client has proven who it is. One that is not `authorized` proves nothing. */
  readonly connection?: SchannelStream | TLSSocket;
}

const SYSCALL = 'SaslAcceptSecurityContext';
const NOTHING = new Uint8Array(0);
const EXTERNAL = 'EXTERNAL';

/**
 * The server's side of a SASL exchange, and the security layer that comes of it.
 *
 * @example
 * ```ts
 * import { type Credential, SaslServer } from 'secur32';
 *
 * export async function accept(credential: Credential, challenge: (token: Uint8Array) => Promise<Uint8Array>) {
 *   const names = { service: 'imap', host: 'mail.example.com' };
 *   const server = await SaslServer.create({ mechanism: 'DIGEST-MD5', credential, ...names });
 *   let { token, done } = await server.step();
 *   while (!done) ({ token, done } = await server.step(await challenge(token ?? new Uint8Array(0))));
 *   if (token) await challenge(token);
 *   console.log(server.identity.name, server.layer);
 *   return server;
 * }
 * ```
 */
export class SaslServer extends SaslEndpoint {
  readonly #targetNames: readonly string[];
  readonly #authorize: Authorize;
  readonly #extendedProtection: ExtendedProtection | undefined;
  #authorizationId = '';
  #identity: PeerIdentity | undefined;

  private constructor(options: SaslServerOptions) {
    const { credential, service, host, maxBufferSize, authorize = asOneself } = options;
    const externalCertificate = verifiedCertificate(options.connection);
    const contextOptions: SaslContextOptions = { recvSize: maxBufferSize, externalCertificate };
    const bindings = bindingBuffers(options.channelBindings);
    const bindingFlags = extendedProtectionFlags(options.extendedProtection);
    super('server', options, new ProtectionPolicy('server', options), {
      owner: 'SaslServer',
      syscall: SYSCALL,
      packageName: credential.package,
      unaskedEmptyToken: 'meant',
      establish: (context, leg) => this.#establish(context, leg),
      leg: (received, context) =>
        credential.sspi.saslAcceptSecurityContext({
          credential: credential.handle,
          contextReq: (this.policy.contextReq | bindingFlags) >>> 0,
          input:
            received === undefined && this.mechanism === EXTERNAL
              ? []
              : [tokenBuffer(received ?? NOTHING), ...bindings],
          context,
          signal: options.signal,
          options: contextOptions,
        }),
    });
    this.#targetNames = hostNames(host).map(name => `${service}/${name}`);
    this.#authorize = authorize;
    this.#extendedProtection = options.extendedProtection;
  }

  /**
   * Begins an exchange. Rejects with SEC_E_SECPKG_NOT_FOUND for a mechanism that the provider does not have, with
   * SEC_E_WRONG_CREDENTIAL_HANDLE for a credential of another package, and with a TypeError for options that are none.
   */
  static async create(options: SaslServerOptions): Promise<SaslServer> {
    const hosts = hostNames(options.host);
    if (hosts.length === 0) throw new ArgumentError('host must name at least one host');
    for (const host of hosts) checkTargetPart(host, 'host');
    if (options.authorize !== undefined && typeof options.authorize !== 'function') {
      throw new ArgumentError('authorize must be a function');
    }
    checkExtendedProtection(options.extendedProtection, ['always', 'whenSupported']);
    checkSaslOptions(options);
    checkBindings(options.credential, options.channelBindings, SYSCALL);
    const unknown = checkMechanism(options.mechanism, options.credential, SYSCALL);
    if (unknown) await unknown;
    return new SaslServer(options);
  }

  /** Who the client is. Throws SEC_E_INVALID_HANDLE before the end of the exchange. */
  get identity(): PeerIdentity {
    if (!this.#identity) throw this.exchange.unusable();
    return this.#identity;
  }

  /** Whom the client acts as, and has been authorized to; empty where it named nobody. */
  get authorizationId(): string {
    return this.#authorizationId;
  }

  static {
    inspectAs(SaslServer, server => server.facts);
  }

  async #establish(context: CtxtHandle, leg: ContextLeg): Promise<string> {
    const { exchange } = this;
    const packageName = await this.agree(context, leg);
    // Which server the client of EXTERNAL means, TLS has checked.
    if (this.mechanism !== EXTERNAL) await checkTarget(exchange, context, this.#targetNames, this.#extendedProtection);
    const identity = await readIdentity(exchange.sspi, context, packageName);
    const authzString = await exchange.sspi.saslGetContextOption(context, SASL_OPTION.AUTHZ_STRING);
    if (authzString.length > 0) {
      const authorizationId = this.#decodeAuthorizationId(authzString);
      const names = await ownNames(exchange.sspi, context, identity);
      await checkAuthorization(exchange, this.#authorize, { authorizationId, identity, names });
      this.#authorizationId = authorizationId;
    }
    this.#identity = identity;
    return packageName;
  }

  #decodeAuthorizationId(authzString: Uint8Array): string {
    try {
      const authorizationId = decodeUtf8(authzString);
      if (!authorizationId.includes('\0')) return authorizationId;
    } catch (error) {
      if (!(error instanceof MalformedBytesError)) throw error;
    }
    throw this.exchange.refusal(SEC_E.INVALID_TOKEN, 'the authorization identity is not UTF-8 without a NUL');
  }
}

function hostNames(host: string | readonly string[]): readonly string[] {
  return typeof host === 'string' ? [host] : host;
}
