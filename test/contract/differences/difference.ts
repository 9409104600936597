/** A client's and a server's provider. */
export type PairName = `${'engine' | 'native'}-${'engine' | 'native'}`;

/** Where the tests run. */
export type Place = 'Wine' | 'Wine before 10' | 'Wine from 10' | 'Windows' | 'Windows without a test account';

export type SuiteName = `${'NTLM' | 'Negotiate' | 'Kerberos' | 'Schannel' | 'SASL'}: ${string}`;

/** What Secur32.dll does not do somewhere, or does in another way. */
export interface Difference {
  readonly suite: SuiteName;
  /** Titles of tests of the suite. */
  readonly tests: readonly string[] | 'all';
  readonly pairs: readonly PairName[];
  readonly where: Place;
  readonly reason: string;
}

export const NATIVE_CLIENT: readonly PairName[] = ['native-engine', 'native-native'];
export const NATIVE_SERVER: readonly PairName[] = ['engine-native', 'native-native'];
export const ANY_NATIVE: readonly PairName[] = ['engine-native', 'native-engine', 'native-native'];

export const NO_STREAM = "Wine's DecryptMessage takes no STREAM buffer";
export const NO_ACCOUNT = 'needs an account of this Windows, which SECUR32_TEST_USER and SECUR32_TEST_PASSWORD name';
