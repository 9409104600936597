/** The people who log on in the tests with real peers, and their realm. */

export interface Account {
  readonly user: string;
  readonly password: string;
}

export const REALM = 'test.example';

export const alice: Account = { user: 'alice', password: 'pw-alice' };
export const bob: Account = { user: 'bob', password: 'pw-bob' };

/** Fits ISO 8859-1, so RFC 2831 section 2.1.2.1 hashes it in that charset. */
export const juergen: Account = { user: 'jürgen', password: 'pässwörd' };

/** Does not fit ISO 8859-1, so RFC 2831 section 2.1.2.1 hashes it in UTF-8. */
export const ivan: Account = { user: 'иван', password: 'пароль' };

export const accounts: readonly Account[] = [alice, bob, juergen, ivan];
