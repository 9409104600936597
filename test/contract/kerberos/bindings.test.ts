import { bindingTests } from '../bodies/bindings.js';
import { KERBEROS } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { useRealm } from '../realm.js';

describe('Kerberos in a realm of MIT krb5', () => {
  describePairs('Kerberos: bindings', useRealm(), pair => bindingTests(pair, KERBEROS));
});
