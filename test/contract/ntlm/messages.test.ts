import { messageTests } from '../bodies/messages.js';
import { NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES } from '../people.js';

describePairs('NTLM: messages', ENGINES, pair => messageTests(pair, NTLM));
