import { alice } from '../../peers/accounts.js';
import { contextTests } from '../bodies/contexts.js';
import { KERBEROS } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { useRealm } from '../realm.js';

describe('Kerberos in a realm of MIT krb5', () => {
  describePairs('Kerberos: contexts', useRealm(), pair => contextTests(pair, KERBEROS, alice.user));
});
