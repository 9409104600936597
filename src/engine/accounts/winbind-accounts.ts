import { encodeBase64 } from '../../bytes/base64.js';
import { InvalidEncodingError } from '../../bytes/errors.js';
import { decodeHex, encodeHex } from '../../bytes/hex.js';
import { encodeUtf8 } from '../../bytes/text.js';
import { md5 } from '../crypto/weak/md5.js';
import { type EngineEnvironment, nodeEnvironment, type Program } from '../environment.js';
import type { AccountStore } from './account-store.js';
import type { NtlmLogon, NtlmLogonResult } from './ntlm-logon.js';
import { ProgramPool } from './program-pool.js';

/** How the domain is asked. */
export interface WinbindOptions {
  /** Samba's ntlm_auth; the one on the PATH by default. */
  readonly command?: string;
  /** smb.conf, where it is not in its usual place. */
  readonly configFile?: string;
  /** Logons that are asked about at the same time; 4 by default. */
  readonly programs?: number;
  /** Seconds that the domain may take to answer; 30 by default. */
  readonly timeLimit?: number;
}

/**
 * The accounts of the Windows domain that this machine has joined, by Samba's winbindd. NTLM responses are checked by a domain controller:
 * nobody here has a hash of anybody. WDigest, which cannot be checked elsewhere, finds no account. The process must be allowed to use
 * winbindd's privileged pipe, which is what group `winbindd_priv` is for. Source: ntlm_auth(1), helper protocol `ntlm-server-1`.
 *
 * @example
 * ```ts
 * import { createEngine, winbindAccounts } from 'secur32/engine';
 *
 * export const sspi = createEngine({ accounts: winbindAccounts() });
 * ```
 */
export function winbindAccounts(
  options: WinbindOptions = {},
  access: Pick<EngineEnvironment, 'startProgram'> = nodeEnvironment(),
): AccountStore {
  const { command = 'ntlm_auth', configFile, programs = 4, timeLimit = 30 } = options;
  const args = ['--helper-protocol=ntlm-server-1', ...(configFile === undefined ? [] : [`--configfile=${configFile}`])];
  const pool = new ProgramPool(() => access.startProgram(command, args), programs);
  return {
    find: () => undefined,
    checkNtlm: logon => (isSpeakable(logon) ? pool.use(program => ask(program, logon, timeLimit * 1000)) : undefined),
  };
}

async function ask(program: Program, logon: NtlmLogon, timeLimit: number): Promise<NtlmLogonResult | undefined> {
  const answer = parseAnswer(await program.ask(question(logon), isWhole, timeLimit));
  const failure = answer.get('Error') ?? answer.get('Authentication-Error') ?? '';
  if (answer.get('Authenticated') !== 'Yes') {
    if (isOutage(answer, failure)) throw new Error(`ntlm_auth cannot ask the domain: ${failure}`);
    return undefined;
  }
  const sessionBaseKey = decodeHex(answer.get('User-Session-Key') ?? '');
  return { user: logon.user, ...(logon.domain !== '' && { domain: logon.domain }), sessionBaseKey };
}

/** Lines of `name: value`, or of `name:: value in base64`, and a period. */
function question(logon: NtlmLogon): string {
  const lines = [
    `Username:: ${base64(logon.user)}`,
    ...(logon.domain === '' ? [] : [`NT-Domain:: ${base64(logon.domain)}`]),
    `LANMAN-Challenge: ${encodeHex(challengeOf(logon))}`,
    // The LM response stays here: whatever it holds, it is no proof.
    `NT-Response: ${encodeHex(logon.ntResponse)}`,
    'Request-User-Session-Key: Yes',
    '.',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the response answers ([MS-NLMP] 3.3.1): NTLMv1 with extended session security answers both sides' challenges in one. */
function challengeOf({ extendedSessionSecurity, lmResponse, ntResponse, serverChallenge }: NtlmLogon): Uint8Array {
  if (!extendedSessionSecurity || ntResponse.length > V1_RESPONSE_LENGTH) return serverChallenge;
  return md5(serverChallenge, lmResponse.subarray(0, 8)).subarray(0, 8);
}

/** An answer ends with a period; some versions of Samba send a second one, which then stands before the next answer. */
function isWhole(answer: string): boolean {
  return answer.endsWith('\n.\n') && parseAnswer(answer).size > 0;
}

function parseAnswer(answer: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of answer.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return fields;
}

/** Whether nobody has looked at the password: then a refusal would say more than is known. */
function isOutage(answer: ReadonlyMap<string, string>, failure: string): boolean {
  return !answer.has('Authenticated') || /winbind|logon servers|access[ _]denied/i.test(failure);
}

/** Names that reach the domain as they are. A NUL would end one for Samba, which is written in C, and for nobody else. */
function isSpeakable({ domain, user }: NtlmLogon): boolean {
  if (user === '' || `${user}${domain}`.includes('\0')) return false;
  try {
    encodeUtf8(user + domain);
    return true;
  } catch (error) {
    if (error instanceof InvalidEncodingError) return false;
    throw error;
  }
}

function base64(text: string): string {
  return encodeBase64(encodeUtf8(text));
}

const V1_RESPONSE_LENGTH = 24;
