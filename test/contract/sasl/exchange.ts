import type { ContextLeg, CredHandle, CtxtHandle, SaslContextOptions, SecurityFunctionTable } from 'secur32/raw';
import { findBuffer, SEC_E, SECBUFFER, tokenBuffer } from 'secur32/raw';
import type { ClientSide, Side } from '../../native/windows/handshake.js';

/** What a leg gave. */
export interface SaslStep {
  readonly side: 'client' | 'server';
  readonly status: number;
  readonly token: Uint8Array;
}

export interface ExchangeTerms {
  readonly client?: SaslContextOptions;
  readonly server?: SaslContextOptions;
  /** What becomes of a token on its way; `leg` counts from 0. */
  readonly tamper?: (leg: number, token: Uint8Array) => Uint8Array;
}

/** A whole exchange by the Sasl functions: legs of both sides in turn, the client's first. */
export class SaslExchange implements AsyncDisposable {
  readonly client: SaslParty;
  readonly server: SaslParty;
  readonly steps: SaslStep[] = [];

  private constructor(client: SaslParty, server: SaslParty) {
    this.client = client;
    this.server = server;
  }

  /** What fails is thrown, and leaves nothing behind. */
  static async run(clientSide: ClientSide, serverSide: Side, terms: ExchangeTerms = {}): Promise<SaslExchange> {
    const { tamper = (_leg, token) => token } = terms;
    const client = await SaslParty.open(clientSide, terms.client ?? {}, clientSide.targetName);
    const server = await SaslParty.open(serverSide, terms.server ?? {});
    const exchange = new SaslExchange(client, server);
    try {
      let token: Uint8Array | undefined;
      for (let leg = 0; !(client.done && server.done); leg++) {
        const side = leg % 2 === 0 ? 'client' : 'server';
        const answer = await exchange[side].step(token);
        exchange.steps.push({ side, status: exchange[side].leg!.status, token: answer });
        token = tamper(leg, answer);
      }
      return exchange;
    } catch (error) {
      await exchange[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.server.close();
  }
}

/** One side of a SASL exchange. */
export class SaslParty {
  readonly table: SecurityFunctionTable;
  readonly #side: Side;
  readonly #credential: CredHandle;
  readonly #options: SaslContextOptions;
  readonly #targetName: string | undefined;
  leg: ContextLeg | undefined;

  private constructor(side: Side, credential: CredHandle, options: SaslContextOptions, targetName: string | undefined) {
    this.table = side.table;
    this.#side = side;
    this.#credential = credential;
    this.#options = options;
    this.#targetName = targetName;
  }

  static async open(side: Side, options: SaslContextOptions, targetName?: string): Promise<SaslParty> {
    const { credential } = await side.table.acquireCredentialsHandle(side.credential);
    return new SaslParty(side, credential, options, targetName);
  }

  get context(): CtxtHandle {
    return this.leg!.context;
  }

  get done(): boolean {
    return this.leg?.status === SEC_E.OK;
  }

  async step(token: Uint8Array | undefined): Promise<Uint8Array> {
    const call = {
      credential: this.#credential,
      ...(this.leg !== undefined && { context: this.leg.context }),
      input: token === undefined ? [] : [tokenBuffer(token)],
      options: this.#options,
      contextReq: this.#side.contextReq,
    };
    this.leg =
      this.#targetName === undefined
        ? await this.table.saslAcceptSecurityContext(call)
        : await this.table.saslInitializeSecurityContext({ ...call, targetName: this.#targetName });
    return findBuffer(this.leg.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
  }

  async close(): Promise<void> {
    if (this.leg !== undefined) await this.table.deleteSecurityContext(this.leg.context);
    await this.table.freeCredentialsHandle(this.#credential);
  }
}
