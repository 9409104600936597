import { mkdirSync, readFileSync } from 'node:fs';
import type { GssUsers } from '../gss/gss-users.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { HttpServer } from './http-server.js';

export interface ApacheGssapiOptions {
  /** The accounts that NTLM knows. */
  readonly users: GssUsers;
}

/** Apache httpd with mod_auth_gssapi over MIT's libgssapi: Negotiate, with NTLM by gss-ntlmssp. Its page says who the user is. */
export class ApacheGssapi extends HttpServer {
  readonly path = '/';

  static async start({ users }: ApacheGssapiOptions): Promise<ApacheGssapi> {
    const folder = new TemporaryFolder('apache-gssapi');
    try {
      mkdirSync(`${folder.path}/www`);
      folder.write('www/index.shtml', '<!--#echo var="REMOTE_USER" -->\n');
      const configure = (port: number): string[] => {
        const config = folder.write('httpd.conf', configuration(folder.path, port));
        return ['-d', folder.path, '-f', config, '-DFOREGROUND'];
      };
      const moreLog = (): string => readFileSync(`${folder.path}/error.log`, { encoding: 'utf8', flag: 'a+' });
      const { env } = users;
      return new ApacheGssapi(await Daemon.start({ command: 'apache2', configure, moreLog, env }), folder, '');
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }
}

const MODULES = [
  ...['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'auth_gssapi', 'dir'],
  ...['include', 'filter', 'mime', 'env'],
];

function configuration(folder: string, port: number): string {
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
  GssapiAllowedMech ntlmssp
  GssapiConnectionBound On
  Require valid-user
</Directory>
`;
}
