import { NTLMSSP } from '../../../engine/ntlm/messages/flags.js';
import type { TokenField } from '../decoded-token.js';

/** NegotiateFlags, by their names ([MS-NLMP] 2.2.2.5). */
export function flagsField(flags: number): TokenField {
  const names = Object.entries(NTLMSSP)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name);
  const known = Object.values(NTLMSSP).reduce<number>((all, bit) => all | bit, 0);
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) names.push(`and unknown 0x${unknown.toString(16)}`);
  return { name: 'flags', value: `0x${(flags >>> 0).toString(16).padStart(8, '0')}`, meaning: names.join(' ') };
}
