import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TemporaryFolder } from './run/folder.js';
import { runOrFail } from './run/run-command.js';

/** A certificate for localhost and its key, made by the openssl command. It trusts itself. */
export class TlsCertificate implements AsyncDisposable {
  /** File names, PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly #folder: TemporaryFolder;

  private constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    this.certificate = `${folder.path}/certificate.pem`;
    this.key = `${folder.path}/key.pem`;
  }

  static async create(): Promise<TlsCertificate> {
    const made = new TlsCertificate(new TemporaryFolder('certificate'));
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', made.key, '-out', made.certificate];
    await runOrFail('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-sha256',
      ...names,
      ...files,
    ]);
    return made;
  }

  /** Application data of the bindings to a TLS connection of this certificate (RFC 5929 4.1). */
  get endPointBindings(): Uint8Array {
    const { raw } = new X509Certificate(readFileSync(this.certificate));
    return Buffer.concat([Buffer.from('tls-server-end-point:'), createHash('sha256').update(raw).digest()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder.remove();
  }
}
