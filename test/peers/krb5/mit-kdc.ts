import { existsSync, readFileSync } from 'node:fs';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { freePort } from '../run/port.js';
import { type RunResult, runCommand, runOrFail } from '../run/run-command.js';
import { type DomainRealms, ENCTYPES, kdcConf, krb5Conf, type Realm } from './krb5-files.js';

export const KRB5_REALM = 'TEST.EXAMPLE';

/** Services of the host `localhost` that have a key in the keytab, and that the KDC trusts to act for users. */
export const KRB5_SERVICES = ['HTTP', 'ldap', 'imap', 'smtp', 'host'] as const;
Object.freeze(KRB5_SERVICES);

export interface MitKdcOptions {
  readonly realm?: string;
  /** Other realms that clients have to find: KDCs that run already. */
  readonly others?: readonly MitKdc[];
  readonly domainRealms?: DomainRealms;
  /** More sections of krb5.conf. */
  readonly settings?: string;
  /** With kadmind, which changes passwords. */
  readonly kadmind?: boolean;
  /** Commands for kadmin.local, after those that make the usual principals. */
  readonly commands?: readonly string[];
}

/**
 * MIT krb5's KDC for one realm, over UDP and TCP, with a database of its own:
 * users `alice`, `bob` and one per encryption type (`u-aes256-cts-hmac-sha1-96`, ...), each with the password `pw-NAME`, and the services
 * `HTTP/localhost` and the like ({@link KRB5_SERVICES}) and `svc-ENCTYPE/localhost`, whose keys are in {@link keytab}.
 *
 * @example
 * const kdc = usePeer(() => MitKdc.start());
 * await kdc().kinit('alice', 'pw-alice');
 */
export class MitKdc implements AsyncDisposable {
  readonly realm: Realm;
  readonly #folder: TemporaryFolder;
  readonly #daemons: Daemon[] = [];

  private constructor(realm: Realm, folder: TemporaryFolder) {
    this.realm = realm;
    this.#folder = folder;
  }

  static async start(options: MitKdcOptions = {}): Promise<MitKdc> {
    const folder = new TemporaryFolder('krb5');
    const [kdcPort, kadminPort, kpasswdPort] = [await freePort(), await freePort(), await freePort()];
    const realm = { name: options.realm ?? KRB5_REALM, kdcPort, kadminPort, kpasswdPort };
    const kdc = new MitKdc(realm, folder);
    try {
      await kdc.#start(options);
      return kdc;
    } catch (cause) {
      await kdc.close();
      throw cause;
    }
  }

  get name(): string {
    return this.realm.name;
  }

  /** Where its files are. */
  get path(): string {
    return this.#folder.path;
  }

  /** krb5.conf. */
  get config(): string {
    return `${this.path}/krb5.conf`;
  }

  /** A keytab with the keys of the services. */
  get keytab(): string {
    return `${this.path}/service.keytab`;
  }

  /** What clients of MIT krb5 need in their environment. */
  get environment(): Record<string, string> {
    return {
      KRB5_CONFIG: this.config,
      KRB5_KDC_PROFILE: `${this.path}/kdc.conf`,
      KRB5CCNAME: `FILE:${this.path}/ccache`,
      KRB5_KTNAME: `FILE:${this.keytab}`,
      KRB5RCACHEDIR: this.path,
      KRB5_TRACE: `${this.path}/trace`,
    };
  }

  /** Runs kadmin.local on the KDC's database. Throws when a command fails. */
  async kadmin(...commands: readonly string[]): Promise<string> {
    const env = this.environment;
    const result = await runCommand('kadmin.local', ['-r', this.name], { env, input: `${commands.join('\n')}\n` });
    const failed = result.stderr.split('\n').filter(line => / while |No such|Invalid/.test(line));
    if (result.code !== 0 || failed.length > 0) throw new Error(`kadmin.local: ${result.stderr}`);
    return result.stdout;
  }

  /** Runs a client program of MIT krb5, like `klist`. A failing one resolves, too. */
  run(command: string, args: readonly string[], input?: string): Promise<RunResult> {
    return runCommand(command, args, { env: this.environment, input });
  }

  /** Gets a ticket-granting ticket into a cache file, and answers its name. */
  async kinit(user: string, password: string, args: readonly string[] = [], cache = 'ccache'): Promise<string> {
    const file = `${this.path}/${cache}`;
    await runOrFail('kinit', ['-c', `FILE:${file}`, ...args, user], { env: this.environment, input: `${password}\n` });
    return file;
  }

  /** Empties the usual cache. */
  async kdestroy(): Promise<void> {
    await runOrFail('kdestroy', ['-q'], { env: this.environment });
  }

  /** Log of the KDC and of kadmind, and the traces of clients. */
  log(): string {
    const files = ['kdc.log', 'kadmind.log', 'trace'].map(name => `${this.path}/${name}`).filter(existsSync);
    return [...this.#daemons.map(daemon => daemon.log()), ...files.map(file => readFileSync(file, 'utf8'))].join('\n');
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons.splice(0)) await daemon.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start({
    others = [],
    domainRealms,
    settings = '',
    kadmind = false,
    commands = [],
  }: MitKdcOptions): Promise<void> {
    const realms = [this.realm, ...others.map(({ realm }) => realm)];
    const domains = { localhost: this.name, ...domainRealms };
    this.#folder.write('krb5.conf', krb5Conf(realms, domains, this.#folder, settings));
    this.#folder.write('kdc.conf', kdcConf(this.realm, this.#folder));
    this.#folder.write('kadm5.acl', `*/admin@${this.name} *\n`);
    const env = this.environment;
    await runOrFail('kdb5_util', ['create', '-s', '-r', this.name, '-P', 'master'], { env });
    await this.kadmin(...this.#principals(), ...commands);
    await this.#daemon('krb5kdc', ['-n', '-r', this.name, '-P', `${this.path}/kdc.pid`], this.realm.kdcPort);
    if (!kadmind) return;
    await this.#daemon(
      'kadmind',
      ['-nofork', '-r', this.name, '-P', `${this.path}/kadmind.pid`],
      this.realm.kpasswdPort,
    );
  }

  #principals(): string[] {
    const users = ['alice', 'bob'].map(user => `addprinc -pw pw-${user} ${user}`);
    const services = KRB5_SERVICES.flatMap(service => [
      `addprinc -randkey -requires_preauth +ok_as_delegate ${service}/localhost`,
      `ktadd -k ${this.keytab} ${service}/localhost`,
    ]);
    const perEnctype = Object.keys(ENCTYPES).flatMap(enctype => [
      `addprinc -pw pw-u-${enctype} -e ${enctype}:normal u-${enctype}`,
      `addprinc -randkey -requires_preauth -e ${enctype}:normal svc-${enctype}/localhost`,
      `ktadd -k ${this.keytab} -norandkey svc-${enctype}/localhost`,
    ]);
    return [...users, ...services, ...perEnctype];
  }

  async #daemon(command: string, args: readonly string[], port: number): Promise<void> {
    const moreLog = (): string =>
      existsSync(`${this.path}/kdc.log`) ? readFileSync(`${this.path}/kdc.log`, 'utf8') : '';
    this.#daemons.push(await Daemon.start({ command, configure: () => args, port, env: this.environment, moreLog }));
  }
}
