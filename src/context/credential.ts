import { ArgumentError } from '../sspi/arguments.js';
import type { AuthData, CredentialUse } from '../sspi/credentials.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { CredHandle } from '../sspi/handles.js';
import type { SecPkgInfo } from '../sspi/packages.js';
import { unwatch, watch } from './forgotten.js';
import { inspectAs } from './inspect.js';
import { sharedInterface } from './shared-interface.js';

interface CommonOptions {
  /** A security package: `Negotiate`, `Kerberos`, `NTLM`, `WDigest`, ... Case does not matter. */
  readonly package: string;
  /** The name that the credential goes by, where the package takes one (`pszPrincipal`). */
  readonly principal?: string;
  /** The security functions; by default those of `initSecurityInterface()`, shared by all who name none. */
  readonly sspi?: SecurityFunctionTable;
}

/**
 * Whose credential it is, and for what. A client says who it is, and nobody is the current user by leaving something out:
 * that is `{ kind: 'current' }`. A server may leave its identity to the package.
 */
export type CredentialOptions =
  | (CommonOptions & { readonly use: 'inbound'; readonly identity?: AuthData })
  | (CommonOptions & { readonly use: 'outbound' | 'both'; readonly identity: AuthData });

/**
 * A credential of a security package (AcquireCredentialsHandle), for any number of contexts. Contexts that were made from it
 * live on when it is closed.
 *
 * @example
 * ```ts
 * import { Credential } from 'secur32';
 *
 * await using credential = await Credential.acquire({
 *   package: 'WDigest',
 *   use: 'outbound',
 *   identity: { kind: 'password', user: 'alice', password: 'open sesame' },
 * });
 * console.log(credential.package);
 * ```
 */
export class Credential {
  /** The package's own spelling of its name. */
  readonly package: string;
  readonly packageInfo: SecPkgInfo;
  readonly use: CredentialUse;
  readonly sspi: SecurityFunctionTable;
  /** When the credential ends to be good; absent where it never does. */
  declare readonly expiry?: Date;
  readonly #handle: CredHandle;
  #closed: Promise<void> | undefined;

  private constructor(init: CredentialInit) {
    this.package = init.packageInfo.name;
    this.packageInfo = init.packageInfo;
    this.use = init.use;
    this.sspi = init.sspi;
    if (init.expiry) this.expiry = init.expiry;
    this.#handle = init.handle;
    const { sspi, handle } = init;
    watch(this, 'Credential', () => sspi.freeCredentialsHandle(handle));
  }

  /**
   * Acquires a credential. Rejects with SEC_E_SECPKG_NOT_FOUND for an unknown package, SEC_E_NO_CREDENTIALS or
   * SEC_E_UNKNOWN_CREDENTIALS where the package cannot use the identity, and with a TypeError for an outbound credential without one.
   */
  static async acquire(options: CredentialOptions): Promise<Credential> {
    const { use, identity, principal, sspi = sharedInterface() } = options;
    checkIdentity(use, identity);
    const packageInfo = await sspi.querySecurityPackageInfo(options.package);
    const { credential, expiry } = await sspi.acquireCredentialsHandle({
      package: packageInfo.name,
      credentialUse: use,
      ...(principal !== undefined && { principal }),
      ...(identity !== undefined && { authData: identity }),
    });
    return new Credential({ packageInfo, use, sspi, handle: credential, expiry });
  }

  /** The raw handle, for the functions of `secur32/raw`. */
  get handle(): CredHandle {
    return this.#handle;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Frees the handle (FreeCredentialsHandle); doing it again is harmless. */
  close(): Promise<void> {
    this.#closed ??= this.#free();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  static {
    inspectAs(Credential, ({ package: name, use, closed }) => ({ package: name, use, closed }));
  }

  async #free(): Promise<void> {
    unwatch(this);
    await this.sspi.freeCredentialsHandle(this.#handle);
  }
}

interface CredentialInit {
  readonly packageInfo: SecPkgInfo;
  readonly use: CredentialUse;
  readonly sspi: SecurityFunctionTable;
  readonly handle: CredHandle;
  readonly expiry: Date | undefined;
}

function checkIdentity(use: CredentialUse, identity: AuthData | undefined): void {
  if (identity === undefined) {
    if (use === 'inbound') return;
    throw new ArgumentError("identity is missing; the logged-on user is { kind: 'current' }");
  }
  if (identity.kind === 'password' && identity.user === '') {
    throw new ArgumentError("user is empty; nobody is { kind: 'anonymous' }, the logged-on user { kind: 'current' }");
  }
}
