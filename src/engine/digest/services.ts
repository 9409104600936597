import type { AccountStore } from '../accounts/account-store.js';
import type { EngineEnvironment } from '../environment.js';
import { type HttpServices, httpServices } from './http/http-services.js';
import { NonceIssuer } from './nonce.js';
import type { DigestCipher, DigestOptions } from './options.js';

/** What the package is made with. */
export interface WDigestParts {
  readonly environment: EngineEnvironment;
  readonly accounts: AccountStore;
  readonly options: DigestOptions;
}

/** What SASL and HTTP share: one object for each package. */
export interface DigestServices {
  readonly environment: EngineEnvironment;
  readonly accounts: AccountStore;
  readonly nonces: NonceIssuer;
  /** At least one; the first is the default. */
  readonly realms: readonly string[];
  readonly ciphers: readonly DigestCipher[];
  /** Milliseconds. */
  readonly nonceLifetime: number;
  readonly http: HttpServices;
}

/** Fills in the defaults of the options. */
export function digestServices({ environment, accounts, options }: WDigestParts): DigestServices {
  const { host } = environment;
  return {
    environment,
    accounts,
    nonces: new NonceIssuer(environment, options.nonceKey),
    realms: options.realms?.length ? [...options.realms] : [host.dnsDomain || host.dnsName],
    ciphers: [...(options.ciphers ?? DEFAULT_CIPHERS)],
    nonceLifetime: (options.nonceLifetime ?? DEFAULT_NONCE_LIFETIME) * 1000,
    http: httpServices(options),
  };
}

const DEFAULT_CIPHERS: readonly DigestCipher[] = ['rc4', '3des'];
/** Seconds. */
const DEFAULT_NONCE_LIFETIME = 300;
