/** What a provider does not do, or does in another way, with the reason. No test of the contract is left out elsewhere. */
import process from 'node:process';
import type { ProviderName } from 'secur32/raw';
import { WINE } from '../native/windows/under-wine.js';

export type SuiteName = `${'NTLM' | 'Negotiate' | 'Kerberos' | 'Schannel' | 'SASL'}: ${string}`;

export interface Difference {
  readonly suite: SuiteName;
  /** Titles of tests of the suite. */
  readonly tests: readonly string[] | 'all';
  /** The side that the native provider has. */
  readonly native: 'client' | 'server' | 'either';
  readonly where: Place;
  readonly reason: string;
}

/** Where the tests run. */
type Place = 'Wine' | 'Wine before 10' | 'Windows' | 'Windows without a test account';

/** The differences that concern a suite of this pair here. */
export function differences(suite: SuiteName, client: ProviderName, server: ProviderName): readonly Difference[] {
  const sides = { client: client === 'native', server: server === 'native' };
  return DIFFERENCES.filter(
    ({ suite: name, native, where }) =>
      name === suite && isHere(where) && (native === 'either' ? sides.client || sides.server : sides[native]),
  );
}

function isHere(place: Place): boolean {
  if (process.platform !== 'win32') return false;
  if (WINE === undefined)
    return place === 'Windows' || (place === 'Windows without a test account' && !process.env['SECUR32_TEST_USER']);
  return place === 'Wine' || (place === 'Wine before 10' && Number.parseInt(WINE, 10) < 10);
}

const NO_FLAGS = "Wine's NTLM leaves pfContextAttr 0";
const SERVER_MESSAGES =
  "Wine's NTLM server does not ask ntlm_auth which flags were agreed on, and protects messages as if none";
const NO_STREAM = "Wine's DecryptMessage takes no STREAM buffer";
const NO_ATTRIBUTE = "Wine's NTLM does not have the attribute";
const NO_BINDINGS = "Wine's NTLM server has no channel bindings";
const NO_FIRST_BINDINGS = "Wine's NTLM client takes no input besides a token";
const NO_TOKEN_CODE = "Wine's NTLM server says SEC_E_INTERNAL_ERROR whatever ntlm_auth refuses";
const ONE_PASSWORD = 'the ntlm_auth of the tests takes one password of everybody';
const NO_ACCOUNT = 'needs an account of this Windows, which SECUR32_TEST_USER and SECUR32_TEST_PASSWORD name';

const DIFFERENCES: readonly Difference[] = [
  {
    suite: 'NTLM: logon',
    tests: ['agrees to sign and to seal', 'agrees to sign only'],
    native: 'either',
    where: 'Wine',
    reason: NO_FLAGS,
  },
  { suite: 'NTLM: logon', tests: 'all', native: 'server', where: 'Windows without a test account', reason: NO_ACCOUNT },
  {
    suite: 'NTLM: logon',
    tests: ['takes names of every script', 'takes passwords of every script'],
    native: 'server',
    where: 'Windows',
    reason: NO_ACCOUNT,
  },
  {
    suite: 'NTLM: logon',
    tests: ['takes passwords of every script'],
    native: 'server',
    where: 'Wine',
    reason: ONE_PASSWORD,
  },
  {
    suite: 'NTLM: messages',
    tests: [
      'are sealed by the client and opened by the server',
      'are sealed by the server and opened by the client',
      'are signed by the client and verified by the server',
      'are signed by the server and verified by the client',
      'go on for long in both directions, signed and sealed by turns',
      'are refused when one before them is missing',
      'are refused when they come again',
    ],
    native: 'server',
    where: 'Wine',
    reason: SERVER_MESSAGES,
  },
  { suite: 'NTLM: messages', tests: ['are opened from a stream'], native: 'either', where: 'Wine', reason: NO_STREAM },
  {
    suite: 'NTLM: messages',
    tests: 'all',
    native: 'server',
    where: 'Windows without a test account',
    reason: NO_ACCOUNT,
  },
  {
    suite: 'NTLM: refusals',
    tests: ['of somebody whom the server does not know'],
    native: 'server',
    where: 'Wine',
    reason: ONE_PASSWORD,
  },
  {
    suite: 'NTLM: refusals',
    tests: ["of noise as a client's first message", "of the beginning of a message as a client's first message"],
    native: 'server',
    where: 'Wine',
    reason: NO_TOKEN_CODE,
  },
  {
    suite: 'NTLM: refusals',
    tests: ['of an empty password'],
    native: 'client',
    where: 'Wine',
    reason: 'ntlm_auth takes no empty password of its caller',
  },
  {
    suite: 'NTLM: attributes',
    tests: ['SESSION_KEY: both have the same one', 'PACKAGE_INFO: NTLM', 'LIFESPAN: it does not end'],
    native: 'either',
    where: 'Wine',
    reason: NO_ATTRIBUTE,
  },
  {
    suite: 'NTLM: attributes',
    tests: ['NAMES: the server knows who the client is'],
    native: 'server',
    where: 'Wine',
    reason: NO_ATTRIBUTE,
  },
  {
    suite: 'NTLM: attributes',
    tests: ['FLAGS: what the last leg said'],
    native: 'either',
    where: 'Wine',
    reason: NO_FLAGS,
  },
  {
    suite: 'NTLM: attributes',
    tests: 'all',
    native: 'server',
    where: 'Windows without a test account',
    reason: NO_ACCOUNT,
  },
  {
    suite: 'NTLM: bindings',
    tests: ['that differ are refused', 'that only the server has are refused'],
    native: 'server',
    where: 'Wine',
    reason: NO_BINDINGS,
  },
  {
    suite: 'NTLM: bindings',
    tests: ['that are equal are taken', 'that differ are refused', 'that only the client has do not matter'],
    native: 'client',
    where: 'Wine',
    reason: NO_FIRST_BINDINGS,
  },
  {
    suite: 'NTLM: bindings',
    tests: 'all',
    native: 'server',
    where: 'Windows without a test account',
    reason: NO_ACCOUNT,
  },
];
