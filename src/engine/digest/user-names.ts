import type { AccountQuery } from '../accounts/account-store.js';

/**
 * Whom a user name means, in the forms that Windows clients send ([MS-DPSP] 2.2): `user`, `DOMAIN\user` and `user@realm`. The
 * last is split only where the realm is one of the server's own, since an `@` may also be part of a name.
 */
export function accountQuery(name: string, realm: string, realms: readonly string[]): AccountQuery {
  const effectiveRealm = realm || (realms[0] ?? '');
  const backslash = name.indexOf('\\');
  if (backslash > 0 && backslash < name.length - 1) {
    return { user: name.slice(backslash + 1), domain: name.slice(0, backslash), realm: effectiveRealm };
  }
  const at = name.lastIndexOf('@');
  const named = at > 0 ? findRealm(realms, name.slice(at + 1)) : undefined;
  return named === undefined ? { user: name, realm: effectiveRealm } : { user: name.slice(0, at), realm: named };
}

/** The realm that equals a name but for the case of its letters. */
export function findRealm(realms: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return realms.find(realm => realm.toLowerCase() === wanted);
}
