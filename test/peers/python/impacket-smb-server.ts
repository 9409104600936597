import { join } from 'node:path';
import { type Account, accounts as everybody } from '../accounts.js';
import { PROJECT_ROOT } from '../paths.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { PYTHON, writeLegacyConfig } from './python.js';

/**
 * Impacket's SMB server: NTLM in SPNEGO, with the time in the challenge and no signature of the list of mechanisms. It signs with the
 * session key.
 */
export class ImpacketSmbServer implements AsyncDisposable {
  readonly port: number;
  readonly #daemon: Daemon;
  readonly #folder: TemporaryFolder;

  private constructor(daemon: Daemon, folder: TemporaryFolder) {
    this.port = daemon.port;
    this.#daemon = daemon;
    this.#folder = folder;
  }

  static async start({ accounts = everybody }: { readonly accounts?: readonly Account[] } = {}) {
    const folder = new TemporaryFolder('impacket-smb');
    try {
      const list = folder.write('accounts.json', JSON.stringify(accounts));
      const configure = (port: number) => [PROGRAM, String(port), folder.path, list];
      return new ImpacketSmbServer(
        await Daemon.start({ command: PYTHON, configure, env: writeLegacyConfig(folder) }),
        folder,
      );
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }

  log(): string {
    return this.#daemon.log();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.close();
    this.#folder.remove();
  }
}

const PROGRAM = join(PROJECT_ROOT, 'test/peers/python/impacket-smb-server.py');
