import { SEC_E } from '../../../sspi/status.js';
import type { EngineEnvironment } from '../../environment.js';
import { PackageError } from '../../package-error.js';
import { expandName } from '../config/expand-name.js';
import type { Krb5Config } from '../config/krb5-config.js';
import { Keytab } from './keytab.js';

/** The keytab of services where none is said: KRB5_KTNAME, krb5.conf, or /etc/krb5.keytab. */
export function defaultKeytabName(environment: EngineEnvironment, config: Krb5Config): string {
  const name = environment.variables['KRB5_KTNAME'] || config.defaultKeytabName || 'FILE:/etc/krb5.keytab';
  return expandName(name, environment);
}

/** The keytab that clients log on with where they have no tickets: KRB5_CLIENT_KTNAME, krb5.conf, or MIT's own place. */
export function defaultClientKeytabName(environment: EngineEnvironment, config: Krb5Config): string {
  const fallback = 'FILE:/var/lib/krb5/user/%{euid}/client.keytab';
  const name = environment.variables['KRB5_CLIENT_KTNAME'] || config.defaultClientKeytabName || fallback;
  return expandName(name, environment);
}

/** The file that a name stands for: `FILE:path`, `WRFILE:path` or a path alone. Throws SEC_E_NO_CREDENTIALS for other kinds. */
export function keytabFile(name: string): string {
  const [, kind = 'FILE', path = ''] = /^(?:([A-Za-z]{2,}):)?(.*)$/s.exec(name) ?? [];
  if (kind === 'FILE' || kind === 'WRFILE') return path;
  throw new PackageError(SEC_E.NO_CREDENTIALS, `keytabs of the kind ${kind} are no files, and cannot be read here`);
}

/** Reads `FILE:path`, `WRFILE:path` or a path alone. Throws SEC_E_NO_CREDENTIALS where there is no keytab. */
export async function loadKeytab(environment: Pick<EngineEnvironment, 'readFile'>, name: string): Promise<Keytab> {
  const path = keytabFile(name);
  let bytes: Uint8Array;
  try {
    bytes = await environment.readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PackageError(SEC_E.NO_CREDENTIALS, `the keytab ${name} cannot be read: ${why}`, {
      hint: 'KRB5_KTNAME names the keytab; the user that this process runs as must be able to read it.',
      cause,
    });
  }
  try {
    return Keytab.parse(bytes);
  } finally {
    bytes.fill(0);
  }
}
