import { constantTimeEqual } from '../../../bytes/equal.js';
import type { Awaitable } from '../../../sspi/awaitable.js';
import { SEC_E } from '../../../sspi/status.js';
import type { Account, AccountQuery, AccountStore } from '../../accounts/account-store.js';
import type { NtlmLogon, NtlmLogonResult } from '../../accounts/ntlm-logon.js';
import { withAccount, withAnswer } from '../../accounts/with-account.js';
import { HmacMd5 } from '../../crypto/weak/hmac-md5.js';
import { PackageError } from '../../package-error.js';
import { PROOF_LENGTH } from '../messages/client-challenge.js';
import { desl, essResponse, V1_RESPONSE_LENGTH, v1SessionBaseKey } from '../responses/ntlm-v1.js';
import { HASH_LENGTH, ntHash, ntlmV2Key } from '../responses/password-hash.js';

/**
 * Finds out who has made an NT response, by the accounts or by the authority that they are kept by. Nothing but the NT response proves
 * anything. `use` gets a logon that is good. Throws SEC_E_LOGON_DENIED, for a user that there is not as for a wrong password, and after the same work.
 */
export function checkLogon<T>(
  accounts: AccountStore,
  logon: NtlmLogon,
  use: (result: NtlmLogonResult) => T,
): Awaitable<T> {
  if (accounts.checkNtlm) {
    return withAnswer(
      () => accounts.checkNtlm?.(logon),
      result => {
        if (result?.sessionBaseKey.length === HASH_LENGTH) return use(result);
        throw denied();
      },
    );
  }
  return withFirstAccount(accounts, accountQueries(logon), account => {
    const { hash, known } = hashOf(account);
    const sessionBaseKey = prove(logon, hash);
    if (!account || !known || !sessionBaseKey) throw denied();
    return use(resultOf(account, sessionBaseKey));
  });
}

/** One for all that can be wrong: who is refused must not learn which it is. */
function denied(): PackageError {
  return new PackageError(SEC_E.LOGON_DENIED, undefined, {
    hint:
      'Either there is no such user in such a domain, or the account is disabled or has no NT hash, or the password is another one. ' +
      '`secur32 decode --password` tells which password the tokens of a logon were made with.',
  });
}

/** SessionBaseKey, where the response was made with `hash`. */
function prove(logon: NtlmLogon, hash: Uint8Array): Uint8Array | undefined {
  if (logon.ntResponse.length === V1_RESPONSE_LENGTH) return proveV1(logon, hash);
  // Some clients hash no domain although they send one ([MS-NLMP] 3.2.5.1.2).
  return proveV2(logon, hash, logon.domain) ?? (logon.domain === '' ? undefined : proveV2(logon, hash, ''));
}

function proveV2(logon: NtlmLogon, hash: Uint8Array, domain: string): Uint8Array | undefined {
  const { ntResponse, serverChallenge, user } = logon;
  const keyBytes = ntlmV2Key(hash, user, domain);
  const key = new HmacMd5(keyBytes);
  keyBytes.fill(0);
  const proof = key.mac(serverChallenge, ntResponse.subarray(PROOF_LENGTH));
  const proven = constantTimeEqual(proof, ntResponse.subarray(0, PROOF_LENGTH));
  const sessionBaseKey = key.mac(proof);
  key.wipe();
  return proven ? sessionBaseKey : undefined;
}

function proveV1(logon: NtlmLogon, hash: Uint8Array): Uint8Array | undefined {
  const { extendedSessionSecurity, lmResponse, ntResponse, serverChallenge } = logon;
  const expected = extendedSessionSecurity
    ? essResponse(hash, serverChallenge, lmResponse.subarray(0, 8))
    : desl(hash, serverChallenge);
  return constantTimeEqual(expected, ntResponse) ? v1SessionBaseKey(hash) : undefined;
}

/** Whom to ask the store for. `user@domain` is looked for as it is and taken apart, whichever of the two there is. */
function accountQueries({ domain, user }: NtlmLogon): AccountQuery[] {
  if (domain !== '') return [{ user, domain }];
  const at = user.lastIndexOf('@');
  return at <= 0 ? [{ user }] : [{ user }, { user: user.slice(0, at), domain: user.slice(at + 1) }];
}

/** The first account that one of the queries finds. All are asked in any case, so that time does not tell which. */
function withFirstAccount<T>(
  accounts: AccountStore,
  [query, ...queries]: AccountQuery[],
  use: (account: Account | undefined) => Awaitable<T>,
): Awaitable<T> {
  if (!query) return use(undefined);
  return withAccount(accounts, query, account => withFirstAccount(accounts, queries, other => use(account ?? other)));
}

/** The NT hash of an account. It is not `known` where there is no account, or one with which NTLM cannot do anything. */
function hashOf(account: Account | undefined): { hash: Uint8Array; known: boolean } {
  const { ntHash: stored, password } = account ?? {};
  // Also where it is not needed, so that each logon takes the same work.
  const computed = ntHash(password ?? NOBODY);
  if (password !== undefined) return { hash: computed, known: true };
  return stored?.length === HASH_LENGTH ? { hash: stored, known: true } : { hash: computed, known: false };
}

function resultOf({ domain, groups, sid, user }: Account, sessionBaseKey: Uint8Array): NtlmLogonResult {
  return {
    user,
    ...(domain !== undefined && { domain }),
    ...(sid !== undefined && { sid }),
    ...(groups !== undefined && { groups }),
    sessionBaseKey,
  };
}

/** Hashed where there is nobody's password to hash. What comes of it counts for nothing. */
const NOBODY = 'nobody';
