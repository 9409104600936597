import { alice } from '../../peers/accounts.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { NtlmAuth } from '../../peers/ntlm/ntlm-auth.js';
import { TemporaryFolder } from '../../peers/run/folder.js';
import { openServer } from '../../peers/tls/openssl.js';
import { TlsCertificate } from '../../peers/tls-certificate.js';
import { toWindowsPath } from './paths.js';

/**
 * What Wine's packages need around them: a Kerberos realm with a ticket of alice and a keytab of services, and an
 * ntlm_auth that takes alice's password. And an `openssl s_server` for Schannel to talk to, which sends lines back reversed.
 */
export class Surroundings implements AsyncDisposable {
  readonly environment: Readonly<{ [name: string]: string }>;
  readonly #parts: readonly AsyncDisposable[];

  private constructor(parts: readonly AsyncDisposable[], environment: { [name: string]: string }) {
    this.#parts = parts;
    this.environment = environment;
  }

  static async start(): Promise<Surroundings> {
    const kdc = await MitKdc.start();
    await kdc.kinit(alice.user, alice.password);
    const ntlm = NtlmAuth.create(alice.password);
    const folder = new TemporaryFolder('gss');
    // Wine's Negotiate trips over further mechanisms that the system's GSSAPI may have, such as gss-ntlmssp.
    const GSS_MECH_CONFIG = folder.write('mech', '');
    const certificate = await TlsCertificate.create();
    const files = ['-cert', certificate.certificate, '-key', certificate.key];
    const { peer, port } = await openServer([...files, '-tls1_2', '-rev']);
    const parts = [kdc, ntlm, folder, peer, certificate];
    return new Surroundings(parts, {
      ...{ ...kdc.environment, ...ntlm.environment, GSS_MECH_CONFIG },
      SECUR32_OPENSSL_PORT: String(port),
      SECUR32_OPENSSL_CERTIFICATE: toWindowsPath(certificate.certificate),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of this.#parts) await part[Symbol.asyncDispose]();
  }
}
