import type { AccountStore } from '../accounts/account-store.js';
import type { EngineEnvironment } from '../environment.js';
import { checkAmount } from '../options.js';
import { isQuotable, quoteString } from './directives.js';
import { type HttpServices, httpServices } from './http/http-services.js';
import { NonceIssuer } from './nonce.js';
import { utf8Octets } from './octets.js';
import type { DigestCipher, DigestOptions } from './options.js';
import { byStrength, isCipher } from './sasl/layer/ciphers.js';

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
  /** The strongest first. */
  readonly ciphers: readonly DigestCipher[];
  /** Milliseconds. */
  readonly nonceLifetime: number;
  readonly http: HttpServices;
}

/** Fills in the defaults of the options. Throws RangeError for a realm or a cipher that no message can name, and a lifetime that is none. */
export function digestServices({ environment, accounts, options }: WDigestParts): DigestServices {
  const { host } = environment;
  const { nonceLifetime = DEFAULT_NONCE_LIFETIME } = options;
  checkOptions(options);
  checkAmount(nonceLifetime, 'digest.nonceLifetime');
  return {
    environment,
    accounts,
    nonces: new NonceIssuer(environment, options.nonceKey),
    realms: options.realms?.length ? [...options.realms] : [host.dnsDomain || host.dnsName],
    ciphers: byStrength(options.ciphers ?? DEFAULT_CIPHERS),
    nonceLifetime: nonceLifetime * 1000,
    http: httpServices(options, environment),
  };
}

function checkOptions({ ciphers = [], realms = [] }: DigestOptions): void {
  for (const cipher of ciphers) {
    if (!isCipher(cipher)) throw new RangeError(`there is no cipher ${JSON.stringify(cipher)}`);
  }
  let length = 0;
  for (const realm of realms) {
    const octets = utf8Octets(realm);
    if (!isQuotable(octets)) throw new RangeError(`the realm ${JSON.stringify(realm)} has a control character`);
    length += 'realm=,'.length + quoteString(octets).length;
  }
  if (length > REALMS_LENGTH) throw new RangeError('the realms do not fit a challenge');
}

const DEFAULT_CIPHERS: readonly DigestCipher[] = ['rc4', '3des'];
/** Seconds. */
const DEFAULT_NONCE_LIFETIME = 300;
/** Bytes of a challenge of SASL that realms may take: it has 2047 in all (RFC 2831 2.1.1). */
const REALMS_LENGTH = 1500;
