import { mkdirSync } from 'node:fs';
import { type Account, accounts, REALM } from '../accounts.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { digestOf, type Hash, HttpServer, type HttpServerOptions, htdigestLine } from './http-server.js';

/** lighttpd with mod_auth: MD5, SHA-256 and SHA-512-256, `qop="auth"`. A wrong password is answered after a second. */
export class Lighttpd extends HttpServer {
  readonly md5Path = '/md5/';
  readonly sha256Path = '/sha256/';
  readonly sha512Path = '/sha512/';
  /** Offers SHA-256 and MD5, in a header field each. */
  readonly bothPath = '/both/';
  /** SHA-256 with hashed user names (RFC 7616 section 3.4.4). */
  readonly userhashPath = '/userhash/';

  static async start(options: HttpServerOptions = {}): Promise<Lighttpd> {
    const { realm = REALM } = options;
    const folder = new TemporaryFolder('lighttpd');
    try {
      for (const page of PAGES) {
        mkdirSync(`${folder.path}/www/${page.name}`, { recursive: true });
        folder.write(`www/${page.name}/index.html`, `hello ${page.name}\n`);
        const people = options.accounts ?? accounts;
        const lines = people.flatMap(person => page.hashes.map(hash => accountLine(person, realm, hash)));
        folder.write(`${page.name}.htdigest`, lines.join(''));
      }
      const configure = (port: number): string[] => {
        return ['-D', '-f', folder.write('lighttpd.conf', configuration(folder.path, port, realm))];
      };
      return new Lighttpd(await Daemon.start({ command: 'lighttpd', configure }), folder, realm);
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }
}

/** lighttpd's fourth field holds the hashed name. */
function accountLine(person: Account, realm: string, hash: Hash): string {
  return `${htdigestLine(person, realm, hash)}:${digestOf(hash, `${person.user}:${realm}`)}\n`;
}

function configuration(folder: string, port: number, realm: string): string {
  const requirements = PAGES.map(({ name, algorithm, userhash = 'disable' }) => {
    const what = `"method" => "digest", "realm" => "${realm}", "require" => "valid-user"`;
    return `"/${name}/" => (${what}, "algorithm" => "${algorithm}", "userhash" => "${userhash}")`;
  });
  const files = PAGES.map(({ name }) => {
    return `$HTTP["url"] =~ "^/${name}/" { auth.backend.htdigest.userfile = "${folder}/${name}.htdigest" }`;
  });
  return `
server.modules = ("mod_auth", "mod_authn_file")
server.document-root = "${folder}/www"
server.bind = "127.0.0.1"
server.port = ${port}
server.max-fds = 256
mimetype.assign = (".html" => "text/html")
index-file.names = ("index.html")
auth.backend = "htdigest"
auth.require = (${requirements.join(',\n')})
${files.join('\n')}
`;
}

interface Page {
  readonly name: string;
  readonly algorithm: string;
  readonly hashes: readonly Hash[];
  readonly userhash?: 'enable';
}

const PAGES: readonly Page[] = [
  { name: 'md5', algorithm: 'MD5', hashes: ['md5'] },
  { name: 'sha256', algorithm: 'SHA-256', hashes: ['sha256'] },
  { name: 'sha512', algorithm: 'SHA-512-256', hashes: ['sha512-256'] },
  { name: 'both', algorithm: 'SHA-256|MD5', hashes: ['sha256', 'md5'] },
  { name: 'userhash', algorithm: 'SHA-256', hashes: ['sha256'], userhash: 'enable' },
];
