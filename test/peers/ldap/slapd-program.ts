import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { PEER_BUILD_ROOT } from '../paths.js';
import { findCommand } from '../presence.js';

const PROFILE = '/etc/apparmor.d/usr.sbin.slapd';
const APPARMOR_SWITCH = '/sys/module/apparmor/parameters/enabled';

/**
 * The slapd to run. Ubuntu confines /usr/sbin/slapd to its own folders, so that it cannot read a configuration anywhere
 * else; the confinement goes by file name, and a copy is free of it.
 */
export function slapdProgram(): string {
  const installed = findCommand('slapd');
  return existsSync(PROFILE) && isAppArmorOn() ? copyOf(installed) : installed;
}

/** A copy of the server, made anew each time so that an upgrade is not missed. */
export function copyOf(installed: string): string {
  mkdirSync(PEER_BUILD_ROOT, { recursive: true });
  const draft = join(PEER_BUILD_ROOT, `.${process.pid}-slapd`);
  const copy = join(PEER_BUILD_ROOT, 'slapd');
  copyFileSync(installed, draft);
  renameSync(draft, copy);
  return copy;
}

function isAppArmorOn(): boolean {
  return existsSync(APPARMOR_SWITCH) && readFileSync(APPARMOR_SWITCH, 'latin1').startsWith('Y');
}
