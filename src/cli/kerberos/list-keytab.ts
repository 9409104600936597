import { stat } from 'node:fs/promises';
import { encryptionType, encryptionTypeName } from '../../engine/kerberos/crypto/encryption-types.js';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import type { KeytabEntry } from '../../engine/kerberos/keytab/keytab-entry.js';
import { defaultKeytabName, keytabFile, loadKeytab } from '../../engine/kerberos/keytab/load-keytab.js';
import { formatPrincipal } from '../../engine/kerberos/names/principal.js';
import { visible } from '../decode/render-tree.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Terminal } from '../terminal.js';
import { localTime } from './time-text.js';

/** Shows the keys of a keytab, with what is wrong with them; the keys themselves stay in it. */
export async function listKeytab(
  out: Terminal,
  { config, environment }: KdcServices,
  given: string | undefined,
  json: boolean | undefined,
): Promise<ExitCode> {
  const name = given ?? defaultKeytabName(environment, config);
  const keytab = await loadKeytab(environment, name);
  const isOpen = await othersMayRead(keytabFile(name));
  if (json) {
    const keys = keytab.entries.map(describe);
    out.line(JSON.stringify({ keytab: name, readableByOthers: isOpen, keys }, undefined, 2));
  } else printText(out, keytab.entries, name, isOpen);
  keytab.wipe();
  return keytab.entries.length > 0 ? EXIT.OK : EXIT.FAILURE;
}

interface Described {
  readonly principal: string;
  readonly kvno: number;
  readonly encryption: string;
  readonly written: Date;
  /** What is wrong with it. */
  readonly remark?: string;
}

function describe(entry: KeytabEntry): Described {
  const { etype, kvno, principal, realm, timestamp } = entry;
  const remark = remarkOf(entry);
  return {
    principal: formatPrincipal(principal, realm),
    kvno,
    encryption: encryptionTypeName(etype),
    written: new Date(timestamp * 1000),
    ...(remark && { remark }),
  };
}

function remarkOf({ etype, key }: KeytabEntry): string | undefined {
  const type = encryptionType(etype);
  if (!type) return 'not used here';
  if (!key) return `not ${type.keyLength} bytes long`;
  return type.weak ? 'weak: used only where krb5.conf allows it' : undefined;
}

function printText(out: Terminal, entries: readonly KeytabEntry[], name: string, isOpen: boolean): void {
  const { pending, quiet, strong } = out.palette;
  out.line(quiet(visible(name)));
  if (entries.length === 0) out.line(pending('  There are no keys in it.'));
  const keys = entries.map(describe);
  const column = Math.max(0, ...keys.map(({ encryption }) => encryption.length));
  let last = '';
  for (const { encryption, kvno, principal, remark, written } of keys) {
    if (principal !== last) out.line(`\n  ${strong(visible(principal))}`);
    last = principal;
    const time = written.getTime() === 0 ? '' : localTime(written.getTime());
    const row = `    kvno ${String(kvno).padEnd(3)}  ${encryption.padEnd(column)}  ${quiet(time)}`;
    out.line(`${row}${remark ? `  ${pending(remark)}` : ''}`.trimEnd());
  }
  if (!isOpen) return;
  out.line();
  out.line(pending('  Others than its owner can read this file: chmod 600. A key is as good as a password.'));
}

async function othersMayRead(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const { mode } = await stat(path);
  return (mode & 0o077) !== 0;
}
