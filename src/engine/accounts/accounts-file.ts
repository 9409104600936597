import { decodeHex } from '../../bytes/hex.js';
import { nodeEnvironment } from '../environment.js';
import type { Account, AccountStore, DigestHash } from './account-store.js';
import { colonLines, type FileAccess, FileAccounts } from './file-accounts.js';
import { isHex, parseHtdigest } from './htdigest-file.js';
import { parseSmbpasswd } from './smbpasswd-file.js';

/**
 * Accounts of a file in any form that the engine knows, told apart by what it holds: htdigest, smbpasswd, or a JSON array of
 * accounts, in which hashes are hex: `[{ "user": "alice", "password": "open sesame" }]`.
 */
export function accountsFile(path: string, access: FileAccess = nodeEnvironment()): AccountStore {
  return new FileAccounts(path, parseAccounts, access);
}

export function parseAccounts(text: string, path: string): Account[] {
  if (text.trimStart().startsWith('[')) return parseJsonAccounts(text, path);
  for (const { fields } of colonLines(text)) {
    return fields.length === 3 ? parseHtdigest(text, path) : parseSmbpasswd(text, path);
  }
  return [];
}

function parseJsonAccounts(text: string, path: string): Account[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    // JSON.parse quotes the text in its message, and the text holds passwords.
    throw new Error(`${path}: not valid JSON`);
  }
  if (!Array.isArray(entries)) throw new Error(`${path}: not an array of accounts`);
  return entries.map((entry: unknown, index) => accountOf(entry, `${path}, account ${index + 1}`));
}

function accountOf(entry: unknown, where: string): Account {
  const fields = record(entry, where);
  const user = text(fields['user'], `${where}: user`);
  if (user === undefined) throw new Error(`${where}: there is no user`);
  const domain = text(fields['domain'], `${where}: domain`);
  const sid = text(fields['sid'], `${where}: sid`);
  const password = text(fields['password'], `${where}: password`);
  const ntHash = hash(fields['ntHash'], `${where}: ntHash`);
  const digestHashes = list(fields['digestHashes'], `${where}: digestHashes`);
  const groups = list(fields['groups'], `${where}: groups`);
  return {
    user,
    ...(domain !== undefined && { domain }),
    ...(sid !== undefined && { sid }),
    ...(password !== undefined && { password }),
    ...(ntHash !== undefined && { ntHash }),
    ...(digestHashes && {
      digestHashes: digestHashes.map(digestHash => digestHashOf(digestHash, `${where}: digestHashes`)),
    }),
    ...(groups && { groups: groups.map(sidText => ({ sid: text(sidText, `${where}: groups`) ?? '' })) }),
    ...(fields['disabled'] === true && { disabled: true }),
  };
}

function digestHashOf(entry: unknown, where: string): DigestHash {
  const fields = record(entry, where);
  const algorithm = fields['algorithm'] ?? 'MD5';
  if (algorithm !== 'MD5' && algorithm !== 'SHA-256' && algorithm !== 'SHA-512-256') {
    throw new Error(`${where}: algorithm must be MD5, SHA-256 or SHA-512-256`);
  }
  const bytes = hash(fields['hash'], `${where}: hash`);
  if (!bytes) throw new Error(`${where}: there is no hash`);
  return { algorithm, realm: text(fields['realm'], `${where}: realm`) ?? '', hash: bytes };
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where}: not an object`);
  return value as Record<string, unknown>;
}

function text(value: unknown, where: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Error(`${where} must be a string`);
}

function hash(value: unknown, where: string): Uint8Array | undefined {
  const digits = text(value, where);
  if (digits === undefined) return undefined;
  if (!isHex(digits)) throw new Error(`${where} must be hex digits`);
  return decodeHex(digits);
}

function list(value: unknown, where: string): unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw new Error(`${where} must be an array`);
}
