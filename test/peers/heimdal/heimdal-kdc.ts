import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENCTYPES } from '../krb5/krb5-files.js';
import { HEIMDAL_FOLDER } from '../paths.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { freePort } from '../run/port.js';
import { type RunResult, runCommand, runOrFail } from '../run/run-command.js';
import { type HeimdalSite, kdcConf, krb5Conf } from './heimdal-files.js';

export const HEIMDAL_REALM = 'HEIMDAL.EXAMPLE';

/**
 * Heimdal's KDC for one realm, over UDP and TCP: users `alice` and `bob` with the password `pw-NAME`, one user per encryption type
 * (`u-ENCTYPE`), and the services `HTTP/localhost`, `host/localhost` and `svc-ENCTYPE/localhost`, whose keys are in {@link keytab}, a file that Heimdal wrote.
 *
 * @example
 * const kdc = usePeer(() => HeimdalKdc.start());
 * await kdc().kinit('alice', 'pw-alice');
 */
export class HeimdalKdc implements AsyncDisposable {
  readonly #site: HeimdalSite;
  readonly #folder: TemporaryFolder;
  readonly #daemons: Daemon[] = [];

  private constructor(site: HeimdalSite, folder: TemporaryFolder) {
    this.#site = site;
    this.#folder = folder;
  }

  static async start(): Promise<HeimdalKdc> {
    const folder = new TemporaryFolder('heimdal');
    const { path } = folder;
    const kdc = new HeimdalKdc({ realm: HEIMDAL_REALM, path, kdcPort: await freePort() }, folder);
    try {
      await kdc.#start();
      return kdc;
    } catch (cause) {
      await kdc.close();
      throw cause;
    }
  }

  get name(): string {
    return this.#site.realm;
  }

  /** Where its files are. */
  get path(): string {
    return this.#folder.path;
  }

  /** krb5.conf. */
  get config(): string {
    return join(this.path, 'krb5.conf');
  }

  get keytab(): string {
    return join(this.path, 'service.keytab');
  }

  /** What clients need in their environment: Heimdal's, MIT's and ours. */
  get environment(): Record<string, string> {
    return {
      KRB5_CONFIG: this.config,
      KRB5CCNAME: `FILE:${this.path}/ccache`,
      KRB5_KTNAME: `FILE:${this.keytab}`,
      KRB5RCACHEDIR: this.path,
    };
  }

  /** Gets a ticket-granting ticket into a cache file by Heimdal's kinit, and answers its name. */
  async kinit(user: string, password: string, args: readonly string[] = [], cache = 'ccache'): Promise<string> {
    const file = join(this.path, cache);
    const command = ['--password-file=STDIN', '-c', `FILE:${file}`, ...args, user];
    await runOrFail(heimdal('kinit'), command, { env: this.environment, input: `${password}\n` });
    return file;
  }

  /** Runs a client program of Heimdal's. A failing one resolves, too. */
  run(command: 'klist' | 'kgetcred' | 'ktutil', args: readonly string[]): Promise<RunResult> {
    // Debian's klist.heimdal does not know itself by that name.
    const [program, words] = command === 'klist' ? [heimtools, ['klist', ...args]] : [heimdal(command), args];
    return runCommand(program, words, { env: this.environment });
  }

  /** Runs kadmin on the KDC's database. */
  async kadmin(...commands: readonly string[]): Promise<void> {
    await this.#administer(this.#serverConfig(), commands);
  }

  log(): string {
    const files = ['kdc.log', 'default.log'].map(name => join(this.path, name)).filter(existsSync);
    return [...this.#daemons.map(daemon => daemon.log()), ...files.map(file => readFileSync(file, 'utf8'))].join('\n');
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons.splice(0)) await daemon.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    const { kdcPort, path, realm } = this.#site;
    this.#folder.write('krb5.conf', krb5Conf(this.#site));
    const config = this.#serverConfig();
    const env = { KRB5_CONFIG: config };
    const stash = ['-e', 'aes256-cts-hmac-sha1-96', '--random-key', '-k', join(path, 'm-key')];
    await runOrFail(join(HEIMDAL_FOLDER, 'usr/sbin/kstash'), stash, { env });
    await this.#administer(config, [
      `init --realm-max-ticket-life=10h --realm-max-renewable-life=7d ${realm}`,
      ...['alice', 'bob'].map(user => `add --use-defaults --password=pw-${user} ${user}`),
      ...['HTTP/localhost', 'host/localhost'].flatMap(service => this.#service(service)),
    ]);
    for (const enctype of Object.keys(ENCTYPES)) {
      // New principals get keys of the types in the configuration.
      const own = this.#folder.write(`${enctype}.conf`, kdcConf(this.#site, [enctype]));
      const user = `add --use-defaults --password=pw-u-${enctype} u-${enctype}`;
      await this.#administer(own, [user, ...this.#service(`svc-${enctype}/localhost`)]);
    }
    const listen = ['--addresses=127.0.0.1', `--ports=${kdcPort}`];
    await this.#daemon(join(HEIMDAL_FOLDER, 'usr/lib/heimdal-servers/kdc'), ['-c', config, ...listen], kdcPort);
  }

  #service(name: string): string[] {
    return [`add --use-defaults --random-key ${name}`, `ext_keytab -k ${this.keytab} ${name}`];
  }

  #serverConfig(): string {
    return this.#folder.write('kdc.conf', kdcConf(this.#site, Object.keys(ENCTYPES)));
  }

  async #administer(config: string, commands: readonly string[]): Promise<void> {
    const args = ['-l', '-c', config, '-r', this.name];
    const input = `${commands.join('\n')}\n`;
    const { code, stdout, stderr } = await runCommand(heimdal('kadmin'), args, { env: { KRB5_CONFIG: config }, input });
    if (code !== 0 || /^kadmin\S*: /m.test(stderr)) throw new Error(`kadmin: ${stderr}${stdout}`);
  }

  async #daemon(command: string, args: readonly string[], port: number): Promise<void> {
    const env = { KRB5_CONFIG: this.config };
    this.#daemons.push(await Daemon.start({ command, configure: () => args, port, env, moreLog: () => '' }));
  }
}

function heimdal(command: 'kinit' | 'ktutil' | 'kgetcred' | 'kadmin'): string {
  return join(HEIMDAL_FOLDER, 'usr/bin', command === 'kgetcred' ? command : `${command}.heimdal`);
}

const heimtools = join(HEIMDAL_FOLDER, 'usr/bin/heimtools');
