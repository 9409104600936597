import { messageTests } from '../bodies/messages.js';
import { KERBEROS } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { useRealm } from '../realm.js';

describe('Kerberos in a realm of MIT krb5', () => {
  describePairs('Kerberos: messages', useRealm(), pair => messageTests(pair, KERBEROS));
});
