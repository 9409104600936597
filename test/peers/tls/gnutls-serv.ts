import { setTimeout as delay } from 'node:timers/promises';
import { compile } from '../run/compile.js';
import { Daemon } from '../run/daemon.js';

/**
 * `gnutls-serv --echo`: it sends back each line. A line `**REHANDSHAKE**` makes it renegotiate (TLS 1.2), `**REAUTH**` ask for a
 * certificate (TLS 1.3, after the handshake).
 */
export class GnutlsServ implements AsyncDisposable {
  readonly port: number;
  readonly #daemon: Daemon;

  private constructor(daemon: Daemon) {
    this.#daemon = daemon;
    this.port = daemon.port;
  }

  /** `certificate` and `key`: PEM file names. */
  static async start(certificate: string, key: string, args: readonly string[] = []): Promise<GnutlsServ> {
    const shim = await compile('test/peers/tls/loopback-only.c', 'loopback-only.so', ['-shared', '-fPIC', '-ldl']);
    const files = ['--x509certfile', certificate, '--x509keyfile', key];
    const daemon = await Daemon.start({
      command: 'gnutls-serv',
      configure: port => ['--echo', '--port', String(port), ...files, ...args],
      env: { LD_PRELOAD: shim },
    });
    return new GnutlsServ(daemon);
  }

  /** What it has said of its connections. */
  log(): string {
    return this.#daemon.log();
  }

  /** Waits until it has said a text, which may be a moment after a client has heard from it. */
  async logs(text: string): Promise<void> {
    while (!this.log().includes(text)) await delay(10);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.close();
  }
}
