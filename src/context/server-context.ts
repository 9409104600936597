import { ArgumentError } from '../sspi/arguments.js';
import type { CcacheIdentity } from '../sspi/credentials.js';
import { ASC_RET } from '../sspi/flags.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { KERBEROS_ATTR } from '../sspi/kerberos.js';
import type { Credential } from './credential.js';
import { checkExtendedProtection, type ExtendedProtection, extendedProtectionFlags } from './extended-protection.js';
import { type PeerIdentity, readIdentity } from './identity.js';
import { inspectAs } from './inspect.js';
import { PeerContext, type PeerContextOptions } from './peer-context.js';
import { checkNames } from './policy.js';
import { checkTarget } from './target-name.js';

export interface ServerContextOptions extends PeerContextOptions {
  /**
   * What becomes of a client that sends no channel bindings when the server has some, or no SPN when the server has `targetNames`:
   * refused with SEC_E_BAD_BINDINGS or SEC_E_WRONG_PRINCIPAL, which is the default, or with `whenSupported` let through; what does not
   * match is refused in both. With `never` nobody's bindings are looked at.
   */
  readonly extendedProtection?: ExtendedProtection;
  /** SPNs that this server answers to; SEC_E_WRONG_PRINCIPAL for a client that meant another one. Absent: not checked. */
  readonly targetNames?: readonly string[];
}

/**
 * The server's side of a security context (AcceptSecurityContext).
 *
 * @example
 * ```ts
 * import { ServerContext, type Credential } from 'secur32';
 *
 * export async function accept(credential: Credential, exchange: (token: Uint8Array) => Promise<Uint8Array>, first: Uint8Array) {
 *   await using server = new ServerContext(credential, { require: ['confidentiality'] });
 *   let { token, done } = await server.step(first);
 *   while (!done && token) ({ token, done } = await server.step(await exchange(token)));
 *   if (token) await exchange(token);
 *   return server.identity.name;
 * }
 * ```
 */
export class ServerContext extends PeerContext {
  readonly #targetNames: readonly string[] | undefined;
  readonly #extendedProtection: ExtendedProtection | undefined;
  #identity: PeerIdentity | undefined;

  /** A context does nothing before its first step. Throws a TypeError for options that are none. */
  constructor(credential: Credential, options: ServerContextOptions = {}) {
    checkPolicy(options);
    const bindingFlags = extendedProtectionFlags(options.extendedProtection);
    super('server', credential, usedOptions(options), {
      owner: 'ServerContext',
      syscall: 'AcceptSecurityContext',
      packageName: credential.package,
      establish: (context, leg) => this.establish(context, leg),
      leg: (received, context) =>
        credential.sspi.acceptSecurityContext({
          credential: credential.handle,
          input: this.inputBuffers(received ?? new Uint8Array(0)),
          contextReq: (this.policy.contextReq | bindingFlags) >>> 0,
          context,
          signal: options.signal,
        }),
    });
    this.#targetNames = options.targetNames;
    this.#extendedProtection = options.extendedProtection;
  }

  /** Who the client is. Throws SEC_E_INVALID_HANDLE before the end of the exchange. */
  get identity(): PeerIdentity {
    if (!this.#identity) throw this.exchange.unusable();
    return this.#identity;
  }

  /**
   * Whom the client lets this server act as: its tickets, an identity for an outbound credential of `Kerberos` or `Negotiate`. Undefined where it has handed on none
   * (`delegate` of a {@link ClientContext}'s options). They are secret, and good until they end. With the native provider a server acts as its client by
   * `impersonate` of `secur32/raw`: SEC_E_UNSUPPORTED_FUNCTION. Rejects with SEC_E_INVALID_HANDLE before the end of the exchange.
   *
   * @example
   * ```ts
   * import { Credential, type ServerContext } from 'secur32';
   *
   * export async function inTheNameOfTheClient(server: ServerContext): Promise<Credential | undefined> {
   *   const identity = await server.delegatedIdentity();
   *   return identity && Credential.acquire({ package: 'Kerberos', use: 'outbound', identity });
   * }
   * ```
   */
  async delegatedIdentity(): Promise<CcacheIdentity | undefined> {
    const { context } = this;
    if ((this.flags & ASC_RET.DELEGATE) === 0) return undefined;
    const { ccache } = await this.exchange.sspi.queryContextAttributes(context, KERBEROS_ATTR.DELEGATED_CCACHE);
    return { kind: 'ccache', ccache };
  }

  static {
    inspectAs(ServerContext, server => server.facts);
  }

  protected override async establish(context: CtxtHandle, leg: ContextLeg): Promise<string> {
    const packageName = await super.establish(context, leg);
    if (this.#targetNames) await checkTarget(this.exchange, context, this.#targetNames, this.#extendedProtection);
    this.#identity = await readIdentity(this.exchange.sspi, context, packageName);
    return packageName;
  }
}

/** The options without bindings that are not to be looked at. */
function usedOptions(options: ServerContextOptions): ServerContextOptions {
  if (options.extendedProtection !== 'never') return options;
  const { channelBindings: _, ...others } = options;
  return others;
}

function checkPolicy({ channelBindings, extendedProtection, targetNames }: ServerContextOptions): void {
  checkNames(targetNames, 'targetNames');
  checkExtendedProtection(extendedProtection, ['always', 'whenSupported', 'never']);
  if (extendedProtection === undefined || channelBindings || targetNames) return;
  throw new ArgumentError('extendedProtection needs channelBindings or targetNames');
}
