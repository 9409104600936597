import type { CredHandle } from '../sspi/handles.js';
import { SEC_E } from '../sspi/status.js';
import type { CarriedProfile, SaslProfiles } from './profiles.js';
import { SaslFailure } from './sasl-failure.js';

interface Origin {
  readonly packageName: string;
  /** Found at the credential's first SASL call. */
  carried?: CarriedProfile;
}

/** Remembers which package each credential was acquired for, and so which SASL profile it serves. */
export class CredentialProfiles {
  readonly #profiles: SaslProfiles;
  readonly #origins = new WeakMap<CredHandle, Origin>();

  constructor(profiles: SaslProfiles) {
    this.#profiles = profiles;
  }

  remember(credential: CredHandle, packageName: string): void {
    this.#origins.set(credential, { packageName });
  }

  forget(credential: CredHandle): void {
    this.#origins.delete(credential);
  }

  /** Known at once after the first time. Throws SEC_E_INVALID_HANDLE for a credential that is freed or was made elsewhere. */
  find(credential: CredHandle | undefined): CarriedProfile | Promise<CarriedProfile> {
    const origin = credential === undefined ? undefined : this.#origins.get(credential);
    if (!origin) throw new SaslFailure(SEC_E.INVALID_HANDLE, 'the credential is closed or was made elsewhere');
    return origin.carried ?? this.#lookUp(origin);
  }

  async #lookUp(origin: Origin): Promise<CarriedProfile> {
    origin.carried = await this.#profiles.byPackage(origin.packageName);
    return origin.carried;
  }
}
