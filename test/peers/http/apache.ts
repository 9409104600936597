import { mkdirSync, readFileSync } from 'node:fs';
import { accounts, REALM } from '../accounts.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { HttpServer, type HttpServerOptions, htdigestLine } from './http-server.js';

export interface ApacheOptions extends HttpServerOptions {
  /** `AuthDigestNonceLifetime` in seconds; after it the server answers `stale=true`. 300 when left out. */
  readonly nonceLifetime?: number;
}

/** Apache httpd with mod_auth_digest: MD5 and `qop="auth"` only. */
export class Apache extends HttpServer {
  readonly digestPath = '/digest/';

  static async start(options: ApacheOptions = {}): Promise<Apache> {
    const { realm = REALM } = options;
    const folder = new TemporaryFolder('apache');
    try {
      mkdirSync(`${folder.path}/www/digest`, { recursive: true });
      folder.write('www/digest/index.html', 'hello digest\n');
      const people = options.accounts ?? accounts;
      folder.write('htdigest', people.map(person => `${htdigestLine(person, realm, 'md5')}\n`).join(''));
      const configure = (port: number): string[] => {
        const config = folder.write(
          'httpd.conf',
          configuration(folder.path, port, realm, options.nonceLifetime ?? 300),
        );
        return ['-d', folder.path, '-f', config, '-DFOREGROUND'];
      };
      const moreLog = (): string => readFileSync(`${folder.path}/error.log`, { encoding: 'utf8', flag: 'a+' });
      return new Apache(await Daemon.start({ command: 'apache2', configure, moreLog }), folder, realm);
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }
}

const MODULES = ['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_digest', 'dir'];

function configuration(folder: string, port: number, realm: string, nonceLifetime: number): string {
  return `
${MODULES.map(name => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Listen 127.0.0.1:${port}
ServerName localhost
User www-data
Group www-data
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
LogLevel auth_digest:debug
DocumentRoot ${folder}/www
DirectoryIndex index.html
StartServers 1
ThreadsPerChild 8
MinSpareThreads 1
MaxSpareThreads 16
MaxRequestWorkers 8
<Directory ${folder}/www>
  Require all granted
</Directory>
<Location /digest>
  AuthType Digest
  AuthName "${realm}"
  AuthDigestProvider file
  AuthDigestDomain /digest/
  AuthDigestNonceLifetime ${nonceLifetime}
  AuthUserFile ${folder}/htdigest
  Require valid-user
</Location>
`;
}
