import { ArgumentError } from '../sspi/arguments.js';
import { ASC_REQ } from '../sspi/flags.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { Credential } from './credential.js';
import { type PeerIdentity, readIdentity } from './identity.js';
import { inspectAs } from './inspect.js';
import { PeerContext, type PeerContextOptions } from './peer-context.js';
import { checkNames } from './policy.js';
import { checkTarget } from './target-name.js';

export interface ServerContextOptions extends PeerContextOptions {
  /**
   * What becomes of a client that sends no channel bindings when the server has some: refused with SEC_E_BAD_BINDINGS, or with
   * `whenSupported` let through. Bindings that do not match are always refused.
   */
  readonly extendedProtection?: 'always' | 'whenSupported';
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
  #identity: PeerIdentity | undefined;

  /** A context does nothing before its first step. Throws a TypeError for options that are none. */
  constructor(credential: Credential, options: ServerContextOptions = {}) {
    checkNames(options.targetNames, 'targetNames');
    const bindingFlags = extendedProtectionFlags(options);
    super('server', credential, options, {
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
        }),
    });
    this.#targetNames = options.targetNames;
  }

  /** Who the client is. Throws SEC_E_INVALID_HANDLE before the end of the exchange. */
  get identity(): PeerIdentity {
    if (!this.#identity) throw this.exchange.unusable();
    return this.#identity;
  }

  static {
    inspectAs(ServerContext, server => server.facts);
  }

  protected override async establish(context: CtxtHandle, leg: ContextLeg): Promise<string> {
    const packageName = await super.establish(context, leg);
    if (this.#targetNames) await checkTarget(this.exchange, context, this.#targetNames);
    this.#identity = await readIdentity(this.exchange.sspi, context, packageName);
    return packageName;
  }
}

function extendedProtectionFlags(options: ServerContextOptions): number {
  const { channelBindings, extendedProtection } = options;
  if (extendedProtection === undefined) return 0;
  if (extendedProtection !== 'always' && extendedProtection !== 'whenSupported') {
    throw new ArgumentError("extendedProtection must be 'always' or 'whenSupported'");
  }
  if (channelBindings === undefined) throw new ArgumentError('extendedProtection needs channelBindings');
  return extendedProtection === 'always' ? 0 : ASC_REQ.ALLOW_MISSING_BINDINGS;
}
