import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import type { GssUsers } from '../gss/gss-users.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { HttpServer } from './http-server.js';

/** With the accounts that NTLM knows, or as a service of a realm of Kerberos. */
export type ApacheGssapiOptions =
  | { readonly users: GssUsers }
  | { readonly kdc: { readonly keytab: string; readonly environment: Readonly<Record<string, string>> } };

/**
 * Apache httpd with mod_auth_gssapi over MIT's libgssapi: Negotiate, with NTLM by gss-ntlmssp, or with Kerberos. Its page says who the user
 * is, and where the tickets are that a client of Kerberos has delegated.
 */
export class ApacheGssapi extends HttpServer {
  readonly path = '/';

  static async start(options: ApacheGssapiOptions): Promise<ApacheGssapi> {
    const folder = new TemporaryFolder('apache-gssapi');
    try {
      mkdirSync(`${folder.path}/www`);
      folder.write('www/index.shtml', 'users' in options ? '<!--#echo var="REMOTE_USER" -->\n' : KERBEROS_PAGE);
      const [mechanism, env] = 'users' in options ? [NTLM, options.users.env] : kerberos(folder, options.kdc);
      const configure = (port: number): string[] => {
        const config = folder.write('httpd.conf', configuration(folder.path, port, mechanism));
        return ['-d', folder.path, '-f', config, '-DFOREGROUND'];
      };
      const moreLog = (): string => readFileSync(`${folder.path}/error.log`, { encoding: 'utf8', flag: 'a+' });
      return new ApacheGssapi(await Daemon.start({ command: 'apache2', configure, moreLog, env }), folder, '');
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }
}

const NTLM = 'GssapiAllowedMech ntlmssp\n  GssapiConnectionBound On';
const KERBEROS_PAGE = '<!--#echo var="REMOTE_USER" --> <!--#echo var="KRB5CCNAME" -->\n';

/** Apache drops root's rights: it gets a keytab of its own, and folders that anybody may write to. */
function kerberos(
  folder: TemporaryFolder,
  { environment, keytab }: Extract<ApacheGssapiOptions, { kdc: unknown }>['kdc'],
): [directives: string, env: Readonly<Record<string, string>>] {
  const own = `${folder.path}/keytab`;
  copyFileSync(keytab, own);
  chmodSync(own, 0o644);
  const [caches, replays] = ['caches', 'replays'].map(name => `${folder.path}/${name}`) as [string, string];
  for (const name of [caches, replays]) {
    mkdirSync(name);
    chmodSync(name, 0o777);
  }
  const directives = `GssapiAllowedMech krb5\n  GssapiCredStore keytab:${own}\n  GssapiDelegCcacheDir ${caches}`;
  const { KRB5_TRACE: _, ...rest } = environment;
  return [directives, { ...rest, KRB5RCACHEDIR: replays, KRB5_KTNAME: own }];
}

const MODULES = [
  ...['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_gssapi', 'dir'],
  ...['include', 'filter', 'mime', 'env'],
];

function configuration(folder: string, port: number, mechanism: string): string {
  return `
${MODULES.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Listen 127.0.0.1:${port}
ServerName localhost
User www-data
Group www-data
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
LogLevel auth_gssapi:debug
TypesConfig /dev/null
AddType text/plain .shtml
AddOutputFilter INCLUDES .shtml
DocumentRoot ${folder}/www
DirectoryIndex index.shtml
KeepAlive On
StartServers 1
ThreadsPerChild 8
MinSpareThreads 1
MaxSpareThreads 16
MaxRequestWorkers 8
<Directory ${folder}/www>
  Options +Includes
  AuthType GSSAPI
  AuthName test
  ${mechanism}
  Require valid-user
</Directory>
`;
}
