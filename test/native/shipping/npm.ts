import { execFileSync } from 'node:child_process';

export interface NpmOptions {
  /** The folder to run in. */
  readonly cwd: string;
  /** A folder for npm's own files, so that the user's settings have no say. */
  readonly home: string;
}

/** Runs npm to its end, on every system, and answers what it printed. Throws when it fails. */
export function npm(args: readonly string[], { cwd, home }: NpmOptions): string {
  // The npm that runs these tests, or the one of the PATH, which on Windows is a script for the shell.
  const script = process.env['npm_execpath'];
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  const shell = command === 'npm' && process.platform === 'win32';
  const env = { ...process.env, npm_config_cache: home, npm_config_userconfig: home };
  return execFileSync(command, [...first, ...args], { cwd, env, shell, encoding: 'utf8', stdio: 'pipe' });
}
