import { type Account, accounts, REALM } from '../accounts.js';
import { TemporaryFolder } from '../run/folder.js';
import { runOrFail } from '../run/run-command.js';

export interface CyrusDatabaseOptions {
  readonly realm?: string;
  readonly accounts?: readonly Account[];
}

/** The accounts of a libsasl2 server, in a `sasldb` of their own, and the configuration that points there. */
export class CyrusDatabase implements AsyncDisposable {
  readonly realm: string;
  /** What a libsasl2 server needs in its environment to use these accounts. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: TemporaryFolder;

  private constructor(realm: string, folder: TemporaryFolder) {
    this.realm = realm;
    this.#folder = folder;
    this.env = { SASL_CONF_PATH: folder.path };
  }

  static async create(options: CyrusDatabaseOptions = {}): Promise<CyrusDatabase> {
    const folder = new TemporaryFolder('sasldb');
    const database = new CyrusDatabase(options.realm ?? REALM, folder);
    const file = `${folder.path}/sasldb2`;
    const config = `pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: ${file}\n`;
    // A server reads the file that its application is named after.
    for (const application of ['sasl-peer', 'sample']) folder.write(`${application}.conf`, config);
    for (const { user, password } of options.accounts ?? accounts) {
      await runOrFail('saslpasswd2', ['-p', '-c', '-f', file, '-u', database.realm, user], { input: password });
    }
    return database;
  }

  async close(): Promise<void> {
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
