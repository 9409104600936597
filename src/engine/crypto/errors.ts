/** This process has no such algorithm: OpenSSL runs in FIPS mode, or was built without it. */
export class CryptoUnavailableError extends Error {
  override readonly name: string = 'CryptoUnavailableError';
  /** The name asked for, as OpenSSL spells it. */
  readonly algorithm: string;

  constructor(algorithm: string, cause: unknown) {
    super(`OpenSSL in this process does not offer ${algorithm} (is it in FIPS mode?)`, { cause });
    this.algorithm = algorithm;
  }
}
