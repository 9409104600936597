import { hostname } from 'node:os';
import { Credential } from '../../context/credential.js';
import { SaslServer } from '../../context/sasl-server.js';
import { SspiError } from '../../sspi/error.js';
import type { SecurityFunctionTable } from '../../sspi/function-table.js';
import { ImapServer, type ImapServerOptions } from './server.js';

export interface SaslImapServer {
  readonly port: number;
  readonly profiles: readonly string[];
  close(): Promise<void>;
}

/** Profiles that have nothing to go by without TLS, which this server does not speak (RFC 4422 appendix A.4). */
export const TLS_PROFILES: ReadonlySet<string> = new Set(['EXTERNAL']);

export interface SaslImapOptions extends Pick<ImapServerOptions, 'port' | 'observe'> {
  /** The profiles to offer; all that there are credentials for when left out. */
  readonly profiles?: readonly string[];
}

/** An IMAP server that offers SASL profiles of a provider that can be had without TLS, each with a credential of its package. */
export async function startSaslServer(
  sspi: SecurityFunctionTable,
  { profiles: wanted, ...options }: SaslImapOptions,
): Promise<SaslImapServer> {
  const credentials = new Map<string, Credential>();
  for (const profile of wanted ?? (await sspi.saslEnumerateProfiles())) {
    if (TLS_PROFILES.has(profile)) continue;
    const { name } = await sspi.saslGetProfilePackage(profile);
    try {
      credentials.set(profile, await Credential.acquire({ package: name, use: 'inbound', sspi }));
    } catch (error) {
      // Kerberos, on a host without a keytab.
      if (wanted || !(error instanceof SspiError) || error.code !== 'SEC_E_NO_CREDENTIALS') throw error;
    }
  }
  const profiles = [...credentials.keys()];
  const server = await ImapServer.listen({
    ...options,
    mechanisms: profiles,
    createSasl: mechanism => {
      const credential = credentials.get(mechanism) as Credential;
      return SaslServer.create({ mechanism, credential, service: 'imap', host: HOSTS });
    },
  });
  return {
    port: server.port,
    profiles,
    async close() {
      await server.close();
      for (const credential of credentials.values()) await credential.close();
    },
  };
}

/** The names that clients may call this host by: the service that a client means to reach must be this one. */
const HOSTS: readonly string[] = ['localhost', '127.0.0.1', hostname()];
