import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
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

/**
 * One Wine with one prefix (a Windows of its own), kept in `build/wine` between runs. Several test runs may use it side
 * by side. Its server ends by itself some seconds after the last program.
 */
export class Wine {
  readonly version: string;
  readonly major: number;
  readonly programs32: boolean;
  readonly #installation: WineInstallation;
  readonly #prefix: string;

  private constructor(installation: WineInstallation, prefix: string) {
    this.#installation = installation;
    this.version = installation.version;
    this.programs32 = installation.programs32;
    this.major = Number.parseInt(installation.version, 10);
    this.#prefix = prefix;
  }

  /** Makes the prefix when there is none; that takes some seconds. */
  static async open(installation: WineInstallation): Promise<Wine> {
    const prefix = join(WINE_ROOT, `prefix-${installation.version}`);
    if (!existsSync(prefix)) await createPrefix(installation, prefix);
    return new Wine(installation, prefix);
  }

  /** Runs a Windows program to its end or to the limit. */
  async run({ command, args, env, output, limit }: WineRun): Promise<WineExit> {
    closeSync(openSync(output, 'w'));
    await this.#startServices();
    const running = start(this.#installation, this.#prefix, ['wine', command, ...args], env, output);
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

  /**
   * Wine's services (64-bit programs, also where the program has 32 bits) keep the output of the program that starts them: when
   * one of them crashes, that must not be read as a crash of the program.
   */
  async #startServices(): Promise<void> {
    await start(this.#installation, this.#prefix, ['wine', 'cmd', '/c', 'exit'], {}, `${this.#prefix}.log`).exit;
  }
}

async function createPrefix(installation: WineInstallation, prefix: string): Promise<void> {
  const draft = `${prefix}.${process.pid}`;
  const log = `${draft}.log`;
  mkdirSync(draft, { recursive: true });
  const run = async (...words: string[]): Promise<void> => {
    const code = await start(installation, draft, words, {}, log).exit;
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${readFileSync(log, 'utf8')}`);
  };
  await run('wine', 'wineboot', '--init');
  // Node refuses to start on the Windows 7 that Wine 8 claims to be.
  await run('wine', 'reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f');
  await run('wineserver', '--wait');
  renameSync(draft, prefix);
}

function start(
  { prefixCommand }: WineInstallation,
  prefix: string,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  output: string,
): BoundedProcess {
  const variables = {
    HOME: WINE_ROOT,
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // No menus and no files of the desktop, no crash dumps, no offers to install Mono or Gecko.
    WINEDLLOVERRIDES: 'winemenubuilder.exe,winedbg.exe,mscoree,mshtml=d',
    ...env,
  };
  // By env, as sudo in front of it would drop what is merely inherited.
  const words = ['env', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...command];
  const script = 'exec "$0" "$@" >>"$WINE_OUTPUT" 2>&1 </dev/null';
  const running = new BoundedProcess('sh', ['-c', script, ...prefixCommand, ...words], {
    env: { WINE_OUTPUT: output },
  });
  running.child.stdin.end();
  return running;
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
