import { InvalidEncodingError } from '../../bytes/errors.js';
import { encodeLatin1, encodeUtf8, fitsLatin1 } from '../../bytes/text.js';
import type { AuthData } from '../../sspi/credentials.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import { SecretBytes } from '../secret-bytes.js';
import { isQuotable } from './directives.js';
import { isAscii } from './octets.js';

/** Which bytes of a password go into a hash. */
export type PasswordForm =
  /** UTF-8. */
  | 'utf8'
  /** ISO-8859-1 if all characters are in it, else UTF-8. */
  | 'latin1-if-it-fits';

/** The user of a client's credential, with the password out of sight. */
export class DigestIdentity {
  readonly user: string;
  /** Undefined where none was given; an empty one counts as none. */
  readonly domain: string | undefined;
  readonly #utf8: SecretBytes;
  readonly #latin1: SecretBytes;

  private constructor(user: string, domain: string | undefined, utf8: SecretBytes, latin1: SecretBytes) {
    this.user = user;
    this.domain = domain;
    this.#utf8 = utf8;
    this.#latin1 = latin1;
  }

  /**
   * Throws SEC_E_NO_CREDENTIALS where there is no password (the logged-on user has none that a program may see), and
   * SEC_E_UNKNOWN_CREDENTIALS for an identity that digest cannot use.
   */
  static from(authData: AuthData | undefined): DigestIdentity {
    if (authData === undefined || authData.kind === 'current') {
      throw new PackageError(SEC_E.NO_CREDENTIALS, 'WDigest needs a user and a password', {
        hint: "Give the credential an identity of kind 'password': the engine cannot log on as the current user with it.",
      });
    }
    if (authData.kind !== 'password') {
      throw new PackageError(
        SEC_E.UNKNOWN_CREDENTIALS,
        `WDigest has no use for an identity of kind '${authData.kind}'`,
        {
          hint: "WDigest hashes the password itself: give an identity of kind 'password'.",
        },
      );
    }
    const { user, password } = authData;
    const domain = authData.domain || undefined;
    if (user === '') throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'the user name is empty');
    if (!isQuotable(asciiPart(user + (domain ?? '')))) {
      throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'the user or domain name has a control character');
    }
    try {
      encodeUtf8(user + (domain ?? ''));
      const utf8 = SecretBytes.fromUtf8(password);
      const sameBytes = isAscii(password) || !fitsLatin1(password);
      return new DigestIdentity(user, domain, utf8, sameBytes ? utf8 : SecretBytes.own(encodeLatin1(password)));
    } catch (error) {
      if (!(error instanceof InvalidEncodingError)) throw error;
      throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'a name or the password has no UTF-8 form');
    }
  }

  /** Lends the bytes of the password to `read`, which must neither keep nor change them. */
  usePassword<T>(form: PasswordForm, read: (password: Uint8Array) => T): T {
    return (form === 'utf8' ? this.#utf8 : this.#latin1).use(read);
  }

  wipe(): void {
    this.#utf8.wipe();
    this.#latin1.wipe();
  }
}

/** Characters that are in no control range once they are bytes: what is above U+007F stays out of the check. */
function asciiPart(text: string): string {
  let ascii = '';
  for (const character of text) {
    if (character <= '\u007f') ascii += character;
  }
  return ascii;
}
