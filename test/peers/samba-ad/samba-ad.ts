import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Account, accounts as everybody } from '../accounts.js';
import { rootPrefix } from '../apt.js';
import { PROJECT_ROOT } from '../paths.js';
import { BoundedProcess } from '../run/bounded-process.js';
import { TemporaryFolder } from '../run/folder.js';
import { runCommand, runOrFail } from '../run/run-command.js';
import { DC_FOLDERS, DC_NAMES, dcConfiguration, realmConfiguration, type StrongAuth } from './dc-config.js';

export interface SambaAdOptions {
  readonly accounts?: readonly Account[];
  /** Signing is demanded when left out. */
  readonly strongAuth?: StrongAuth;
}

/**
 * An Active Directory domain controller by Samba, with a new domain in a folder of its own, on a loopback address of its own: LDAP,
 * Kerberos and SMB are on their usual ports there. It takes root, or sudo without a password, and ten seconds to start.
 */
export class SambaAd implements AsyncDisposable {
  /** `127.x.y.z`; its ports are those of any domain controller. */
  readonly address: string;
  readonly domain: string = DC_NAMES.domain;
  readonly baseDn: string = DC_NAMES.baseDn;
  /** The domain controller's smb.conf, for programs of Samba that work beside it; they have to be root's. */
  readonly config: { readonly path: string; readonly domain: string };
  /** For Kerberos, and for programs that ask winbindd. */
  readonly env: Readonly<Record<string, string>>;
  readonly #process: BoundedProcess;
  readonly #folder: TemporaryFolder;
  #log = '';
  #keytabs = 0;

  private constructor(address: string, running: BoundedProcess, folder: TemporaryFolder, config: string) {
    this.address = address;
    this.config = { path: config, domain: DC_NAMES.domain };
    this.env = clientEnvironment(folder.path);
    this.#process = running;
    this.#folder = folder;
    for (const stream of [running.child.stdout, running.child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString('utf8');
      });
    }
  }

  static async start({ accounts = everybody, strongAuth = 'yes' }: SambaAdOptions = {}): Promise<SambaAd> {
    const folder = new TemporaryFolder('samba-ad');
    try {
      // winbindd takes no folder for its socket that is not its own.
      await asRoot(['mkdir', ...DC_FOLDERS.map(name => join(folder.path, name))]);
      const address = await freeAddress();
      const config = folder.write('smb.conf', dcConfiguration(folder.path, address, strongAuth));
      folder.write('krb5.conf', realmConfiguration(folder.path, address));
      folder.write('passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
      folder.write('group', 'root:x:0:\nnogroup:x:65534:\n');
      await provision(config, address);
      await asRoot(['/usr/bin/python3', FILL, config], JSON.stringify(accounts));
      const running = daemon(folder.path, config);
      const dc = new SambaAd(address, running, folder, config);
      await dc.#opens();
      return dc;
    } catch (cause) {
      await remove(folder);
      throw cause;
    }
  }

  /** krb5.conf for clients and services. */
  get krb5Config(): string {
    return join(this.#folder.path, 'krb5.conf');
  }

  /** Writes the keys of accounts, by their names or those of their services, into a keytab, and answers its name. */
  async exportKeytab(...principals: readonly string[]): Promise<string> {
    const keytab = join(this.#folder.path, `${++this.#keytabs}.keytab`);
    const config = `--configfile=${this.config.path}`;
    for (const principal of principals) {
      await asRoot(['samba-tool', 'domain', 'exportkeytab', keytab, `--principal=${principal}`, config]);
    }
    await asRoot(['chmod', '644', keytab]);
    return keytab;
  }

  /** What Samba said so far: failed logons, too. */
  log(): string {
    return this.#log;
  }

  async close(): Promise<void> {
    // In the foreground it ends with its input, whoever it belongs to.
    this.#process.child.stdin.end();
    await Promise.race([this.#process.exit, delay(PATIENCE, undefined, { ref: false })]);
    await this.#process.stop();
    await remove(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #opens(): Promise<void> {
    const deadline = Date.now() + START_LIMIT;
    for (const port of PORTS) {
      while (!(await isOpen(this.address, port))) {
        if (this.#process.ended || Date.now() > deadline) {
          await this.#process.stop();
          throw new Error(`samba did not start. It said:\n${this.#log}`);
        }
        await delay(50);
      }
    }
  }
}

/** LDAP, Kerberos and SMB. */
const PORTS: readonly number[] = [389, 88, 445];
const FILL = join(PROJECT_ROOT, 'test/peers/samba-ad/fill-domain.py');
/** Milliseconds. */
const START_LIMIT = 60_000;
const PATIENCE = 5000;

/** What makes names of the domain resolve, and shows the way to winbindd. */
function clientEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    KRB5_CONFIG: join(folder, 'krb5.conf'),
    LD_PRELOAD: 'libnss_wrapper.so',
    NSS_WRAPPER_PASSWD: join(folder, 'passwd'),
    NSS_WRAPPER_GROUP: join(folder, 'group'),
    SELFTEST_WINBINDD_SOCKET_DIR: join(folder, 'winbindd'),
  };
}

async function provision(config: string, address: string): Promise<void> {
  await asRoot([
    ...['samba-tool', 'domain', 'provision', `--configfile=${config}`],
    ...[`--realm=${DC_NAMES.realm}`, `--domain=${DC_NAMES.domain}`, '--server-role=dc', '--dns-backend=NONE'],
    ...[`--adminpass=${DC_NAMES.administratorPassword}`, `--host-name=${DC_NAMES.computer}`, `--host-ip=${address}`],
  ]);
}

function daemon(folder: string, config: string): BoundedProcess {
  const variables = Object.entries(clientEnvironment(folder)).map(([name, value]) => `${name}=${value}`);
  const [command = 'env', ...args] = [...privilege(), 'env', ...variables, 'samba', ...SAMBA, `--configfile=${config}`];
  return new BoundedProcess(command, args);
}

const SAMBA: readonly string[] = ['--interactive', '--no-process-group', '--model=standard'];

async function asRoot(words: readonly string[], input?: string): Promise<void> {
  const [command = '', ...args] = [...privilege(), ...words];
  await runOrFail(command, args, { input, env: { PATH: `${process.env['PATH']}:/usr/sbin:/sbin` } });
}

async function remove(folder: TemporaryFolder): Promise<void> {
  const [command = 'rm', ...args] = [...privilege(), 'rm', '-rf', folder.path];
  await runCommand(command, args);
  folder.remove();
}

function privilege(): readonly string[] {
  const prefix = rootPrefix();
  if (prefix === undefined) throw new Error('a domain controller takes root, or sudo without a password');
  return prefix;
}

/** An address of the loopback network on which nobody serves LDAP. */
async function freeAddress(): Promise<string> {
  for (;;) {
    const part = (): number => 1 + Math.floor(Math.random() * 250);
    const address = `127.${part()}.${part()}.${part()}`;
    if (!(await isOpen(address, 389))) return address;
  }
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
