import { fitsLatin1 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { DigestIdentity } from '../credential.js';
import { hashOctets, utf8Octets, utf8Text } from '../octets.js';
import { findRealm } from '../user-names.js';
import type { Challenge } from './challenge.js';
import { malformed } from './fields.js';

/** What a client calls itself in one logon. */
export interface ClientNames {
  readonly user: string;
  /** Undefined where the server has no realms. */
  readonly realm: string | undefined;
}

/** The octets of {@link ClientNames}: what is sent, and what is hashed. */
export interface ClientNameOctets {
  readonly sentUser: string;
  readonly sentRealm: string | undefined;
  readonly hashedUser: string;
  readonly hashedRealm: string;
}

/**
 * Chooses user and realm for a server's realms. A domain of the credential, or one that the name itself carries (`DOMAIN\user`,
 * `user@realm`), chooses the realm that it equals, or else the realm of which it is the first label: `CORP` means `corp.example.com`.
 * Without a domain the first realm is taken. Throws SEC_E_UNKNOWN_CREDENTIALS where the credential's domain is no realm of the server.
 */
export function chooseNames(
  { user, domain }: Pick<DigestIdentity, 'user' | 'domain'>,
  realms: readonly string[],
): ClientNames {
  const [first] = realms;
  if (first === undefined || (first === '' && realms.length === 1)) {
    return { user: domain === undefined ? user : `${domain}\\${user}`, realm: first };
  }
  if (domain !== undefined) {
    const realm = realmOfDomain(realms, domain);
    if (realm !== undefined) return { user, realm };
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, `the server has no realm ${JSON.stringify(domain)}`, {
      hint: `It offers ${realms.map(name => JSON.stringify(name)).join(', ')}: give one of these as the domain, or none.`,
    });
  }
  return splitName(user, realms) ?? { user, realm: first };
}

/**
 * Both forms of the names in the charset of the challenge (RFC 2831 2.1.1 and 2.1.2.1). Throws SEC_E_UNKNOWN_CREDENTIALS where the
 * server takes ISO-8859-1 only and the user name has other characters.
 */
export function nameOctets({ user, realm }: ClientNames, utf8: boolean): ClientNameOctets {
  if (utf8) {
    return {
      sentUser: utf8Octets(user),
      sentRealm: realm === undefined ? undefined : utf8Octets(realm),
      hashedUser: hashOctets(user),
      hashedRealm: hashOctets(realm ?? ''),
    };
  }
  if (!fitsLatin1(user)) {
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'the server takes names in ISO-8859-1 only', {
      hint: 'The user name has characters that this server cannot read.',
    });
  }
  return { sentUser: user, sentRealm: realm, hashedUser: user, hashedRealm: realm ?? '' };
}

/** The realms of a challenge as text. Throws SEC_E_INVALID_TOKEN for what is no UTF-8. */
export function realmTexts({ realms, utf8 }: Challenge): readonly string[] {
  if (!utf8) return realms;
  try {
    return realms.map(utf8Text);
  } catch {
    throw malformed('a realm is not UTF-8');
  }
}

function splitName(name: string, realms: readonly string[]): ClientNames | undefined {
  const backslash = name.indexOf('\\');
  if (backslash > 0 && backslash < name.length - 1) {
    const realm = realmOfDomain(realms, name.slice(0, backslash));
    return realm === undefined ? undefined : { user: name.slice(backslash + 1), realm };
  }
  const at = name.lastIndexOf('@');
  const realm = at > 0 ? findRealm(realms, name.slice(at + 1)) : undefined;
  return realm === undefined ? undefined : { user: name.slice(0, at), realm };
}

function realmOfDomain(realms: readonly string[], domain: string): string | undefined {
  const label = `${domain.toLowerCase()}.`;
  return findRealm(realms, domain) ?? realms.find(realm => realm.toLowerCase().startsWith(label));
}
