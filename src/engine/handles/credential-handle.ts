import type { CredHandle } from '../../sspi/handles.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { PackageCredential, SecurityPackage } from '../security-package.js';

/** The engine's side of a `CredHandle`. The package's credential is closed when the handle is freed and no context uses it. */
export class EngineCredential {
  readonly #owner: object;
  readonly #package: SecurityPackage;
  readonly #credential: PackageCredential;
  #users = 1;
  #freed = false;

  constructor(owner: object, securityPackage: SecurityPackage, credential: PackageCredential) {
    this.#owner = owner;
    this.#package = securityPackage;
    this.#credential = credential;
  }

  /** Throws SEC_E_INVALID_HANDLE for anything but a live credential of `owner`. */
  static from(owner: object, handle: unknown): EngineCredential {
    if (typeof handle === 'object' && handle !== null && #owner in handle) {
      const credential = handle as EngineCredential;
      if (credential.#owner === owner && !credential.#freed) return credential;
    }
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the credential is closed or was made elsewhere');
  }

  get handle(): CredHandle {
    return this as unknown as CredHandle;
  }

  get package(): SecurityPackage {
    return this.#package;
  }

  get credential(): PackageCredential {
    return this.#credential;
  }

  retain(): void {
    this.#users += 1;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#credential.close();
  }

  free(): void {
    this.#freed = true;
    this.release();
  }
}
