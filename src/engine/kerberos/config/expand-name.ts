import type { EngineEnvironment } from '../../environment.js';

/** What the names of files in krb5.conf are made of besides text. */
export type NameAccess = Pick<EngineEnvironment, 'variables' | 'userId'>;

/** Fills in `%{uid}`, `%{euid}`, `%{USERID}`, `%{TEMP}`, `%{username}` and `%{null}` (krb5.conf(5), parameter expansion). Others stay. */
export function expandName(name: string, { variables, userId }: NameAccess): string {
  const id = String(userId ?? 0);
  const values: Readonly<Record<string, string>> = {
    uid: id,
    euid: id,
    USERID: id,
    TEMP: variables['TMPDIR'] ?? '/tmp',
    username: variables['USER'] ?? '',
    null: '',
  };
  return name.replace(/%\{([A-Za-z_]+)\}/g, (parameter, key: string) => values[key] ?? parameter);
}
