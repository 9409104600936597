import type { Krb5Config } from '../../engine/kerberos/config/krb5-config.js';
import { NAME_TYPE } from '../../engine/kerberos/constants/name-type.js';
import type { KeytabEntry } from '../../engine/kerberos/keytab/keytab-entry.js';
import { formatPrincipal, type Principal, parsePrincipal } from '../../engine/kerberos/names/principal.js';
import { CommandError } from '../command.js';

/**
 * A principal as it is typed. A realm that krb5.conf does not know is written in upper case, as realms are; a missing one is the default realm.
 * Throws `CommandError` where there is none.
 */
export function principalOf(config: Krb5Config, text: string, type: number = NAME_TYPE.PRINCIPAL): Principal {
  const { name, realm } = parsePrincipal(text, type);
  return { name, realm: realm === undefined || realm === '' ? defaultRealm(config, text) : realmOf(config, realm) };
}

/** A user principal name (`user@suffix`) as one name, which the KDC looks up (RFC 6806 5). */
export function enterprisePrincipal(config: Krb5Config, text: string): Principal {
  const name = { type: NAME_TYPE.ENTERPRISE, components: [text] };
  const suffix = text.slice(text.lastIndexOf('@') + 1);
  if (config.defaultRealm !== undefined) return { name, realm: config.defaultRealm };
  if (text.includes('@')) return { name, realm: suffix.toUpperCase() };
  return { name, realm: defaultRealm(config, text) };
}

/** `HTTP/a@X, HTTP/b@X and 3 more`: what a keytab has keys of. */
export function namesIn(entries: readonly KeytabEntry[]): string {
  const names = [...new Set(entries.map(({ principal, realm }) => formatPrincipal(principal, realm)))];
  const rest = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ') || 'nothing'}${rest}`;
}

const MOST_NAMES = 5;

function realmOf(config: Krb5Config, realm: string): string {
  const isKnown = config.defaultRealm === realm || config.profile.sections('realms', realm).length > 0;
  return isKnown ? realm : realm.toUpperCase();
}

function defaultRealm({ defaultRealm: realm }: Krb5Config, text: string): string {
  if (realm !== undefined) return realm;
  throw new CommandError(
    `The realm of ${text} is not known.`,
    `Write it behind the name (${text}@EXAMPLE.COM), or set default_realm in krb5.conf.`,
  );
}
