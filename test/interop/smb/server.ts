import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Credential, ServerContext, SspiError } from 'secur32';
import { SECPKG_ATTR, type SecurityFunctionTable } from 'secur32/raw';
import {
  COMMAND,
  checkSignature,
  DIALECTS,
  decodeMessage,
  encodeResponse,
  fields,
  frame,
  HEADER_LENGTH,
  messagesOf,
  NT_STATUS,
  SIGNING_REQUIRED,
  type SmbMessage,
  sign,
} from './message.js';

/** What a connection has come to. */
export interface SmbVisit {
  /** Who logged on. */
  user?: string;
  /** Signed requests whose signature was right. */
  signed: number;
  /** What the connection ended with, where that was a mistake of the client. */
  failure?: unknown;
}

/** A server of SMB 2.1 with one share, IPC$, that demands signatures and checks them. It speaks first in SPNEGO, as servers of SMB do. */
export class SmbServer implements AsyncDisposable {
  readonly visits: SmbVisit[] = [];
  readonly #credential: Credential;
  readonly #server: Server;

  private constructor(credential: Credential) {
    this.#credential = credential;
    this.#server = createServer(socket => void this.#visit(socket));
  }

  static async start(credential: Credential): Promise<SmbServer> {
    const started = new SmbServer(credential);
    await once(started.#server.listen(0, '127.0.0.1'), 'listening');
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
  }

  async #visit(socket: Socket): Promise<void> {
    const visit: SmbVisit = { signed: 0 };
    this.visits.push(visit);
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    await using context = new ServerContext(this.#credential);
    const session = new Session(this.#credential, context, visit);
    try {
      for await (const message of messagesOf(socket)) socket.write(frame(await session.answer(message)));
    } catch (error) {
      visit.failure = error;
    }
    socket.destroy();
  }
}

const SESSION_ID = 0x1234n;

class Session {
  readonly #sspi: SecurityFunctionTable;
  readonly #context: ServerContext;
  readonly #visit: SmbVisit;
  #key: Uint8Array | undefined;

  constructor({ sspi }: Credential, context: ServerContext, visit: SmbVisit) {
    this.#sspi = sspi;
    this.#context = context;
    this.#visit = visit;
  }

  async answer(raw: Buffer): Promise<Buffer> {
    const request = decodeMessage(raw);
    if (this.#key) {
      checkSignature(raw, this.#key);
      this.#visit.signed += 1;
    }
    const made = await this.#made(request);
    const { command, messageId } = request;
    const sessionId = command === COMMAND.NEGOTIATE ? 0n : SESSION_ID;
    const response = encodeResponse({ command, messageId, sessionId, treeId: 1, ...made });
    return this.#key ? sign(response, this.#key) : response;
  }

  async #made({ body, command }: SmbMessage): Promise<Pick<SmbMessage, 'body' | 'status'>> {
    switch (command) {
      case COMMAND.NEGOTIATE:
        return { body: negotiated((await this.#context.step()).token!) };
      case COMMAND.SESSION_SETUP:
        return this.#logOn(body.subarray(24));
      case COMMAND.TREE_CONNECT:
        // A share of pipes, with all rights.
        return { body: fields([2, 16], [1, 2], [1, 0], [4, 0], [4, 0], [4, 0x1f01ff]) };
      case COMMAND.TREE_DISCONNECT:
      case COMMAND.LOGOFF:
        return { body: fields([2, 4], [2, 0]) };
      default:
        return { body: fields([2, 9], [2, 0], [4, 0], [1, 0]), status: NT_STATUS.NOT_SUPPORTED };
    }
  }

  async #logOn(received: Buffer): Promise<Pick<SmbMessage, 'body' | 'status'>> {
    const context = this.#context;
    try {
      const { done, token } = await context.step(received);
      if (!done) return { body: setUp(token), status: NT_STATUS.MORE_PROCESSING_REQUIRED };
      const key = await this.#sspi.queryContextAttributes(context.context, SECPKG_ATTR.SESSION_KEY);
      this.#key = key.sessionKey;
      this.#visit.user = context.identity.name;
      return { body: setUp(token) };
    } catch (error) {
      if (!(error instanceof SspiError)) throw error;
      return { body: setUp(error.token), status: NT_STATUS.LOGON_FAILURE };
    }
  }
}

/** [MS-SMB2] 2.2.4. */
function negotiated(hints: Uint8Array): Buffer {
  const guid = Buffer.alloc(16, 7);
  const most = 0x1_0000;
  return Buffer.concat([
    fields([2, 65], [2, SIGNING_REQUIRED], [2, DIALECTS[1]!], [2, 0]),
    guid,
    fields([4, 0], [4, most], [4, most], [4, most], [8, 0], [8, 0], [2, HEADER_LENGTH + 64], [2, hints.length], [4, 0]),
    hints,
  ]);
}

/** [MS-SMB2] 2.2.6. */
function setUp(token: Uint8Array = new Uint8Array(0)): Buffer {
  return Buffer.concat([fields([2, 9], [2, 0], [2, HEADER_LENGTH + 8], [2, token.length]), token]);
}
