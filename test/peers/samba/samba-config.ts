import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from '../run/folder.js';

export interface SambaConfigOptions {
  /** NetBIOS domain; `TESTDOM` when left out. */
  readonly domain?: string;
  /** NetBIOS name of this machine; `TESTSRV` when left out. */
  readonly computer?: string;
  /** More parameters of smb.conf: `{ 'client ntlmv2 auth': 'no' }`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** An smb.conf for a machine that is in no domain, with all of Samba's files in a folder of its own. */
export class SambaConfig implements AsyncDisposable {
  readonly domain: string;
  /** The smb.conf. */
  readonly path: string;
  readonly #folder = new TemporaryFolder('samba');

  private constructor({ domain = 'TESTDOM', computer = 'TESTSRV', parameters = {} }: SambaConfigOptions) {
    this.domain = domain;
    const folder = this.#folder;
    const directories = DIRECTORIES.map(([parameter, name]) => {
      mkdirSync(join(folder.path, name));
      return [parameter, join(folder.path, name)] as const;
    });
    const all: Readonly<Record<string, string>> = {
      'netbios name': computer,
      workgroup: domain,
      'server role': 'standalone server',
      'ntlm auth': 'ntlmv1-permitted',
      'log file': join(folder.path, 'log'),
      ...Object.fromEntries(directories),
      ...parameters,
    };
    const lines = Object.entries(all).map(([name, value]) => `  ${name} = ${value}\n`);
    this.path = folder.write('smb.conf', `[global]\n${lines.join('')}`);
  }

  static async create(options: SambaConfigOptions = {}): Promise<SambaConfig> {
    return new SambaConfig(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder.remove();
  }
}

const DIRECTORIES: readonly (readonly [parameter: string, name: string])[] = [
  ['private dir', 'private'],
  ['state directory', 'state'],
  ['cache directory', 'cache'],
  ['lock directory', 'lock'],
  ['pid directory', 'run'],
];
