import { ANY_NATIVE, type Difference, NATIVE_CLIENT, NATIVE_SERVER, NO_ACCOUNT, NO_STREAM } from './difference.js';

const WINE = { where: 'Wine' } as const;
const NO_TEST_ACCOUNT = {
  tests: 'all',
  pairs: NATIVE_SERVER,
  where: 'Windows without a test account',
  reason: NO_ACCOUNT,
} as const;

const NO_FLAGS = "Wine's NTLM leaves pfContextAttr 0";
const NO_ATTRIBUTE = "Wine's NTLM does not have the attribute";
const ONE_PASSWORD = 'the ntlm_auth of the tests takes one password of everybody';

/** What Wine's NTLM server does not do, by whatever package it is reached. */
export const UNPROTECTED = {
  tests: [
    'are sealed by the client and opened by the server',
    'are sealed by the server and opened by the client',
    'are signed by the client and verified by the server',
    'are signed by the server and verified by the client',
    'go on for long in both directions, signed and sealed by turns',
    'are refused when one before them is missing',
    'are refused when they come again',
  ],
  where: 'Wine',
  reason: "Wine's NTLM server does not ask ntlm_auth which flags were agreed on, and protects messages as if none",
} as const;

export const UNBOUND_SERVER = {
  tests: ['that differ are refused', 'that only the server has are refused'],
  where: 'Wine',
  reason: "Wine's NTLM server has no channel bindings",
} as const;

export const UNBOUND_CLIENT = {
  tests: ['that are equal are taken', 'that differ are refused', 'that only the client has do not matter'],
  where: 'Wine',
  reason: "Wine's NTLM client takes no input besides a token",
} as const;

export const NTLM_DIFFERENCES: readonly Difference[] = [
  {
    suite: 'NTLM: logon',
    tests: ['agrees to sign and to seal', 'agrees to sign only'],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: NO_FLAGS,
  },
  {
    suite: 'NTLM: logon',
    tests: ['takes passwords of every script'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: ONE_PASSWORD,
  },
  {
    suite: 'NTLM: logon',
    tests: ['takes names of every script', 'takes passwords of every script'],
    pairs: NATIVE_SERVER,
    where: 'Windows',
    reason: NO_ACCOUNT,
  },
  { suite: 'NTLM: logon', ...NO_TEST_ACCOUNT },
  { suite: 'NTLM: messages', pairs: NATIVE_SERVER, ...UNPROTECTED },
  { suite: 'NTLM: messages', tests: ['are opened from a stream'], pairs: ANY_NATIVE, ...WINE, reason: NO_STREAM },
  { suite: 'NTLM: messages', ...NO_TEST_ACCOUNT },
  {
    suite: 'NTLM: refusals',
    tests: ['of somebody whom the server does not know'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: ONE_PASSWORD,
  },
  {
    suite: 'NTLM: refusals',
    tests: ["of noise as a client's first message", "of the beginning of a message as a client's first message"],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: "Wine's NTLM server says SEC_E_INTERNAL_ERROR whatever ntlm_auth refuses",
  },
  {
    suite: 'NTLM: refusals',
    tests: ['of an empty password'],
    pairs: NATIVE_CLIENT,
    ...WINE,
    reason: "Wine's NTLM client gives ntlm_auth no empty password",
  },
  {
    suite: 'NTLM: attributes',
    tests: ['SESSION_KEY: both have the same one', 'PACKAGE_INFO: NTLM', 'LIFESPAN: it does not end'],
    pairs: ANY_NATIVE,
    ...WINE,
    reason: NO_ATTRIBUTE,
  },
  {
    suite: 'NTLM: attributes',
    tests: ['NAMES: the server knows who the client is'],
    pairs: NATIVE_SERVER,
    ...WINE,
    reason: NO_ATTRIBUTE,
  },
  { suite: 'NTLM: attributes', tests: ['FLAGS: what the last leg said'], pairs: ANY_NATIVE, ...WINE, reason: NO_FLAGS },
  { suite: 'NTLM: attributes', ...NO_TEST_ACCOUNT },
  { suite: 'NTLM: bindings', pairs: NATIVE_SERVER, ...UNBOUND_SERVER },
  { suite: 'NTLM: bindings', pairs: NATIVE_CLIENT, ...UNBOUND_CLIENT },
  { suite: 'NTLM: bindings', ...NO_TEST_ACCOUNT },
];
