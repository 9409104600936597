import {
  Credential,
  type CredentialOptions,
  SaslClient,
  type SaslClientOptions,
  SaslServer,
  type SaslServerOptions,
} from 'secur32';
import { createEngine, type DigestOptions, memoryAccounts } from 'secur32/engine';
import type { SecurityFunctionTable } from 'secur32/raw';

export const PASSWORD = 'open sesame';
export const TARGET = { mechanism: 'DIGEST-MD5', service: 'imap', host: 'mail.example.com' } as const;

export type ServerOptions = Partial<SaslServerOptions>;
export type ClientOptions = Partial<SaslClientOptions> & { readonly password?: string };

/** An engine that knows alice. */
export function aliceEngine(digest: DigestOptions = {}): SecurityFunctionTable {
  const accounts = memoryAccounts([
    { user: 'alice', password: PASSWORD, sid: 'S-1-5-21-1-2-3-1001', groups: [{ sid: 'S-1-5-21-1-2-3-513' }] },
  ]);
  return createEngine({ accounts, digest: { realms: ['example.com'], ...digest } });
}

export function inbound(sspi: SecurityFunctionTable): Promise<Credential> {
  return Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
}

export function outbound(sspi: SecurityFunctionTable, password: string = PASSWORD): Promise<Credential> {
  const options: CredentialOptions = {
    package: 'WDigest',
    use: 'outbound',
    sspi,
    identity: { kind: 'password', user: 'alice', password },
  };
  return Credential.acquire(options);
}

/** Both sides of an exchange that has not begun. */
export class SaslPair {
  readonly client: SaslClient;
  readonly server: SaslServer;
  readonly #credentials: readonly Credential[];

  private constructor(client: SaslClient, server: SaslServer, credentials: readonly Credential[]) {
    this.client = client;
    this.server = server;
    this.#credentials = credentials;
  }

  static async create(client: ClientOptions = {}, server: ServerOptions = {}, sspi = aliceEngine()): Promise<SaslPair> {
    const { password, ...clientOptions } = client;
    const [serverCredential, clientCredential] = await Promise.all([inbound(sspi), outbound(sspi, password)]);
    return new SaslPair(
      await SaslClient.create({ ...TARGET, credential: clientCredential, ...clientOptions }),
      await SaslServer.create({ ...TARGET, credential: serverCredential, ...server }),
      [serverCredential, clientCredential],
    );
  }

  /** The same, logged on. */
  static async established(client: ClientOptions = {}, server: ServerOptions = {}): Promise<SaslPair> {
    const pair = await SaslPair.create(client, server);
    await pair.logOn();
    return pair;
  }

  /** Challenge, response, rspauth. Rejects as the side that fails does. */
  async logOn(): Promise<void> {
    const challenge = await this.server.step();
    const response = await this.client.step(challenge.token);
    const success = await this.server.step(response.token);
    await this.client.step(success.token);
  }

  async close(): Promise<void> {
    await Promise.all([this.client.close(), this.server.close()]);
    for (const credential of this.#credentials) await credential.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
