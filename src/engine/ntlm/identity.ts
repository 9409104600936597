import type { AuthData } from '../../sspi/credentials.js';
import { SEC_E } from '../../sspi/status.js';
import { HmacMd5 } from '../crypto/weak/hmac-md5.js';
import { PackageError } from '../package-error.js';
import { SecretBytes } from '../secret-bytes.js';
import type { NtlmOptions } from './options.js';
import { lmHash, ntHash, ntlmV2Key } from './responses/password-hash.js';

/** The user of a client's credential, with what stands for the password out of sight. */
export class NtlmIdentity {
  readonly user: string;
  /** Empty for none, and for a user in the form `user@domain`. */
  readonly domain: string;
  readonly ntHash: SecretBytes;
  /** Only where LM responses are to be sent, and the password has such a hash. */
  readonly lmHash: SecretBytes | undefined;
  /** NTOWFv2, which is the same in every logon of this identity. */
  readonly v2Key: HmacMd5;

  private constructor(user: string, domain: string, hash: Uint8Array, lm: Uint8Array | undefined) {
    this.user = user;
    this.domain = domain;
    this.ntHash = SecretBytes.own(hash);
    this.lmHash = lm && SecretBytes.own(lm);
    const key = ntlmV2Key(hash, user, domain);
    this.v2Key = new HmacMd5(key);
    key.fill(0);
  }

  /**
   * Undefined for nobody (the null session). Throws SEC_E_NO_CREDENTIALS where the identity is left to the package, and
   * SEC_E_UNKNOWN_CREDENTIALS for one that NTLM cannot use.
   */
  static from(authData: AuthData | undefined, options: NtlmOptions): NtlmIdentity | undefined {
    if (authData === undefined || authData.kind === 'current') {
      throw new PackageError(SEC_E.NO_CREDENTIALS, 'NTLM needs a user and a password', {
        hint: "Give the credential an identity of kind 'password' or 'ntHash': outside of Windows a process has no logged-on user whose password NTLM could use.",
      });
    }
    switch (authData.kind) {
      case 'anonymous':
        return undefined;
      case 'password': {
        const { password } = authData;
        const lm = options.dangerouslySendLm ? lmHash(password) : undefined;
        return new NtlmIdentity(...names(authData.user, authData.domain), ntHash(password), lm);
      }
      case 'ntHash':
        return new NtlmIdentity(...names(authData.user, authData.domain), Uint8Array.from(authData.ntHash), undefined);
      default:
        throw new PackageError(
          SEC_E.UNKNOWN_CREDENTIALS,
          `NTLM has no use for an identity of kind '${authData.kind}'`,
          {
            hint: "Give an identity of kind 'password', 'ntHash' or 'anonymous'.",
          },
        );
    }
  }

  get name(): string {
    return this.domain === '' ? this.user : `${this.domain}\\${this.user}`;
  }

  wipe(): void {
    this.ntHash.wipe();
    this.lmHash?.wipe();
    this.v2Key.wipe();
  }
}

/** User and domain; `DOMAIN\user` is taken apart where no domain is given. */
function names(user: string, domain: string | undefined): [user: string, domain: string] {
  const backslash = domain ? -1 : user.indexOf('\\');
  const userName = user.slice(backslash + 1);
  const domainName = backslash < 0 ? (domain ?? '') : user.slice(0, backslash);
  if (userName === '') {
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'the user name is empty', {
      hint: "Nobody is an identity of kind 'anonymous'.",
    });
  }
  if (userName.length > MAX_NAME_LENGTH || domainName.length > MAX_NAME_LENGTH) {
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, `a name is longer than ${MAX_NAME_LENGTH} characters`);
  }
  return [userName, domainName];
}

/** Microsoft Learn, "AcquireCredentialsHandle (NTLM)", for users; domains by their DNS name are longer than the 15 that it allows them. */
const MAX_NAME_LENGTH = 256;
