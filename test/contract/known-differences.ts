/** What a provider does not do, or does in another way, with the reason. No test of the contract is left out elsewhere. */
import process from 'node:process';
import type { ProviderName } from 'secur32/raw';
import { WINE } from '../native/windows/under-wine.js';
import { CONTEXT_DIFFERENCES } from './differences/contexts.js';
import type { Difference, Place, SuiteName } from './differences/difference.js';
import { KERBEROS_DIFFERENCES } from './differences/kerberos.js';
import { NEGOTIATE_DIFFERENCES } from './differences/negotiate.js';
import { NTLM_DIFFERENCES } from './differences/ntlm.js';
import { SCHANNEL_DIFFERENCES } from './differences/schannel.js';

/** The differences that concern a suite of this pair here. */
export function differences(suite: SuiteName, client: ProviderName, server: ProviderName): readonly Difference[] {
  return KNOWN_DIFFERENCES.filter(
    ({ suite: name, pairs, where }) => name === suite && isHere(where) && pairs.includes(`${client}-${server}`),
  );
}

function isHere(place: Place): boolean {
  if (process.platform !== 'win32') return false;
  if (WINE === undefined)
    return place === 'Windows' || (place === 'Windows without a test account' && !process.env['SECUR32_TEST_USER']);
  return place === 'Wine' || place === (Number.parseInt(WINE, 10) < 10 ? 'Wine before 10' : 'Wine from 10');
}

export const KNOWN_DIFFERENCES: readonly Difference[] = [
  ...NTLM_DIFFERENCES,
  ...NEGOTIATE_DIFFERENCES,
  ...KERBEROS_DIFFERENCES,
  ...SCHANNEL_DIFFERENCES,
  ...CONTEXT_DIFFERENCES,
];
