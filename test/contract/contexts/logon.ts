import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  ServerContext,
  type ServerContextOptions,
} from 'secur32';
import type { Mechanism } from '../mechanisms.js';
import type { Pair } from '../pairs.js';
import { TARGET } from '../people.js';

/** A logon by the contexts that people use, each on the functions of its side. */
export class Logon implements AsyncDisposable {
  readonly client: ClientContext;
  readonly server: ServerContext;
  readonly #credentials: readonly Credential[];

  private constructor(client: ClientContext, server: ServerContext, credentials: readonly Credential[]) {
    this.client = client;
    this.server = server;
    this.#credentials = credentials;
  }

  /** Steps until both are done; what fails is thrown, and leaves nothing behind. */
  static async run(
    pair: Pair,
    mechanism: Mechanism,
    client: Partial<ClientContextOptions> = {},
    server: ServerContextOptions = {},
  ): Promise<Logon> {
    const identity = mechanism.authData ?? { kind: 'current' };
    const of = { package: mechanism.package };
    const outbound = await Credential.acquire({ ...of, use: 'outbound', identity, sspi: pair.clientTable });
    const inbound = await Credential.acquire({ ...of, use: 'inbound', sspi: pair.serverTable });
    const logon = new Logon(
      new ClientContext(outbound, { targetName: TARGET, ...client }),
      new ServerContext(inbound, server),
      [outbound, inbound],
    );
    try {
      await logon.#exchange();
      return logon;
    } catch (error) {
      await logon[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #exchange(): Promise<void> {
    let { token, done } = await this.client.step();
    while (token !== undefined) {
      const answer = await this.server.step(token);
      if (done || answer.token === undefined) return;
      ({ token, done } = await this.client.step(answer.token));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.server.close();
    for (const credential of this.#credentials) await credential.close();
  }
}
