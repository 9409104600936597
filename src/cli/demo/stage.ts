import type { SaslServer } from '../../context/sasl-server.js';
import type { SecurityFunctionTable } from '../../sspi/function-table.js';
import type { ImapObserver } from '../imap/session.js';
import { type SaslImapServer, startSaslServer } from '../imap/start-sasl-server.js';
import { traceTable } from '../trace/trace-table.js';
import type { ScenePlan } from './plan.js';
import type { DemoEvent, LogonEvent } from './transcript.js';
import { Wiretap } from './wiretap.js';
import { Witness } from './witness.js';

/** What the scenes play on: a server, a wire that can be tampered with, and a witness of both. */
export class Stage {
  readonly record: (event: DemoEvent) => void;
  readonly witness: Witness;
  readonly clientSspi: SecurityFunctionTable;
  /** Who was logged on in this scene, as the server sees it. */
  logon: LogonEvent | undefined;
  /** Why the server refused a logon or ended a connection in this scene. */
  serverError: unknown;
  #server!: SaslImapServer;
  #wiretap!: Wiretap;
  readonly #connections = new Set<Promise<void>>();

  private constructor(sspi: SecurityFunctionTable, record: (event: DemoEvent) => void) {
    this.record = record;
    this.witness = new Witness(record);
    this.clientSspi = traceTable(sspi, call => this.witness.called('client', call));
  }

  /** @param profiles that the server offers. */
  static async open(
    sspi: SecurityFunctionTable,
    record: (event: DemoEvent) => void,
    profiles: readonly string[],
  ): Promise<Stage> {
    const stage = new Stage(sspi, record);
    const serverSspi = traceTable(sspi, call => stage.witness.called('server', call));
    stage.#server = await startSaslServer(serverSspi, { profiles, observe: () => stage.#observer() });
    stage.#wiretap = await Wiretap.listen(stage.#server.port, (from, bytes) => stage.witness.wired(from, bytes));
    return stage;
  }

  /** Where clients connect to. */
  get port(): number {
    return this.#wiretap.port;
  }

  beginScene({ profile, package: packageName, variant, detail, note }: ScenePlan): void {
    this.logon = undefined;
    this.serverError = undefined;
    this.witness.beginScene(profile);
    this.record({ type: 'scene', profile, package: packageName, variant, detail, ...(note && { note }) });
  }

  /** Changes one bit of the client's next message: in what is encrypted, or in the signature, wherever a mechanism puts them. */
  flipNextBit(): void {
    this.#wiretap.changeNext(bytes => {
      const offset = 12;
      const before = bytes[offset] ?? 0;
      bytes[offset] = before ^ 1;
      this.record({ type: 'tamper', offset, before, after: before ^ 1 });
    });
  }

  /** Resolves when the server has done with every connection. */
  async connectionsClosed(): Promise<void> {
    await Promise.all(this.#connections);
  }

  async close(): Promise<void> {
    await this.#wiretap.close();
    await this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #observer(): ImapObserver {
    const { promise, resolve } = settledLater();
    this.#connections.add(promise);
    return {
      sent: line => this.witness.said('server', line),
      loggedOn: sasl => this.#loggedOn(sasl),
      refused: error => {
        this.serverError = error;
      },
      failed: error => {
        this.serverError = error;
      },
      closed: () => {
        this.#connections.delete(promise);
        resolve();
      },
    };
  }

  #loggedOn(sasl: SaslServer): void {
    const { name, domain } = sasl.identity;
    const user = domain ? `${name}@${domain}` : name;
    this.logon = { type: 'logon', user, layer: sasl.layer, ...(sasl.layer !== 'none' && { sendSize: sasl.sendSize }) };
    this.record(this.logon);
  }
}

function settledLater(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}
