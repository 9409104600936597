import { InvalidEncodingError } from '../../../bytes/errors.js';
import { decodeLatin1 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { DigestIdentity } from '../credential.js';
import type { DirectiveWriter } from '../directives.js';
import { hashOctets, isAscii, utf8Octets, utf8Text } from '../octets.js';
import type { Algorithm } from './algorithms.js';
import type { Challenge } from './challenge.js';
import { isUpgraded } from './channel-bindings.js';
import { userHash } from './computation.js';
import { encodeExtValue } from './ext-value.js';
import { textOf } from './names.js';

/** How a client names itself to the server of a challenge, and what it hashes for it. */
export class ClientName {
  readonly #text: string;
  readonly #identity: DigestIdentity;
  readonly #challenge: Challenge;
  readonly #algorithm: Algorithm;

  /** Throws SEC_E_UNKNOWN_CREDENTIALS for a name that has no UTF-8 form. */
  constructor(identity: DigestIdentity, challenge: Challenge, algorithm: Algorithm) {
    this.#identity = identity;
    this.#challenge = challenge;
    this.#algorithm = algorithm;
    this.#text = fullName(identity, challenge).normalize('NFC');
    requireUtf8(this.#text);
  }

  /** `username` with `userhash`, or `username*` for a name that is not ASCII where the server knows RFC 7616, or else `username`. */
  write(writer: DirectiveWriter): void {
    const octets = utf8Octets(this.#text);
    if (this.#challenge.userhash) {
      const hash = this.#algorithm.hash(octets, ':', this.#challenge.realm);
      writer.quoted('username', hash).token('userhash', 'true');
    } else if (this.#challenge.utf8 && !this.#isWindows && !isAscii(this.#text)) {
      writer.token('username*', encodeExtValue(this.#text));
    } else {
      writer.quoted('username', octets);
    }
  }

  /** `H(user ":" realm ":" password)`. */
  userHash(): string {
    const { realm } = this.#challenge;
    if (this.#isWindows) {
      return this.#identity.usePassword('latin1-if-it-fits', password =>
        userHash(this.#algorithm, hashOctets(this.#text), realm, password),
      );
    }
    return this.#identity.usePassword('utf8', password =>
      userHash(this.#algorithm, utf8Octets(this.#text), realm, normalized(password)),
    );
  }

  /** Windows servers have `charset=utf-8` from RFC 2831: ISO-8859-1 is hashed where it fits, and `username*` is unknown. */
  get #isWindows(): boolean {
    return isUpgraded(this.#challenge.nonce);
  }
}

/** The domain goes before the name, in the form of Windows, unless it is the realm of the challenge. */
function fullName({ user, domain }: DigestIdentity, { realm }: Challenge): string {
  const isRealm = domain === undefined || domain.toLowerCase() === textOf(realm).toLowerCase();
  return isRealm ? user : `${domain}\\${user}`;
}

function requireUtf8(name: string): void {
  try {
    utf8Octets(name);
  } catch (error) {
    if (!(error instanceof InvalidEncodingError)) throw error;
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'the user name has no UTF-8 form');
  }
}

function normalized(password: Uint8Array): Uint8Array | string {
  const octets = decodeLatin1(password);
  return isAscii(octets) ? password : utf8Octets(utf8Text(octets).normalize('NFC'));
}
