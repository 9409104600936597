/** One NTLM logon in memory, and the hands of whoever stands between the two. */
import {
  type AccountStore,
  createEngine,
  type EngineEnvironment,
  memoryAccounts,
  type NtlmOptions,
} from 'secur32/engine';
import {
  ASC_REQ,
  type AuthData,
  type ContextAttributeValues,
  type ContextLeg,
  type CtxtHandle,
  channelBindings,
  ISC_REQ,
  type MessageBuffers,
  SECBUFFER,
  type SecBuffer,
  type SecurityFunctionTable,
} from 'secur32/raw';

export const HOST = {
  netbiosName: 'SERVER',
  dnsName: 'server.example.com',
  netbiosDomain: 'EXAMPLE',
  dnsDomain: 'example.com',
} as const;

export const ALICE = { user: 'alice', domain: 'EXAMPLE', password: 'open sesame' } as const;
export const TARGET = 'HTTP/server.example.com';

export const SIGNED: number = ISC_REQ.INTEGRITY;
export const SEALED: number = ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY;

export interface LogonOptions {
  readonly accounts?: AccountStore;
  readonly identity?: AuthData;
  readonly clientNtlm?: NtlmOptions;
  readonly serverNtlm?: NtlmOptions;
  readonly clientEnvironment?: Partial<EngineEnvironment>;
  readonly serverEnvironment?: Partial<EngineEnvironment>;
  /** ISC_REQ bits; {@link SEALED} by default. */
  readonly isc?: number;
  /** ASC_REQ bits; none by default. */
  readonly asc?: number;
  /** {@link TARGET} by default; null for none. */
  readonly targetName?: string | null;
  /** Buffers besides the token. */
  readonly clientInput?: readonly SecBuffer[];
  readonly serverInput?: readonly SecBuffer[];
  /** What becomes of the messages on their way. */
  readonly negotiate?: (bytes: Uint8Array) => Uint8Array;
  readonly challenge?: (bytes: Uint8Array) => Uint8Array;
  readonly authenticate?: (bytes: Uint8Array) => Uint8Array;
}

/** One side of a context that stands. */
export class Endpoint {
  readonly sspi: SecurityFunctionTable;
  readonly leg: ContextLeg;

  constructor(sspi: SecurityFunctionTable, leg: ContextLeg) {
    this.sspi = sspi;
    this.leg = leg;
  }

  get context(): CtxtHandle {
    return this.leg.context;
  }

  attribute<A extends keyof ContextAttributeValues>(attribute: A): Promise<ContextAttributeValues[A]> {
    return this.sspi.queryContextAttributes(this.context, attribute);
  }

  /** The protected message, whole. */
  seal(text: string, qop = 0, sequence = 0): Uint8Array {
    const sealed = this.sspi.encryptMessageSync(this.context, {
      buffers: [tokenOf(new Uint8Array(16)), dataOf(text)],
      qop,
      sequence,
    });
    return Buffer.concat(sealed.map(({ data }) => data));
  }

  open(message: Uint8Array, sequence = 0): { text: string; qop: number } {
    const buffers = [{ type: SECBUFFER.STREAM, data: Uint8Array.from(message) }, dataOf('')];
    const opened = this.sspi.decryptMessageSync(this.context, { buffers, sequence });
    return { text: Buffer.from(opened[1]!.data).toString('utf8'), qop: opened.qop };
  }

  sign(text: string, sequence = 0): Uint8Array {
    const buffers = [tokenOf(new Uint8Array(16)), dataOf(text)];
    return Uint8Array.from(this.sspi.makeSignatureSync(this.context, { buffers, sequence })[0]!.data);
  }

  verify(text: string, signature: Uint8Array, sequence = 0): MessageBuffers {
    return this.sspi.verifySignatureSync(this.context, { buffers: [tokenOf(signature), dataOf(text)], sequence });
  }
}

export interface Logon {
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** As they left their makers. */
  readonly messages: {
    readonly negotiate: Uint8Array;
    readonly challenge: Uint8Array;
    readonly authenticate: Uint8Array;
  };
}

/** The two engines of a logon, with a credential each. */
export class Sides {
  readonly options: LogonOptions;
  readonly clientSspi: SecurityFunctionTable;
  readonly serverSspi: SecurityFunctionTable;

  constructor(options: LogonOptions = {}) {
    this.options = options;
    const accounts = options.accounts ?? memoryAccounts([ALICE]);
    this.clientSspi = createEngine({
      environment: { host: HOST, ...options.clientEnvironment },
      ntlm: options.clientNtlm ?? {},
    });
    this.serverSspi = createEngine({
      accounts,
      environment: { host: HOST, ...options.serverEnvironment },
      ntlm: options.serverNtlm ?? {},
    });
  }

  async initialize(token?: Uint8Array, context?: CtxtHandle): Promise<ContextLeg> {
    const {
      clientInput = [],
      identity = { kind: 'password', ...ALICE },
      isc = SEALED,
      targetName = TARGET,
    } = this.options;
    const { credential } = await this.clientSspi.acquireCredentialsHandle({
      package: 'NTLM',
      credentialUse: 'outbound',
      authData: identity,
    });
    return this.clientSspi.initializeSecurityContext({
      credential,
      contextReq: isc,
      input: token ? [tokenOf(token), ...clientInput] : clientInput,
      ...(targetName !== null && { targetName }),
      ...(context && { context }),
    });
  }

  async accept(token: Uint8Array, context?: CtxtHandle): Promise<ContextLeg> {
    const { asc = 0, isc = SEALED, serverInput = [] } = this.options;
    const { credential } = await this.serverSspi.acquireCredentialsHandle({
      package: 'NTLM',
      credentialUse: 'inbound',
    });
    return this.serverSspi.acceptSecurityContext({
      credential,
      // Datagram style is agreed on before the exchange.
      contextReq: asc | (isc & ISC_REQ.DATAGRAM ? ASC_REQ.DATAGRAM : 0),
      input: [tokenOf(token), ...serverInput],
      ...(context && { context }),
    });
  }
}

/** A whole logon. Rejects with what the side that refuses says. */
export async function logOn(options: LogonOptions = {}): Promise<Logon> {
  const { authenticate: third = same, challenge: second = same, negotiate: first = same } = options;
  const sides = new Sides(options);
  const begun = await sides.initialize();
  const negotiate = outputToken(begun);
  const offered = await sides.accept(first(negotiate));
  const challenge = outputToken(offered);
  const answered = await sides.initialize(second(challenge), begun.context);
  const authenticate = outputToken(answered);
  const accepted = await sides.accept(third(authenticate), offered.context);
  return {
    client: new Endpoint(sides.clientSspi, answered),
    server: new Endpoint(sides.serverSspi, accepted),
    messages: { negotiate, challenge, authenticate },
  };
}

type Change = (bytes: Uint8Array) => Uint8Array;

const same: Change = bytes => bytes;

export function outputToken({ output }: ContextLeg): Uint8Array {
  return output.find(({ type }) => type === SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
}

export function tokenOf(data: Uint8Array): SecBuffer {
  return { type: SECBUFFER.TOKEN, data };
}

export function dataOf(text: string): SecBuffer {
  return { type: SECBUFFER.DATA, data: new Uint8Array(Buffer.from(text, 'utf8')) };
}

/** Channel bindings of a TLS connection that `name` stands for. */
export function bindingsOf(name: string): SecBuffer {
  const applicationData = Buffer.from(`tls-server-end-point:${name}`);
  return { type: SECBUFFER.CHANNEL_BINDINGS, data: channelBindings({ applicationData }) };
}

/** A copy with a 32-bit number at an offset, little-endian, changed. */
export function changeU32(at: number, change: (value: number) => number): Change {
  return bytes => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(change(copy.readUInt32LE(at)) >>> 0, at);
    return copy;
  };
}
