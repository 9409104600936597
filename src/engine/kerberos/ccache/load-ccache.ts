import { SEC_E } from '../../../sspi/status.js';
import type { EngineEnvironment } from '../../environment.js';
import { PackageError } from '../../package-error.js';
import { expandName } from '../config/expand-name.js';
import type { Krb5Config } from '../config/krb5-config.js';
import type { Ccache } from './ccache.js';
import { parseCcache } from './ccache-file.js';

/** The name of the cache that programs of Kerberos use when none is said: KRB5CCNAME, krb5.conf, or a file in /tmp. */
export function defaultCcacheName(environment: EngineEnvironment, config: Krb5Config): string {
  const name = environment.variables['KRB5CCNAME'] || config.defaultCcacheName || 'FILE:/tmp/krb5cc_%{uid}';
  return expandName(name, environment);
}

/**
 * Reads a credential cache: `FILE:path` or a path alone, `DIR:folder` (the cache that its file `primary` names), or `DIR::file`.
 *
 * Throws SEC_E_NO_CREDENTIALS where there is none, and for the kinds that are no files.
 */
export async function loadCcache(environment: Pick<EngineEnvironment, 'readFile'>, name: string): Promise<Ccache> {
  const path = await ccacheFile(environment, name);
  return parseCcache(await readExisting(environment, path, name));
}

/** The file that a name stands for. Throws SEC_E_NO_CREDENTIALS. */
export async function ccacheFile(environment: Pick<EngineEnvironment, 'readFile'>, name: string): Promise<string> {
  const [, kind = 'FILE', rest = ''] = /^(?:([A-Za-z]{2,}):)?(.*)$/s.exec(name) ?? [];
  if (kind === 'FILE') return rest;
  if (kind !== 'DIR') {
    throw new PackageError(
      SEC_E.NO_CREDENTIALS,
      `credential caches of the kind ${kind} are no files, and cannot be read here`,
      {
        hint: 'Use a file: `kinit -c FILE:path` and KRB5CCNAME=FILE:path.',
      },
    );
  }
  if (rest.startsWith(':')) return rest.slice(1);
  const primary = new TextDecoder().decode(await readExisting(environment, `${rest}/primary`, name)).trim();
  // The name of a file in the folder, and nothing that leads out of it.
  if (!/^tkt[^/\0]*$/.test(primary)) throw absent(name, undefined);
  return `${rest}/${primary}`;
}

async function readExisting(
  environment: Pick<EngineEnvironment, 'readFile'>,
  path: string,
  name: string,
): Promise<Uint8Array> {
  try {
    return await environment.readFile(path);
  } catch (cause) {
    throw absent(name, cause);
  }
}

function absent(name: string, cause: unknown): PackageError {
  const why = cause instanceof Error ? cause.message : 'its file `primary` does not name a cache';
  return new PackageError(SEC_E.NO_CREDENTIALS, `the credential cache ${name} cannot be read: ${why}`, {
    hint: 'Get tickets with kinit, and see where they are with klist; KRB5CCNAME names another cache.',
    cause,
  });
}
