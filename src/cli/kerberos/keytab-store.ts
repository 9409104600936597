import { realpath } from 'node:fs/promises';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import { Keytab } from '../../engine/kerberos/keytab/keytab.js';
import type { KeytabEntry } from '../../engine/kerberos/keytab/keytab-entry.js';
import { defaultKeytabName, keytabFile, loadKeytab } from '../../engine/kerberos/keytab/load-keytab.js';
import { samePrincipal } from '../../engine/kerberos/messages/principal-name.js';
import { formatPrincipal } from '../../engine/kerberos/names/principal.js';
import { writePrivateFile } from './private-file.js';

/** The option that names a keytab. */
export const KEYTAB_OPTION = {
  type: 'string',
  value: 'FILE',
  description: 'the keytab; else that of KRB5_KTNAME or krb5.conf, or /etc/krb5.keytab',
} as const;

/** The keytab that is meant. */
export function keytabName({ config, environment }: KdcServices, given: string | undefined): string {
  return given ?? defaultKeytabName(environment, config);
}

/** What is in a keytab; nothing where there is no such file yet. */
export async function entriesOf({ environment }: KdcServices, name: string): Promise<readonly KeytabEntry[]> {
  try {
    return (await loadKeytab(environment, name)).entries;
  } catch (error) {
    const { cause } = error as Error;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw error;
  }
}

/** Both lists; of two keys of the same principal, version and type the later one is kept. */
export function mergeEntries(old: readonly KeytabEntry[], more: readonly KeytabEntry[]): KeytabEntry[] {
  const merged = [...old];
  for (const entry of more) {
    const at = merged.findIndex(each => isSameKey(each, entry));
    if (at < 0) merged.push(entry);
    else merged[at] = entry;
  }
  return merged;
}

/** Replaces the file, with mode 0600. Where the name is that of a link, what it leads to: secrets are often mounted so. */
export async function writeKeytab(name: string, entries: readonly KeytabEntry[]): Promise<void> {
  const bytes = new Keytab(entries).toBytes();
  try {
    const path = keytabFile(name);
    await writePrivateFile(await realpath(path).catch(() => path), bytes);
  } finally {
    bytes.fill(0);
  }
}

export function entryName({ principal, realm }: KeytabEntry): string {
  return formatPrincipal(principal, realm);
}

function isSameKey(a: KeytabEntry, b: KeytabEntry): boolean {
  return a.kvno === b.kvno && a.etype === b.etype && a.realm === b.realm && samePrincipal(a.principal, b.principal);
}
