import { createEngine, type EngineOptions, memoryAccounts } from 'secur32/engine';
import {
  ASC_REQ,
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  ISC_REQ,
  SECBUFFER,
  type SecBuffer,
  type SecurityFunctionTable,
} from 'secur32/raw';

export const ALICE = { user: 'alice', password: 'open sesame' } as const;
export const REALM = 'example.com';

/** A clock that tests set, and what else makes an engine. */
export class Clock {
  now = Date.UTC(2030, 0, 1);
  readonly environment = { now: () => this.now };

  pass(seconds: number): void {
    this.now += seconds * 1000;
  }
}

/** What a request is made of; what is left out is an empty buffer. */
export interface RequestParts {
  readonly token?: string;
  readonly method?: string;
  readonly target?: string;
  readonly entityHash?: string;
  readonly entity?: string;
  readonly realm?: string;
  readonly bindings?: Uint8Array;
}

export function tokenBuffer(text: string): SecBuffer {
  return { type: SECBUFFER.TOKEN, data: Buffer.from(text, 'latin1') };
}

function parameter(text = '', encoding: BufferEncoding = 'latin1'): SecBuffer {
  return { type: SECBUFFER.PKG_PARAMS, data: Buffer.from(text, encoding) };
}

/** The buffers of a request for AcceptSecurityContext. */
export function requestBuffers(parts: RequestParts): SecBuffer[] {
  const { token = '', method = 'GET', target, entityHash, entity, realm, bindings } = parts;
  const buffers = [tokenBuffer(token), parameter(method), parameter(target), parameter(entityHash)];
  buffers.push(parameter(realm, 'utf16le'));
  if (entity !== undefined) buffers.push({ type: SECBUFFER.DATA, data: Buffer.from(entity) });
  if (bindings) buffers.push({ type: SECBUFFER.CHANNEL_BINDINGS | SECBUFFER.READONLY, data: bindings });
  return buffers.map(buffer => ({ ...buffer, type: buffer.type >>> 0 }));
}

/** The buffers of MakeSignature and VerifySignature. */
export function signatureBuffers({
  token = '',
  method = 'GET',
  target,
  entityHash,
  entity,
}: RequestParts): SecBuffer[] {
  const buffers = [tokenBuffer(token), parameter(method), parameter(target), parameter(entityHash)];
  buffers.push({ type: SECBUFFER.PADDING, data: new Uint8Array() });
  if (entity !== undefined) buffers.push({ type: SECBUFFER.DATA, data: Buffer.from(entity) });
  return buffers;
}

export function textsOf(output: readonly SecBuffer[]): string[] {
  return output.map(({ data }) => Buffer.from(data).toString('latin1'));
}

export class Server {
  readonly sspi: SecurityFunctionTable;
  readonly #credential: CredHandle;

  private constructor(sspi: SecurityFunctionTable, credential: CredHandle) {
    this.sspi = sspi;
    this.#credential = credential;
  }

  static async create(options: EngineOptions = {}): Promise<Server> {
    const accounts = memoryAccounts([ALICE]);
    const sspi = createEngine({ accounts, ...options, digest: { realms: [REALM], ...options.digest } });
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
    return new Server(sspi, credential);
  }

  accept(parts: RequestParts = {}, flags = 0, context?: CtxtHandle): Promise<ContextLeg> {
    return this.acceptBuffers(requestBuffers(parts), flags, context);
  }

  acceptBuffers(input: SecBuffer[], flags = 0, context?: CtxtHandle): Promise<ContextLeg> {
    const contextReq = (ASC_REQ.HTTP | flags) >>> 0;
    return this.sspi.acceptSecurityContext({
      credential: this.#credential,
      contextReq,
      input,
      ...(context !== undefined && { context }),
    });
  }

  /** The challenges of a server, as text. */
  async challenges(parts: RequestParts = {}, flags = 0): Promise<string[]> {
    const { output, context } = await this.accept({ ...parts, token: '' }, flags);
    await this.sspi.deleteSecurityContext(context);
    return textsOf(output);
  }
}

export interface ClientParts extends Omit<RequestParts, 'token'> {
  readonly targetHost?: string;
}

export class Client {
  readonly sspi: SecurityFunctionTable;
  readonly #credential: CredHandle;

  private constructor(sspi: SecurityFunctionTable, credential: CredHandle) {
    this.sspi = sspi;
    this.#credential = credential;
  }

  static async create(
    identity: { user: string; password: string; domain?: string } = ALICE,
    options: EngineOptions = {},
  ): Promise<Client> {
    const sspi = createEngine(options);
    const { credential } = await sspi.acquireCredentialsHandle({
      package: 'WDigest',
      credentialUse: 'outbound',
      authData: { kind: 'password', ...identity },
    });
    return new Client(sspi, credential);
  }

  initialize(
    challenges: readonly string[],
    parts: ClientParts = {},
    flags = 0,
    context?: CtxtHandle,
  ): Promise<ContextLeg> {
    const { method = 'GET', target = '/', entityHash, entity, bindings, targetHost } = parts;
    const input = [...challenges.map(tokenBuffer), parameter(method), parameter(entityHash)];
    if (entity !== undefined) input.push({ type: SECBUFFER.DATA, data: Buffer.from(entity) });
    if (targetHost !== undefined) input.push({ type: SECBUFFER.TARGET_HOST, data: Buffer.from(targetHost) });
    if (bindings) input.push({ type: SECBUFFER.CHANNEL_BINDINGS, data: bindings });
    return this.sspi.initializeSecurityContext({
      credential: this.#credential,
      targetName: target,
      contextReq: (ISC_REQ.HTTP | flags) >>> 0,
      input,
      ...(context !== undefined && { context }),
    });
  }

  /** The Authorization that answers some challenges. */
  async answer(challenges: readonly string[], parts: ClientParts = {}, flags = 0): Promise<string> {
    const { output, context } = await this.initialize(challenges, parts, flags);
    await this.sspi.deleteSecurityContext(context);
    return textsOf(output)[0] ?? '';
  }

  /** The Authorization of the next request of a context. */
  sign(context: CtxtHandle, parts: RequestParts): string {
    const buffers = this.sspi.makeSignatureSync(context, { buffers: signatureBuffers(parts) });
    return textsOf(buffers.filter(({ type }) => type === SECBUFFER.PADDING))[0] ?? '';
  }
}

/** The value of a directive of a message that the engine has written. */
export function directive(message: string, name: string): string | undefined {
  return new RegExp(`(?:^|, )${name.replace('*', '\\*')}=(?:"([^"]*)"|([^,]*))`)
    .exec(message)
    ?.slice(1)
    .find(value => value !== undefined);
}
