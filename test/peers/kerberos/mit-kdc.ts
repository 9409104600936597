import { join } from 'node:path';
import { accounts } from '../accounts.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { runOrFail } from '../run/run-command.js';

/** Services that have a key in the keytab, all on the host `localhost`. */
export const KERBEROS_SERVICES = ['HTTP', 'ldap', 'imap', 'smtp', 'host'] as const;
Object.freeze(KERBEROS_SERVICES);

export const KERBEROS_REALM = 'TEST.EXAMPLE';

/**
 * A Kerberos realm of MIT krb5 with its KDC on loopback: the accounts of `accounts.ts`, a keytab of services, and a
 * ticket of alice in a credential cache.
 */
export class MitKdc implements AsyncDisposable {
  /** Variables that lead every MIT or Wine program to this realm, its keytab and the credential cache. */
  readonly environment: Readonly<{ [name: string]: string }>;
  readonly #folder: TemporaryFolder;
  readonly #daemon: Daemon;

  private constructor(folder: TemporaryFolder, daemon: Daemon) {
    this.environment = environmentOf(folder);
    this.#folder = folder;
    this.#daemon = daemon;
  }

  static async start(): Promise<MitKdc> {
    const folder = new TemporaryFolder('mit-kdc');
    try {
      configure(folder, 0);
      const env = environmentOf(folder);
      await runOrFail('kdb5_util', ['create', '-s', '-r', KERBEROS_REALM, '-P', 'master'], { env });
      await runOrFail('kadmin.local', ['-r', KERBEROS_REALM], { env, input: principals(folder) });
      const daemon = await Daemon.start({
        command: 'krb5kdc',
        env,
        configure: port => {
          configure(folder, port);
          return ['-n', '-r', KERBEROS_REALM, '-P', join(folder.path, 'kdc.pid')];
        },
      });
      const kdc = new MitKdc(folder, daemon);
      await kdc.logOn('alice', 'pw-alice');
      return kdc;
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }

  /** Puts a ticket of this account into the credential cache, in place of the one before. */
  async logOn(user: string, password: string): Promise<void> {
    await runOrFail('kinit', [user], { env: this.environment, input: `${password}\n` });
  }

  /** Empties the credential cache. */
  async logOff(): Promise<void> {
    await runOrFail('kdestroy', ['-q'], { env: this.environment });
  }

  async close(): Promise<void> {
    await this.#daemon.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function environmentOf({ path }: TemporaryFolder): { [name: string]: string } {
  return {
    KRB5_CONFIG: join(path, 'krb5.conf'),
    KRB5_KDC_PROFILE: join(path, 'kdc.conf'),
    KRB5CCNAME: `FILE:${join(path, 'ccache')}`,
    KRB5_KTNAME: `FILE:${join(path, 'service.keytab')}`,
    KRB5RCACHEDIR: path,
  };
}

/** Commands for kadmin.local. Its line editor takes ASCII names only, so other accounts are left out. */
function principals({ path }: TemporaryFolder): string {
  const keytab = join(path, 'service.keytab');
  return [
    ...accounts
      .filter(({ user }) => /^[a-z]+$/.test(user))
      .map(({ user, password }) => `addprinc -pw ${password} ${user}`),
    ...KERBEROS_SERVICES.flatMap(service => [
      `addprinc -randkey +ok_as_delegate ${service}/localhost`,
      `ktadd -k ${keytab} ${service}/localhost`,
    ]),
    '',
  ].join('\n');
}

function configure(folder: TemporaryFolder, port: number): void {
  folder.write('krb5.conf', krb5Conf(port));
  folder.write('kdc.conf', kdcConf(folder.path, port));
}

/** No lookups in the DNS: the tests know one realm and one host. */
function krb5Conf(port: number): string {
  return `[libdefaults]
  default_realm = ${KERBEROS_REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  forwardable = true
[realms]
  ${KERBEROS_REALM} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  localhost = ${KERBEROS_REALM}
`;
}

function kdcConf(path: string, port: number): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${KERBEROS_REALM} = {
    database_name = ${join(path, 'principal')}
    key_stash_file = ${join(path, 'stash')}
    acl_file = ${join(path, 'kadm5.acl')}
    default_principal_flags = +preauth,+forwardable
  }
`;
}
