import { join } from 'node:path';
import { PROJECT_ROOT } from '../paths.js';
import { Daemon } from '../run/daemon.js';
import { TemporaryFolder } from '../run/folder.js';
import { runOrFail } from '../run/run-command.js';
import type { MitKdc } from './mit-kdc.js';

/** FreeIPA's KDC proxy ([MS-KKDCP]) in front of a KDC, on `https://localhost`, with a certificate of its own. */
export class KdcProxy implements AsyncDisposable {
  readonly url: string;
  /** PEM file of the certificate that the proxy's own is checked against. */
  readonly anchor: string;
  readonly #daemon: Daemon;
  readonly #folder: TemporaryFolder;

  private constructor(daemon: Daemon, folder: TemporaryFolder, anchor: string) {
    this.#daemon = daemon;
    this.#folder = folder;
    this.anchor = anchor;
    this.url = `https://localhost:${daemon.port}/KdcProxy`;
  }

  static async start(kdc: MitKdc): Promise<KdcProxy> {
    const folder = new TemporaryFolder('kdcproxy');
    try {
      const [certificate, key] = [`${folder.path}/cert.pem`, `${folder.path}/key.pem`];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const files = ['-keyout', key, '-out', certificate];
      await runOrFail('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files]);
      const { name, kdcPort } = kdc.realm;
      const config = folder.write('proxy.conf', `[${name}]\nkerberos = kerberos+tcp://127.0.0.1:${kdcPort}\n`);
      const script = join(PROJECT_ROOT, 'test/peers/krb5/kdc-proxy.py');
      const configure = (port: number): string[] => [script, String(port), certificate, key];
      const daemon = await Daemon.start({ command: PYTHON, configure, env: { KDCPROXY_CONFIG: config } });
      return new KdcProxy(daemon, folder, certificate);
    } catch (cause) {
      folder.remove();
      throw cause;
    }
  }

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

/** The system's, which Debian's Python packages are for. */
const PYTHON = '/usr/bin/python3';
