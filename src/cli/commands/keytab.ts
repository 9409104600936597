import { encryptionTypeName } from '../../engine/kerberos/crypto/encryption-types.js';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import type { KeytabEntry } from '../../engine/kerberos/keytab/keytab-entry.js';
import { loadKeytab } from '../../engine/kerberos/keytab/load-keytab.js';
import { type Command, type CommandCall, defineCommand, UsageError } from '../command.js';
import { JSON_OPTION } from '../common-options.js';
import { visible } from '../decode/render-tree.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { newEntries } from '../kerberos/add-keys.js';
import {
  entriesOf,
  entryName,
  KEYTAB_OPTION,
  keytabName,
  mergeEntries,
  writeKeytab,
} from '../kerberos/keytab-store.js';
import { listKeytab } from '../kerberos/list-keytab.js';
import { openKerberos } from '../kerberos/open-kerberos.js';
import { PASSWORD_FILE_OPTION } from '../kerberos/read-password.js';
import { countOf } from '../text-layout.js';

const options = {
  keytab: KEYTAB_OPTION,
  account: {
    type: 'string',
    value: 'NAME',
    description: 'add: the account that the password is of; the KDC tells salt and version, and checks the password',
  },
  kvno: { type: 'string', value: 'N', description: 'add: the version of the key in the KDC' },
  salt: { type: 'string', value: 'TEXT', description: 'add: the salt; else the realm and the name, as in MIT krb5' },
  enctypes: { type: 'string', value: 'LIST', description: 'add: encryption types; else aes256-cts,aes128-cts' },
  random: { type: 'boolean', description: 'add: random keys in place of those of a password' },
  'password-file': PASSWORD_FILE_OPTION,
  json: JSON_OPTION,
} as const;

type Call = CommandCall<typeof options>;

export const keytab: Command = defineCommand({
  name: 'keytab',
  summary: 'show the keys of a keytab, add keys, put keytabs together',
  positionals: 'list|add|merge ...',
  options,
  details: [
    '',
    'The file is replaced at once, readable for its owner alone; older versions of a key stay in it.',
    '',
    '  secur32 keytab list /etc/krb5.keytab',
    '  secur32 keytab add HTTP/www.example.com@EXAMPLE.COM --account svc-www --keytab www.keytab',
    '  secur32 keytab add host/a.example.com@EXAMPLE.COM --kvno 3 --password-file secret',
    '  secur32 keytab merge old.keytab new.keytab --keytab both.keytab',
  ],
  run,
});

async function run(call: Call): Promise<ExitCode> {
  const { out, positionals, values, variables } = call;
  const [action, ...names] = positionals;
  const services = await openKerberos(variables);
  switch (action) {
    case 'list':
      if (names.length > 1) throw new UsageError('keytab list takes one file');
      return listKeytab(out, services, names[0] ?? values.keytab, values.json);
    case 'add':
      if (names.length === 0) throw new UsageError('keytab add wants a principal: HTTP/www.example.com@EXAMPLE.COM');
      return add(call, services, names);
    case 'merge':
      if (names.length === 0) throw new UsageError('keytab merge wants the files to merge');
      return merge(call, services, names);
    default:
      throw new UsageError(
        `keytab wants list, add or merge${action === undefined ? '' : `; not ${JSON.stringify(action)}`}`,
      );
  }
}

async function add(call: Call, services: KdcServices, names: readonly string[]): Promise<ExitCode> {
  const { errors, values } = call;
  return write(call, services, await newEntries(services, errors, names, values));
}

async function merge(call: Call, services: KdcServices, names: readonly string[]): Promise<ExitCode> {
  let entries: readonly KeytabEntry[] = [];
  for (const name of names) entries = mergeEntries(entries, (await loadKeytab(services.environment, name)).entries);
  return write(call, services, entries);
}

async function write({ out, values }: Call, services: KdcServices, entries: readonly KeytabEntry[]): Promise<ExitCode> {
  const name = keytabName(services, values.keytab);
  const old = await entriesOf(services, name);
  const all = mergeEntries(old, entries);
  await writeKeytab(name, all);
  if (values.json) {
    const keys = entries.map(entry => ({
      principal: entryName(entry),
      kvno: entry.kvno,
      encryption: encryptionTypeName(entry.etype),
    }));
    out.line(JSON.stringify({ keytab: name, keys, total: all.length }, undefined, 2));
  } else {
    const { good, quiet } = out.palette;
    for (const entry of entries) {
      const type = encryptionTypeName(entry.etype);
      out.line(`${good('✓')} ${visible(entryName(entry))}  kvno ${entry.kvno}  ${type}`);
    }
    out.line(quiet(`  ${visible(name)} has ${countOf(all.length, 'key')} now`));
  }
  for (const entry of [...all, ...old, ...entries]) entry.wipe();
  return EXIT.OK;
}
