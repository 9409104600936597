import { chmodSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findCommand } from '../presence.js';
import { TemporaryFolder } from '../run/folder.js';

/**
 * A folder with a command `ntlm_auth` that needs no daemon and no domain, for programs that find it in the PATH: Wine's
 * NTLM does all its work through it. As a server Samba's own would ask winbindd; this one checks against one password.
 */
export class NtlmAuth implements AsyncDisposable {
  /** Variables for the program that calls ntlm_auth. */
  readonly environment: Readonly<{ [name: string]: string }>;
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    this.environment = { PATH: [join(folder.path, 'bin'), process.env['PATH'] ?? ''].join(delimiter) };
  }

  /** PASSWORD is the one that the server side takes, of every user. */
  static create(password: string): NtlmAuth {
    const folder = new TemporaryFolder('ntlm-auth');
    for (const name of ['bin', 'state']) mkdirSync(join(folder.path, name));
    const configuration = folder.write('smb.conf', smbConf(join(folder.path, 'state')));
    const script = folder.write(join('bin', 'ntlm_auth'), wrapper(findCommand('ntlm_auth'), configuration, password));
    chmodSync(script, 0o755);
    return new NtlmAuth(folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder.remove();
  }
}

function smbConf(folder: string): string {
  return `[global]
  netbios name = SERVER
  workgroup = DOMAIN
  server role = standalone server
  private dir = ${folder}
  state directory = ${folder}
  cache directory = ${folder}
  lock directory = ${folder}
  pid directory = ${folder}
  log file = ${folder}/log
  # Wine's client has no target information to answer with NTLMv2.
  ntlm auth = ntlmv1-permitted
`;
}

function wrapper(command: string, configuration: string, password: string): string {
  return `#!/bin/sh
for argument; do
  case "$argument" in
    --helper-protocol=squid-2.5-ntlmssp)
      exec ${command} --configfile='${configuration}' --password='${password}' "$@" ;;
  esac
done
exec ${command} --configfile='${configuration}' "$@"
`;
}
