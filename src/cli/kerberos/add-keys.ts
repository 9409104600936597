import { encodeUtf8 } from '../../bytes/text.js';
import { parseEncryptionTypes } from '../../engine/kerberos/config/encryption-type-list.js';
import { ETYPE } from '../../engine/kerberos/constants/etype.js';
import { NAME_TYPE } from '../../engine/kerberos/constants/name-type.js';
import type { EncryptionType, KerberosKey } from '../../engine/kerberos/crypto/encryption-type.js';
import { encryptionType } from '../../engine/kerberos/crypto/encryption-types.js';
import { defaultSalt } from '../../engine/kerberos/kdc/client-keys.js';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import { KeytabEntry } from '../../engine/kerberos/keytab/keytab-entry.js';
import { exportKey } from '../../engine/kerberos/messages/encryption-key.js';
import { formatPrincipal, type Principal } from '../../engine/kerberos/names/principal.js';
import { CommandError, UsageError } from '../command.js';
import { visible } from '../decode/render-tree.js';
import type { Terminal } from '../terminal.js';
import { type AccountKeys, accountKeys, serviceKeyVersion } from './account-keys.js';
import { principalOf } from './principals.js';
import { withProgress } from './progress.js';
import { readPassword } from './read-password.js';

/** What `keytab add` was called with. */
export interface AddOptions {
  readonly account?: string | undefined;
  readonly kvno?: string | undefined;
  readonly salt?: string | undefined;
  readonly enctypes?: string | undefined;
  readonly random?: boolean | undefined;
  readonly 'password-file'?: string | undefined;
}

/** Keys of principals, for a keytab: random ones, or those that a password makes. */
export async function newEntries(
  services: KdcServices,
  errors: Terminal,
  names: readonly string[],
  options: AddOptions,
): Promise<KeytabEntry[]> {
  const types = typesOf(options.enctypes);
  const kvno = kvnoOf(options.kvno);
  const principals = names.map(name => principalOf(services.config, name, NAME_TYPE.PRINCIPAL));
  if (options.random && (options.account !== undefined || options.salt !== undefined || options['password-file']))
    throw new UsageError('--random needs no password, so neither --account, --salt nor --password-file goes with it');
  if (options.account !== undefined && options.salt !== undefined)
    throw new UsageError('--account asks the KDC for the salt: --salt does not go with it');
  if (options.account === undefined && kvno === undefined)
    throw new UsageError(
      '--kvno is missing: the version that the key has in the KDC (or --account, which asks the KDC)',
    );
  const timestamp = Math.floor(services.clock.now() / 1000);
  if (options.random)
    return principals.flatMap(principal =>
      types.map(type => entryOf(principal, services.newKey(type), kvno!, timestamp)),
    );
  const password = await readPassword(
    errors,
    `Password of ${visible(options.account ?? names.join(', '))}`,
    options['password-file'],
  );
  if (options.account === undefined)
    return passwordEntries(principals, types, password, options.salt, kvno!, timestamp);
  const client = principalOf(services.config, options.account);
  const etypes = types.map(({ number }) => number);
  const keys = await withProgress(
    errors,
    'asking the KDC for the salt',
    accountKeys(services, client, password, etypes),
  );
  const entries: KeytabEntry[] = [];
  for (const principal of principals) {
    const version =
      kvno ?? (await withProgress(errors, 'asking the KDC for the version', askVersion(services, keys, principal)));
    for (const key of keys.keys) entries.push(entryOf(principal, key, version, timestamp));
  }
  return entries;
}

async function passwordEntries(
  principals: readonly Principal[],
  types: readonly EncryptionType[],
  password: string,
  salt: string | undefined,
  kvno: number,
  timestamp: number,
): Promise<KeytabEntry[]> {
  const entries: KeytabEntry[] = [];
  for (const principal of principals) {
    const saltBytes = salt === undefined ? defaultSalt(principal) : encodeUtf8(salt);
    for (const type of types)
      entries.push(entryOf(principal, await type.stringToKey(password, saltBytes), kvno, timestamp));
  }
  return entries;
}

async function askVersion(services: KdcServices, keys: AccountKeys, principal: Principal): Promise<number> {
  const version = await serviceKeyVersion(services, keys, principal);
  if (version !== undefined) return version;
  throw new CommandError(
    `The KDC does not tell the version of the key of ${visible(formatPrincipal(principal.name, principal.realm))}.`,
    'Give it: --kvno N (msDS-KeyVersionNumber of the account in Active Directory).',
  );
}

function entryOf({ name, realm }: Principal, key: KerberosKey, kvno: number, timestamp: number): KeytabEntry {
  const { bytes, etype } = exportKey(key);
  return new KeytabEntry({ realm, principal: name, timestamp, kvno, etype, keyBytes: bytes });
}

function kvnoOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const kvno = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (kvno >= 0 && kvno <= 0xffff_ffff) return kvno;
  throw new UsageError(`--kvno takes a number; not ${JSON.stringify(text)}`);
}

/** Those of Active Directory where nothing is said. */
function typesOf(text: string | undefined): EncryptionType[] {
  const numbers = text === undefined ? [ETYPE.AES256_SHA1, ETYPE.AES128_SHA1] : parseEncryptionTypes(text);
  const types = numbers.flatMap(number => encryptionType(number) ?? []);
  if (types.length > 0) return types;
  throw new UsageError(
    `--enctypes has no type that is known: aes256-cts, aes128-cts, aes256-sha2, aes128-sha2, rc4-hmac`,
  );
}
