import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineEnvironment } from '../../engine/environment.js';
import type { Ccache } from '../../engine/kerberos/ccache/ccache.js';
import { encodeCcache } from '../../engine/kerberos/ccache/ccache-file.js';
import { ccacheFile, loadCcache } from '../../engine/kerberos/ccache/load-ccache.js';
import { type Credentials, fromCcacheCredential, toCcacheCredential } from '../../engine/kerberos/kdc/credentials.js';
import { formatPrincipal } from '../../engine/kerberos/names/principal.js';
import { CommandError } from '../command.js';
import { writePrivateFile } from './private-file.js';

/** The option that names a credential cache. */
export const CACHE_OPTION = {
  type: 'string',
  value: 'NAME',
  description: 'the credential cache: FILE:path, DIR:folder, or a path; else that of KRB5CCNAME or krb5.conf',
} as const;

/** Where a cache is written to. A folder that has no cache yet gets one, as the first of its collection. */
export async function ccacheToWrite(environment: EngineEnvironment, name: string): Promise<string> {
  const [, folder] = /^DIR:([^:].*)$/s.exec(name) ?? [];
  if (folder === undefined) return ccacheFile(environment, name);
  const primary = join(folder, 'primary');
  try {
    await readFile(primary);
  } catch {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writePrivateFile(primary, Buffer.from('tkt\n'));
  }
  return ccacheFile(environment, name);
}

/** Writes a cache with one ticket, as MIT krb5's kinit does. */
export async function saveTicket(path: string, credentials: Credentials): Promise<void> {
  const entry = toCcacheCredential(credentials);
  const server = formatPrincipal(credentials.server.name, credentials.server.realm);
  const cache: Ccache = {
    principal: credentials.client,
    credentials: [entry],
    config: credentials.fast ? [{ key: 'fast_avail', principal: server, value: Buffer.from('yes') }] : [],
    kdcOffset: Math.round(credentials.clockOffset * 1000),
  };
  const bytes = encodeCcache(cache);
  try {
    await writePrivateFile(path, bytes);
  } finally {
    bytes.fill(0);
    entry.key.bytes.fill(0);
  }
}

/** A ticket-granting ticket of a cache, to protect another logon with. */
export async function armorTicket(environment: EngineEnvironment, name: string): Promise<Credentials> {
  const { credentials, kdcOffset } = await loadCcache(environment, name);
  const entry = credentials.find(({ server }) => server.name.components[0] === 'krbtgt');
  if (entry) return fromCcacheCredential(entry, kdcOffset);
  throw new CommandError(
    `There is no ticket-granting ticket in ${name}.`,
    "Get one for the armor first: secur32 kinit --keytab FILE --cache NAME, with the machine's keytab.",
  );
}
