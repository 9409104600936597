import { ANY_NATIVE, type Difference, NATIVE_CLIENT, NATIVE_SERVER, NO_ACCOUNT, NO_STREAM } from './difference.js';
import { messages } from './kerberos.js';
import { UNBOUND_CLIENT, UNBOUND_SERVER, UNPROTECTED } from './ntlm.js';

const WINE = { where: 'Wine' } as const;
const NO_TEST_ACCOUNT = {
  tests: 'all',
  pairs: NATIVE_SERVER,
  where: 'Windows without a test account',
  reason: NO_ACCOUNT,
} as const;

const LOGON = 'Negotiate: logon by NTLM';
const MESSAGES = 'Negotiate: messages by NTLM';
const BINDINGS = 'Negotiate: bindings by NTLM';
/** Wine's Negotiate tries Kerberos, whose GSSAPI reads SPNEGO, and NTLM, by which nobody does. */
const NO_SPNEGO = {
  pairs: ['engine-native'],
  ...WINE,
  reason: "Wine's Negotiate server hands what it receives to NTLM as it is, and NTLM reads no SPNEGO",
} as const;
const BARE = "Wine's Negotiate client sends the tokens of the package bare";

export const NEGOTIATE_DIFFERENCES: readonly Difference[] = [
  {
    suite: LOGON,
    tests: [
      'ends well on both sides',
      'begins with a NegTokenInit of the client and ends with a NegTokenResp',
      'agrees to sign and to seal',
      'does not seal where nobody asked for it',
      'is refused with a wrong password',
    ],
    ...NO_SPNEGO,
  },
  {
    suite: LOGON,
    tests: ['begins with a NegTokenInit of the client and ends with a NegTokenResp'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: BARE,
  },
  {
    suite: LOGON,
    tests: ['begins with a NegTokenInit of the client and ends with a NegTokenResp'],
    pairs: NATIVE_CLIENT,
    where: 'Windows',
    reason: 'a client of Windows sends the tokens of NTLM bare where it has nothing else to offer',
  },
  {
    suite: LOGON,
    tests: ['agrees to sign and to seal'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's NTLM leaves pfContextAttr 0",
  },
  {
    suite: LOGON,
    tests: ['says which package was agreed on'],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: "Wine's NEGOTIATION_INFO is not memory that FreeContextBuffer could free",
  },
  {
    suite: LOGON,
    tests: ['has one session key'],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: "Wine's NTLM does not have the attribute",
  },
  { suite: LOGON, ...NO_TEST_ACCOUNT },
  { suite: MESSAGES, tests: 'all', ...NO_SPNEGO },
  { suite: MESSAGES, pairs: ['native-native'], ...UNPROTECTED },
  {
    suite: MESSAGES,
    tests: ['are refused when a bit of the data was turned', 'are refused when a bit of the signature was turned'],
    pairs: ['native-native'],
    where: 'Wine from 10',
    reason: "the server of Wine's Negotiate hands no messages to NTLM, but says SEC_E_INVALID_HANDLE",
  },
  { suite: MESSAGES, tests: ['are opened from a stream'], pairs: NATIVE_CLIENT, ...WINE, reason: NO_STREAM },
  { suite: MESSAGES, ...NO_TEST_ACCOUNT },
  { suite: BINDINGS, tests: 'all', ...NO_SPNEGO },
  { suite: BINDINGS, pairs: ['native-native'], ...UNBOUND_SERVER },
  { suite: BINDINGS, pairs: NATIVE_CLIENT, ...UNBOUND_CLIENT },
  { suite: BINDINGS, ...NO_TEST_ACCOUNT },
  {
    suite: 'Negotiate: logon by Kerberos',
    tests: ['says that Kerberos was agreed on'],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: "Wine's NEGOTIATION_INFO is not memory that FreeContextBuffer could free",
  },
  ...messages('Negotiate: messages by Kerberos'),
];
