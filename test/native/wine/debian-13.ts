import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootPrefix } from '../../peers/apt.js';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { runOrFail } from '../../peers/run/run-command.js';
import { WINE_ROOT } from './paths.js';
import { hostWine, parseVersion, type WineInstallation } from './wine.js';

/** The first Wine with a server side in Schannel. */
const WANTED = 10;

/** Whether `currentWine` has a chance on this machine. */
export async function canHaveCurrentWine(): Promise<boolean> {
  return (await isCurrent()) || rootPrefix() !== undefined;
}

/**
 * Wine 10 or newer: this machine's own, or the one of Debian 13 in a folder below `build/`, which is made on first use
 * (two minutes, 2.6 GB) and runs 32-bit programs, too. Throws where there is no root for that.
 */
export async function currentWine(): Promise<WineInstallation> {
  if (await isCurrent()) return hostWine();
  const root = rootPrefix();
  if (root === undefined) throw new Error('Wine 10 comes with Debian 13; to unpack that here takes root');
  if (!existsSync(FOLDER)) await unpack(root);
  const prefixCommand = enter(root, FOLDER);
  return { prefixCommand, version: parseVersion(await run([...prefixCommand, 'wine', '--version'])), programs32: true };
}

async function isCurrent(): Promise<boolean> {
  return Number.parseInt((await hostWine()).version, 10) >= WANTED;
}

/** Unpacks Debian 13 with Wine for 64-bit and 32-bit programs, and with what its packages call. */
async function unpack(root: readonly string[]): Promise<void> {
  mkdirSync(WINE_ROOT, { recursive: true });
  const draft = `${FOLDER}.draft`;
  await run([...root, 'rm', '--recursive', '--force', draft]);
  await run([...root, 'debootstrap', '--variant=minbase', `--include=${PACKAGES.join()}`, 'trixie', draft]);
  const inside = (...words: string[]): Promise<string> => run([...enter(root, draft), ...words]);
  await inside('sh', '-c', 'echo 127.0.0.1 localhost >/etc/hosts');
  await inside('dpkg', '--add-architecture', 'i386');
  await inside('apt-get', '--quiet', 'update');
  await inside('apt-get', '--quiet', 'install', '--yes', '--no-install-recommends', 'wine32:i386');
  await inside('apt-get', 'clean');
  await run([...root, 'mv', draft, FOLDER]);
}

/**
 * The command before a command that is to have the folder as its root. The project and the folder of temporary files
 * are where they are outside; the mounts end with the command.
 */
function enter(root: readonly string[], folder: string): string[] {
  const script = `root=$0 project=$1 temporary=$2
    for path in /proc /dev "$temporary" "$project"; do
      mkdir -p "$root$path"
      mount --rbind "$path" "$root$path"
    done
    shift 2
    exec chroot "$root" "$@"`;
  const isolate = ['unshare', '--mount', '--propagation', 'private'];
  return [...root, ...isolate, 'sh', '-ec', script, folder, PROJECT_ROOT, tmpdir()];
}

async function run([command = '', ...args]: readonly string[]): Promise<string> {
  return runOrFail(command, args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
}

const FOLDER: string = join(WINE_ROOT, 'debian-13');
const PACKAGES: readonly string[] = ['wine', 'wine64', 'winbind', 'libgssapi-krb5-2'];
