import { encodeUtf8 } from '../bytes/text.js';
import { ArgumentError } from '../sspi/arguments.js';
import { tokenBuffer } from '../sspi/buffers.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { SaslContextOptions } from '../sspi/sasl.js';
import { bindingBuffers, checkBindings } from './extended-protection.js';
import { type PeerIdentity, readName } from './identity.js';
import { inspectAs } from './inspect.js';
import { checkMechanism } from './mechanism-package.js';
import { ProtectionPolicy } from './policy.js';
import type { Protection } from './protection.js';
import { checkSaslOptions, checkTargetPart, SaslEndpoint, type SaslOptions } from './sasl-endpoint.js';

export interface SaslClientOptions extends SaslOptions {
  /** The server's name, as the user knows it: not what DNS makes of it. */
  readonly host: string;
  /** Whom to act as, in the form that the protocol gives it; absent or empty: the user of the credential. */
  readonly authorizationId?: string;
  /**
   * Protections to ask for besides those required. Integrity and confidentiality by default, unless `require` is there: then it says all.
   * A client is never content with less than it asked for, whatever the server offers: the exchange fails with SEC_E_QOP_NOT_SUPPORTED.
   * `request: []` asks for no layer, as is right inside TLS.
   */
  readonly request?: readonly Protection[];
}

const SYSCALL = 'SaslInitializeSecurityContext';

/**
 * The client's side of a SASL exchange, and the security layer that comes of it.
 *
 * @example
 * ```ts
 * import { type Credential, SaslClient } from 'secur32';
 *
 * export async function logOn(credential: Credential, answer: (response: Uint8Array) => Promise<Uint8Array>) {
 *   const target = { service: 'imap', host: 'mail.example.com' };
 *   const client = await SaslClient.create({ mechanism: 'DIGEST-MD5', credential, ...target });
 *   let { token, done } = await client.step();
 *   while (!done) ({ token, done } = await client.step(await answer(token ?? new Uint8Array(0))));
 *   return client;
 * }
 * ```
 */
export class SaslClient extends SaslEndpoint {
  readonly #authorizationId: string;
  #identity: PeerIdentity | undefined;

  private constructor(options: SaslClientOptions) {
    const { credential, service, host, maxBufferSize, authorizationId = '', require } = options;
    const policy = new ProtectionPolicy('client', { require, request: options.request ?? (require && []) });
    const contextOptions: SaslContextOptions = {
      recvSize: maxBufferSize,
      authzString: authorizationId === '' ? undefined : encodeUtf8(authorizationId),
    };
    const targetName = `${service}/${host}`;
    const bindings = bindingBuffers(options.channelBindings);
    super('client', options, policy, {
      owner: 'SaslClient',
      syscall: SYSCALL,
      packageName: credential.package,
      establish: (context, leg) => this.#establish(context, leg),
      leg: (received, context) =>
        credential.sspi.saslInitializeSecurityContext({
          credential: credential.handle,
          targetName,
          contextReq: this.policy.contextReq,
          input: received === undefined ? bindings : [tokenBuffer(received), ...bindings],
          context,
          signal: options.signal,
          options: contextOptions,
        }),
    });
    this.#authorizationId = authorizationId;
  }

  /**
   * Begins an exchange; its first step sends nothing where the server speaks first. Rejects with SEC_E_SECPKG_NOT_FOUND for a mechanism
   * that the provider does not have, with SEC_E_WRONG_CREDENTIAL_HANDLE for a credential of another package, and with a TypeError for
   * options that are none.
   */
  static async create(options: SaslClientOptions): Promise<SaslClient> {
    const { host, authorizationId } = options;
    checkTargetPart(host, 'host');
    if (authorizationId !== undefined && (typeof authorizationId !== 'string' || authorizationId.includes('\0'))) {
      throw new ArgumentError('authorizationId must be a string without a NUL');
    }
    checkSaslOptions(options);
    checkBindings(options.credential, options.channelBindings, SYSCALL);
    const unknown = checkMechanism(options.mechanism, options.credential, SYSCALL);
    if (unknown) await unknown;
    return new SaslClient(options);
  }

  /** The user that this side has logged on. Throws SEC_E_INVALID_HANDLE before the end of the exchange. */
  get identity(): PeerIdentity {
    if (!this.#identity) throw this.exchange.unusable();
    return this.#identity;
  }

  get authorizationId(): string {
    return this.#authorizationId;
  }

  static {
    inspectAs(SaslClient, client => client.facts);
  }

  async #establish(context: CtxtHandle, leg: ContextLeg): Promise<string> {
    const packageName = await this.agree(context, leg);
    this.#identity = await readName(this.exchange.sspi, context, packageName);
    return packageName;
  }
}
