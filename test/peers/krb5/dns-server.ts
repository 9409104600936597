import { Daemon } from '../run/daemon.js';

/** An SRV record: `_kerberos._tcp.TEST.EXAMPLE`. */
export interface SrvRecord {
  readonly name: string;
  readonly target: string;
  readonly port: number;
  readonly priority?: number;
  readonly weight?: number;
}

/** dnsmasq with these records and no others, on 127.0.0.1 over UDP and TCP. */
export class DnsServer implements AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly #daemon: Daemon;

  private constructor(daemon: Daemon) {
    this.#daemon = daemon;
    this.address = `127.0.0.1:${daemon.port}`;
  }

  static async start(records: readonly SrvRecord[]): Promise<DnsServer> {
    const srv = records.map(
      ({ name, target, port, priority = 0, weight = 0 }) =>
        `--srv-host=${name},${target},${port},${priority},${weight}`,
    );
    const configure = (port: number): string[] => [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      '--pid-file=',
      '--local=/example/',
      '--log-facility=-',
      '--log-queries',
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
      `--port=${port}`,
      ...srv,
    ];
    return new DnsServer(await Daemon.start({ command: 'dnsmasq', configure }));
  }

  log(): string {
    return this.#daemon.log();
  }

  async close(): Promise<void> {
    await this.#daemon.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
