import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPresent } from '../presence.js';
import { TemporaryFolder } from '../run/folder.js';
import { runCommand, runOrFail } from '../run/run-command.js';

export interface ChromiumOptions {
  /** Authorities that this browser trusts besides its own: PEM file names. */
  readonly authorities?: readonly string[];
  /** Hosts that may ask for Negotiate or NTLM with the credentials of the environment; none when left out. */
  readonly authServers?: readonly string[];
  /** Hosts that Kerberos tickets may be delegated to; none when left out. */
  readonly delegateTo?: readonly string[];
  /** More environment: that of GSS-API mechanisms. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Page {
  /** What the body of the page holds when its scripts have done, with its markup; empty where no page came. */
  readonly body: string;
  /** Why no page came, like `ERR_CERT_DATE_INVALID`. */
  readonly error: string | undefined;
}

/**
 * Chromium without a screen, with a profile of its own: each page is loaded by a process of its own, and the profile goes on from one to
 * the next.
 *
 * @example
 * await using browser = await Chromium.start({ authorities: [certificateFile('ca.pem')] });
 * const { body } = await browser.load(`https://localhost:${port}/`);
 */
export class Chromium implements AsyncDisposable {
  readonly #folder = new TemporaryFolder('chromium');
  readonly #options: ChromiumOptions;

  private constructor(options: ChromiumOptions) {
    this.#options = options;
  }

  static async start(options: ChromiumOptions = {}): Promise<Chromium> {
    const browser = new Chromium(options);
    try {
      await browser.#trust(options.authorities ?? []);
      browser.#delegate(options.delegateTo ?? []);
      if (options.authServers?.length) await browser.#warmUp();
    } catch (cause) {
      browser.#folder.remove();
      throw cause;
    }
    return browser;
  }

  /** Loads a page, `https://user:password@host/` included, and answers what has become of it; a page that cannot be loaded is one, too. */
  async load(url: string): Promise<Page> {
    const { authServers = [], env } = this.#options;
    const home = this.#folder.path;
    const profile = [`--user-data-dir=${home}/profile`, `--auth-server-allowlist=${authServers.join(',')}`];
    const { stdout, stderr } = await runCommand(
      COMMANDS.find(isPresent) ?? COMMANDS[0],
      [...SWITCHES, ...profile, '--dump-dom', url],
      { env: { HOME: home, ...env } },
    );
    const start = stdout.indexOf('<body');
    const body = stdout.slice(stdout.indexOf('>', start) + 1, stdout.lastIndexOf('</body>'));
    const error = /Page load failed: net::(\w+)/.exec(stderr)?.[1];
    if (start < 0 && error === undefined) throw new Error(`${COMMANDS[0]} shows nothing. It said:\n${stderr}`);
    return { body: start < 0 ? '' : body, error };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder.remove();
  }

  /** On Linux authorities of one's own are those of the NSS database in the home folder. */
  async #trust(authorities: readonly string[]): Promise<void> {
    if (authorities.length === 0) return;
    const database = `${this.#folder.path}/.pki/nssdb`;
    mkdirSync(database, { recursive: true });
    await runOrFail('certutil', ['-N', '--empty-password', '-d', `sql:${database}`]);
    for (const file of authorities) {
      await runOrFail('certutil', ['-A', '-d', `sql:${database}`, '-n', file, '-t', 'C,,', '-i', file]);
    }
  }

  /** There is no switch for it, but a setting, as the policy AuthNegotiateDelegateAllowlist makes it. */
  #delegate(hosts: readonly string[]): void {
    mkdirSync(`${this.#folder.path}/profile`, { recursive: true });
    this.#folder.write(
      'profile/Local State',
      JSON.stringify({ auth: { negotiate_delegate_whitelist: hosts.join(',') } }),
    );
  }

  /** A new profile does not answer the first Negotiate challenge that it gets: this one is thrown away. */
  async #warmUp(): Promise<void> {
    const server = createServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await this.load(`http://localhost:${port}/`);
    server.close();
  }
}

/** Debian's name, and Google's build of the same. */
const COMMANDS = ['chromium', 'google-chrome'] as const;

/** No window, no sandbox (which root cannot have), and no talk with anybody but the server of the test. */
const SWITCHES: readonly string[] = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--no-proxy-server',
  '--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost',
  '--enable-logging=stderr',
  '--timeout=20000',
  // The page is read when what its scripts wait for is there, and not when it has loaded.
  '--virtual-time-budget=20000',
];
