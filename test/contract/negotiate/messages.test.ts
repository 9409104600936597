import { messageTests } from '../bodies/messages.js';
import { NEGOTIATE_NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES } from '../people.js';

describePairs('Negotiate: messages by NTLM', ENGINES, pair => messageTests(pair, NEGOTIATE_NTLM));
