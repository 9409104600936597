import { ArgumentError } from '../sspi/arguments.js';
import { ISC_REQ } from '../sspi/flags.js';
import { SECPKG_FLAG } from '../sspi/packages.js';
import type { Credential } from './credential.js';
import { inspectAs } from './inspect.js';
import { PeerContext, type PeerContextOptions } from './peer-context.js';
import type { Protection } from './protection.js';

export interface ClientContextOptions extends PeerContextOptions {
  /** The service to reach: an SPN such as `HTTP/web.example.com`, or what the package takes for one. */
  readonly targetName: string;
  /**
   * Protections to ask for besides those required, and to do without where the server has none: by default integrity,
   * confidentiality and, where the package can, mutual authentication. WDigest and NTLM insist on what they are asked for.
   */
  readonly request?: readonly Protection[];
  /**
   * Hands the user's tickets on, so that the service can act in the user's name at others (ISC_REQ_DELEGATE). Kerberos only, with forwardable
   * tickets, and to services that the domain trusts for it; to all others nothing goes. {@link PeerContext.flags} say whether it has.
   */
  readonly delegate?: boolean;
}

/**
 * The client's side of a security context (InitializeSecurityContext).
 *
 * @example
 * ```ts
 * import { ClientContext, type Credential } from 'secur32';
 *
 * export async function logOn(credential: Credential, exchange: (token: Uint8Array) => Promise<Uint8Array>) {
 *   const client = new ClientContext(credential, { targetName: 'HTTP/web.example.com', require: ['integrity'] });
 *   let { token, done } = await client.step();
 *   while (!done && token) ({ token, done } = await client.step(await exchange(token)));
 *   if (token) await exchange(token);
 *   return client;
 * }
 * ```
 */
export class ClientContext extends PeerContext {
  /** A context does nothing before its first step. Throws a TypeError for options that are none. */
  constructor(credential: Credential, options: ClientContextOptions) {
    const { delegate = false, signal, targetName } = options;
    if (typeof targetName !== 'string') throw new ArgumentError('targetName must be a string');
    const { request = defaultRequest(credential) } = options;
    const delegation = delegate ? ISC_REQ.DELEGATE : 0;
    super(
      'client',
      credential,
      { ...options, request },
      {
        owner: 'ClientContext',
        syscall: 'InitializeSecurityContext',
        packageName: credential.package,
        establish: (context, leg) => this.establish(context, leg),
        leg: (received, context) =>
          credential.sspi.initializeSecurityContext({
            credential: credential.handle,
            targetName,
            input: this.inputBuffers(received),
            contextReq: (this.policy.contextReq | delegation) >>> 0,
            context,
            signal,
          }),
      },
    );
  }

  static {
    inspectAs(ClientContext, client => client.facts);
  }
}

function defaultRequest({ packageInfo }: Credential): readonly Protection[] {
  const canBeMutual = (packageInfo.capabilities & SECPKG_FLAG.MUTUAL_AUTH) !== 0;
  return canBeMutual ? ['integrity', 'confidentiality', 'mutualAuthentication'] : ['integrity', 'confidentiality'];
}
