import { mkdirSync } from 'node:fs';
import { type Account, accounts, REALM } from '../accounts.js';
import { desParityEnvironment } from '../cyrus/programs.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { runOrFail } from '../run/run-command.js';
import { slapdProgram } from './slapd-program.js';

export interface SlapdOptions {
  readonly accounts?: readonly Account[];
  readonly realm?: string;
  /** `sasl-secprops` of slapd.conf(5), like `noanonymous,minssf=56`; `none` when left out. */
  readonly securityProperties?: string;
  /** Makes the 3des cipher work where OpenSSL 3 refuses its keys. */
  readonly desParityShim?: boolean;
  /** More environment: that of GSS-API mechanisms. */
  readonly env?: Readonly<Record<string, string>>;
  /** LDAPS instead of LDAP, where there is an authority for clients with a certificate of it alone: file names. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    readonly authority?: string;
    /** LDAP with StartTLS instead of LDAPS. */
    readonly startTls?: boolean;
  };
  /** `sasl-cbinding` of slapd.conf(5), like `tls-endpoint`; none when left out. */
  readonly channelBinding?: string;
  /** The server to run; the installed one, or a copy of it where that is confined, when left out. */
  readonly program?: string;
}

/**
 * OpenLDAP's server with the accounts in its directory, as `uid=NAME,ou=users,dc=test,dc=example` with clear passwords,
 * which DIGEST-MD5 needs. bob may act as alice (`authzTo`), nobody else as anybody.
 *
 * @example
 * const slapd = usePeer(() => Slapd.start());
 * await ldapWhoAmI({ uri: slapd().uri, authid: 'alice', password: 'pw-alice' });
 */
export class Slapd implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** `ldap://localhost:PORT`; `localhost` is the host in the server's digest-uri. */
  readonly uri: string;
  readonly realm: string;
  readonly #daemon: Daemon;
  readonly #folder: TemporaryFolder;

  private constructor(daemon: Daemon, folder: TemporaryFolder, realm: string) {
    this.#daemon = daemon;
    this.#folder = folder;
    this.port = daemon.port;
    this.uri = `ldap://localhost:${daemon.port}`;
    this.realm = realm;
  }

  static async start(options: SlapdOptions = {}): Promise<Slapd> {
    const { realm = REALM, securityProperties = 'none' } = options;
    const folder = new TemporaryFolder('slapd');
    try {
      mkdirSync(`${folder.path}/db`);
      const config = folder.write(
        'slapd.conf',
        configuration(folder.path, realm, securityProperties) + tlsConfiguration(options),
      );
      const entries = folder.write('entries.ldif', directory(options.accounts ?? accounts));
      const program = options.program ?? slapdProgram();
      await runOrFail(program, ['-T', 'add', '-f', config, '-l', entries]);
      const shim = options.desParityShim === true ? await desParityEnvironment() : {};
      const env = { ...options.env, ...shim };
      const configure = (port: number) => [
        '-d',
        'stats',
        '-f',
        config,
        '-h',
        `${options.tls && !options.tls.startTls ? 'ldaps' : 'ldap'}://127.0.0.1:${port}`,
      ];
      return new Slapd(await Daemon.start({ command: program, configure, env }), folder, realm);
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }

  /** The server's own report of operations and their results. */
  log(): string {
    return this.#daemon.log();
  }

  async close(): Promise<void> {
    await this.#daemon.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The distinguished name of an account in the server's directory. */
export function distinguishedName(user: string): string {
  return `uid=${user},${USERS}`;
}

const SUFFIX = 'dc=test,dc=example';
const USERS = `ou=users,${SUFFIX}`;

/** In the global part of slapd.conf(5) it would do as well; these directives may stand anywhere. */
function tlsConfiguration({ channelBinding, tls }: SlapdOptions): string {
  const lines: string[] = [];
  if (tls) lines.push(`TLSCertificateFile ${tls.certificate}`, `TLSCertificateKeyFile ${tls.key}`);
  if (tls?.authority !== undefined) lines.push(`TLSCACertificateFile ${tls.authority}`, 'TLSVerifyClient demand');
  if (channelBinding !== undefined) lines.push(`sasl-cbinding ${channelBinding}`);
  return `\n${lines.join('\n')}\n`;
}

function configuration(folder: string, realm: string, securityProperties: string): string {
  return `
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
sasl-host localhost
sasl-realm ${realm}
sasl-secprops ${securityProperties}
authz-policy to
authz-regexp "uid=([^,]*)(,cn=[^,]*)?,cn=(digest-md5|gssapi),cn=auth" "uid=$1,${USERS}"
authz-regexp "uid=([^,]*),cn=auth" "uid=$1,${USERS}"
password-hash {CLEARTEXT}
access to attrs=userPassword by anonymous auth by * none
access to * by * read
database mdb
suffix ${SUFFIX}
directory ${folder}/db
maxsize 10485760
`;
}

function directory(people: readonly Account[]): string {
  const top = `dn: ${SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\ndc: test\no: test\n`;
  const unit = `dn: ${USERS}\nobjectClass: organizationalUnit\nou: users\n`;
  return [top, unit, ...people.map(person)].join('\n');
}

function person({ user, password }: Account): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const entry = [
    `dn:: ${base64(distinguishedName(user))}`,
    'objectClass: person',
    'objectClass: uidObject',
    ...['uid', 'cn', 'sn'].map(attribute => `${attribute}:: ${base64(user)}`),
    `userPassword:: ${base64(password)}`,
  ];
  if (user === 'bob') entry.push(`authzTo: dn.exact:${distinguishedName('alice')}`);
  return `${entry.join('\n')}\n`;
}
