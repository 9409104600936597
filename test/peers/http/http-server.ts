import { createHash } from 'node:crypto';
import type { Account } from '../accounts.js';
import type { Daemon } from '../run/daemon.js';
import type { TemporaryFolder } from '../run/folder.js';

export interface HttpServerOptions {
  readonly accounts?: readonly Account[];
  readonly realm?: string;
}

/** A web server of others whose pages ask for HTTP Digest and say `hello PAGE`. */
export abstract class HttpServer implements AsyncDisposable {
  /** `http://localhost:PORT`. */
  readonly origin: string;
  readonly port: number;
  readonly realm: string;
  readonly #daemon: Daemon;
  readonly #folder: TemporaryFolder;

  protected constructor(daemon: Daemon, folder: TemporaryFolder, realm: string) {
    this.#daemon = daemon;
    this.#folder = folder;
    this.port = daemon.port;
    this.origin = `http://localhost:${daemon.port}`;
    this.realm = realm;
  }

  /** What the server said so far. */
  log(): string {
    return this.#daemon.log();
  }

  async close(): Promise<void> {
    await this.#daemon.close();
    this.#folder.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The hashes of RFC 7616 section 3.7, by their names in node:crypto. */
export type Hash = 'md5' | 'sha256' | 'sha512-256';

/** An entry of an htdigest file: the name, the realm and the H(A1) of RFC 7616 section 3.4.2, without -sess. */
export function htdigestLine({ user, password }: Account, realm: string, hash: Hash): string {
  return `${user}:${realm}:${digestOf(hash, `${user}:${realm}:${password}`)}`;
}

export function digestOf(hash: Hash, text: string): string {
  return createHash(hash).update(text).digest('hex');
}
