import process from 'node:process';
import type { EngineOptions } from 'secur32/engine';
import { memoryAccounts } from 'secur32/engine';
import type { AuthData } from 'secur32/raw';
import { WINE } from '../native/windows/under-wine.js';
import { type Account, alice } from '../peers/accounts.js';
import type { PairEngines } from './pairs.js';

/** Alice, whom Wine's surroundings know; on Windows somebody whom that Windows knows, where it is said who. */
export const PERSON: Account = {
  user: process.env['SECUR32_TEST_USER'] ?? alice.user,
  password: process.env['SECUR32_TEST_PASSWORD'] ?? alice.password,
};

/** Where the person has the account: the computer's own name on Windows. */
export const DOMAIN: string = (WINE === undefined && process.env['COMPUTERNAME']) || 'DOMAIN';

/** The client may be reflected to itself here, as both sides are this machine. */
export const TARGET = 'HTTP/localhost';

/** The person, or somebody else. */
export function identityOf(other: { user?: string; password?: string; packageList?: string } = {}): AuthData {
  return { kind: 'password', ...PERSON, domain: DOMAIN, ...other };
}

/** Fit no code page. */
export const ABROAD = 'иван-çà';
export const PASSPHRASE = 'пароль-pässwörd-☃';
/** The owner of the passphrase. */
export const CAROL = 'carol';

const HOST = {
  netbiosName: 'SERVER',
  dnsName: 'server.example.com',
  netbiosDomain: DOMAIN,
  dnsDomain: 'example.com',
} as const;

const server: EngineOptions = {
  accounts: memoryAccounts([
    { ...PERSON, domain: DOMAIN },
    // As the ntlm_auth of the tests under Wine, which takes one password of everybody.
    { user: ABROAD, domain: DOMAIN, password: PERSON.password },
    { user: CAROL, domain: DOMAIN, password: PASSPHRASE },
  ]),
  environment: { host: HOST },
};

/** Engines whose server knows the person. */
export const ENGINES: PairEngines = { client: { environment: { host: HOST } }, server };
