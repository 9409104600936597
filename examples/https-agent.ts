import { once } from 'node:events';
import { Agent, type AgentOptions, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Credential, type SchannelStream, schannelConnect } from 'secur32';

/**
 * An https.Agent whose TLS is Schannel's: on Windows with the system's own certificate store, smart cards and keys that cannot be exported.
 * Sessions are resumed, for all connections go by one credential, which stays its owner's to close.
 */
export class SchannelAgent extends Agent {
  readonly #credential: Credential;

  constructor(credential: Credential, options: AgentOptions = {}) {
    super({ keepAlive: true, ...options });
    this.#credential = credential;
  }

  override createConnection(
    options: RequestOptions,
    connected: (error: Error | null, stream: Duplex) => void = () => {},
  ): undefined {
    const failed = connected as (error: Error) => void;
    this.#connect(options.host ?? 'localhost', Number(options.port ?? 443)).then(
      stream => connected(null, stream),
      failed,
    );
  }

  async #connect(host: string, port: number): Promise<SchannelStream> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    return schannelConnect(socket, { serverName: host, protocols: ['http/1.1'], credential: this.#credential });
  }
}
