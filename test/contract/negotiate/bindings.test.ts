import { bindingTests } from '../bodies/bindings.js';
import { NEGOTIATE_NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES } from '../people.js';

describePairs('Negotiate: bindings by NTLM', ENGINES, pair => bindingTests(pair, NEGOTIATE_NTLM));
