import type {
  AcquireCredentialsCall,
  ContextLeg,
  CredHandle,
  CtxtHandle,
  SecBuffer,
  SecurityFunctionTable,
} from 'secur32/raw';
import { findBuffer, SEC_E, SEC_I, SECBUFFER, tokenBuffer } from 'secur32/raw';

/** One side of an exchange. */
export interface Side {
  readonly table: SecurityFunctionTable;
  readonly credential: AcquireCredentialsCall;
  readonly contextReq: number;
  readonly input?: readonly SecBuffer[];
}

export interface ClientSide extends Side {
  readonly targetName?: string;
}

/** Two contexts that have talked to each other, and how to be rid of them. */
export class Handshake implements AsyncDisposable {
  readonly client: Party;
  readonly server: Party;

  private constructor(client: Party, server: Party) {
    this.client = client;
    this.server = server;
  }

  /** Exchanges tokens until both sides are done. What fails is thrown, and leaves nothing behind. */
  static async run(clientSide: ClientSide, serverSide: Side): Promise<Handshake> {
    const client = new Party(clientSide, await acquire(clientSide));
    const inbound = await acquire(serverSide).catch(async error => {
      await client.close();
      throw error;
    });
    const server = new Party(serverSide, inbound);
    const handshake = new Handshake(client, server);
    try {
      let token = await client.initialize(clientSide.targetName);
      while (token.length > 0) {
        const answer = await server.accept(token);
        if (answer.length === 0 || client.done) break;
        token = await client.initialize(clientSide.targetName, answer);
      }
      return handshake;
    } catch (error) {
      await handshake[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    await this.server.close();
  }
}

/** A side with its handles. */
export class Party {
  readonly table: SecurityFunctionTable;
  readonly credential: CredHandle;
  readonly #side: Side;
  leg: ContextLeg | undefined;
  #context: CtxtHandle | undefined;

  constructor(side: Side, credential: CredHandle) {
    this.table = side.table;
    this.credential = credential;
    this.#side = side;
  }

  get context(): CtxtHandle {
    if (this.#context === undefined) throw new Error('there is no context');
    return this.#context;
  }

  get done(): boolean {
    return this.leg?.status === SEC_E.OK;
  }

  async initialize(targetName: string | undefined, token?: Uint8Array): Promise<Uint8Array> {
    const input = [...(token === undefined ? [] : [tokenBuffer(token)]), ...(this.#side.input ?? [])];
    return this.#take(
      await this.table.initializeSecurityContext({
        credential: this.credential,
        contextReq: this.#side.contextReq,
        input,
        ...(targetName !== undefined && { targetName }),
        ...(this.#context !== undefined && { context: this.#context }),
      }),
    );
  }

  async accept(token: Uint8Array): Promise<Uint8Array> {
    return this.#take(
      await this.table.acceptSecurityContext({
        credential: this.credential,
        contextReq: this.#side.contextReq,
        input: [tokenBuffer(token), ...(this.#side.input ?? [])],
        ...(this.#context !== undefined && { context: this.#context }),
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#context !== undefined) await this.table.deleteSecurityContext(this.#context);
    await this.table.freeCredentialsHandle(this.credential);
  }

  #take(leg: ContextLeg): Uint8Array {
    this.leg = leg;
    this.#context = leg.context;
    const expected: number[] = [SEC_E.OK, SEC_I.CONTINUE_NEEDED];
    if (!expected.includes(leg.status)) throw new Error(`unexpected status ${leg.status.toString(16)}`);
    return findBuffer(leg.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
  }
}

async function acquire({ table, credential }: Side): Promise<CredHandle> {
  return (await table.acquireCredentialsHandle(credential)).credential;
}
