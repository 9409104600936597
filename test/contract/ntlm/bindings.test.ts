import { bindingTests } from '../bodies/bindings.js';
import { NTLM } from '../mechanisms.js';
import { describePairs } from '../pairs.js';
import { ENGINES } from '../people.js';

describePairs('NTLM: bindings', ENGINES, pair => bindingTests(pair, NTLM));
