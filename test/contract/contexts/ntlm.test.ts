import { contextTests } from '../bodies/contexts.js';
import { NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES, PERSON } from '../people.js';

describePairs('NTLM: contexts', ENGINES, pair => contextTests(pair, NTLM, PERSON.user));
