import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPresent } from '../../peers/presence.js';
import { BoundedProcess } from '../../peers/run/bounded-process.js';
import { runOrFail } from '../../peers/run/run-command.js';
import { WINE_ROOT } from './paths.js';

export interface WineRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Receives stdout and stderr. A file, because libuv for Windows cannot open a Unix pipe. */
  readonly output: string;
  /** Milliseconds. */
  readonly limit: number;
}

export interface WineExit {
  /** The low eight bits of the Windows exit code; 128 after a signal. */
  readonly code: number;
  readonly timedOut: boolean;
}

/** A way to start Wine: the command line in front of a command of the Wine package. */
export interface WineInstallation {
  readonly prefixCommand: readonly string[];
  readonly version: string;
  readonly programs32: boolean;
}

/** One Wine with one prefix (a Windows of its own), kept in `build/wine` between runs. */
export class Wine implements AsyncDisposable {
  readonly version: string;
  readonly major: number;
  readonly programs32: boolean;
  readonly #installation: WineInstallation;
  readonly #prefix: string;

  private constructor(installation: WineInstallation) {
    this.#installation = installation;
    this.version = installation.version;
    this.programs32 = installation.programs32;
    this.major = Number.parseInt(installation.version, 10);
    this.#prefix = join(WINE_ROOT, `prefix-${installation.version}`);
  }

  /** Makes the prefix when there is none; that takes some seconds. */
  static async open(installation: WineInstallation): Promise<Wine> {
    const wine = new Wine(installation);
    if (!existsSync(join(wine.#prefix, READY))) await wine.#create();
    return wine;
  }

  /** Runs a Windows program to its end or to the limit. */
  async run({ command, args, env, output, limit }: WineRun): Promise<WineExit> {
    closeSync(openSync(output, 'w'));
    const running = this.#start(['wine', command, ...args], env, output);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      running.kill('SIGKILL');
    }, limit);
    try {
      return { code: await running.exit, timedOut };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends every process of this prefix. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#start(['wineserver', '--kill'], {}, '/dev/null').exit;
    await this.#start(['wineserver', '--wait'], {}, '/dev/null').exit;
  }

  async #create(): Promise<void> {
    mkdirSync(this.#prefix, { recursive: true });
    const log = join(WINE_ROOT, `prefix-${this.version}.log`);
    const run = async (...args: string[]): Promise<void> => {
      const code = await this.#start(['wine', ...args], {}, log).exit;
      if (code !== 0) throw new Error(`wine ${args.join(' ')} ended with ${code}: ${readFileSync(log, 'utf8')}`);
    };
    await run('wineboot', '--init');
    // Node refuses to start on the Windows 7 that Wine 8 claims to be.
    await run('reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f');
    await this.#start(['wineserver', '--wait'], {}, log).exit;
    await runOrFail('touch', [join(this.#prefix, READY)]);
  }

  #start(args: readonly string[], env: Readonly<Record<string, string>>, output: string): BoundedProcess {
    const words = [...this.#installation.prefixCommand, ...args];
    const running = new BoundedProcess('sh', ['-c', `exec "$0" "$@" >>"$WINE_OUTPUT" 2>&1 </dev/null`, ...words], {
      env: {
        HOME: WINE_ROOT,
        WINEPREFIX: this.#prefix,
        WINEDEBUG: '-all',
        // No menus and no files of the desktop, no crash dumps, no offers to install Mono or Gecko.
        WINEDLLOVERRIDES: 'winemenubuilder.exe,winedbg.exe,mscoree,mshtml=d',
        WINE_OUTPUT: output,
        ...env,
      },
    });
    running.child.stdin.end();
    return running;
  }
}

/** The Wine of this machine. Throws when there is none. */
export async function hostWine(): Promise<WineInstallation> {
  const version = parseVersion(await runOrFail('wine', ['--version']));
  return { prefixCommand: [], version, programs32: isPresent('/usr/lib/*/wine/i386-unix') };
}

/** `wine-8.0 (Debian 8.0~repack-4)` -> `8.0`. */
export function parseVersion(text: string): string {
  const version = /wine-(\d+\.\d+)/.exec(text)?.[1];
  if (version === undefined) throw new Error(`what version of Wine is this: ${text}`);
  return version;
}

const READY = 'ready';
