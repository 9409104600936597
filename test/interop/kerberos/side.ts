import { createEngine, type EngineOptions } from 'secur32/engine';
import {
  type AuthData,
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  channelBindings,
  SECBUFFER,
  SECPKG_ATTR,
  type SecBuffer,
  type SecurityFunctionTable,
  tokenBuffer,
} from 'secur32/raw';

/** Our engine as a member of the KDC's realm: its krb5.conf, its keytab. */
export function engineFor(
  kdc: { readonly environment: Readonly<Record<string, string>> },
  options: EngineOptions = {},
): SecurityFunctionTable {
  return createEngine({ ...options, environment: { variables: kdc.environment, ...options.environment } });
}

export interface SideOptions {
  readonly package?: string;
  readonly authData?: AuthData | undefined;
  readonly principal?: string;
  readonly targetName?: string;
  readonly contextReq?: number;
  readonly bindings?: Uint8Array | undefined;
}

/** One side of an exchange through the raw functions. */
export class Side implements AsyncDisposable {
  readonly sspi: SecurityFunctionTable;
  readonly role: 'client' | 'server';
  readonly #credential: CredHandle;
  readonly #options: SideOptions;
  #context: CtxtHandle | undefined;
  #leg: ContextLeg | undefined;

  private constructor(
    sspi: SecurityFunctionTable,
    role: 'client' | 'server',
    credential: CredHandle,
    options: SideOptions,
  ) {
    this.sspi = sspi;
    this.role = role;
    this.#credential = credential;
    this.#options = options;
  }

  static async open(sspi: SecurityFunctionTable, role: 'client' | 'server', options: SideOptions = {}): Promise<Side> {
    const { authData, package: packageName = 'Kerberos', principal } = options;
    const { credential } = await sspi.acquireCredentialsHandle({
      package: packageName,
      credentialUse: role === 'client' ? 'outbound' : 'inbound',
      ...(authData && { authData }),
      ...(principal !== undefined && { principal }),
    });
    return new Side(sspi, role, credential, options);
  }

  get context(): CtxtHandle {
    if (!this.#context) throw new Error('there is no context');
    return this.#context;
  }

  /** Of the last leg. */
  get attributes(): number {
    return this.#leg?.contextAttr ?? 0;
  }

  async step(token?: Uint8Array): Promise<{ readonly done: boolean; readonly token?: Uint8Array }> {
    const { bindings, contextReq = 0, targetName = 'HTTP/localhost' } = this.#options;
    const input: SecBuffer[] = token ? [tokenBuffer(token)] : [];
    if (bindings) {
      input.push({ type: SECBUFFER.CHANNEL_BINDINGS, data: channelBindings({ applicationData: bindings }) });
    }
    const call = { credential: this.#credential, context: this.#context, input, contextReq };
    const leg =
      this.role === 'client'
        ? await this.sspi.initializeSecurityContext({ ...call, targetName })
        : await this.sspi.acceptSecurityContext(call);
    this.#leg = leg;
    this.#context = leg.context;
    const made = leg.output.find(({ type }) => type === SECBUFFER.TOKEN)?.data;
    return { done: leg.status === 0, ...(made?.length && { token: made }) };
  }

  async wrap(data: Uint8Array, qop = 0): Promise<Uint8Array> {
    const sizes = await this.sspi.queryContextAttributes(this.context, SECPKG_ATTR.SIZES);
    const buffers = await this.sspi.encryptMessage(this.context, {
      buffers: [
        tokenBuffer(new Uint8Array(sizes.securityTrailer)),
        { type: SECBUFFER.DATA, data: Uint8Array.from(data) },
        { type: SECBUFFER.PADDING, data: new Uint8Array(sizes.blockSize) },
      ],
      qop,
    });
    return Buffer.concat(buffers.map(buffer => buffer.data));
  }

  /** Token and data apart, without a PADDING buffer. */
  async wrapParts(data: Uint8Array, qop = 0): Promise<[token: Uint8Array, data: Uint8Array]> {
    const { securityTrailer } = await this.sspi.queryContextAttributes(this.context, SECPKG_ATTR.SIZES);
    const buffers = await this.sspi.encryptMessage(this.context, {
      buffers: [tokenBuffer(new Uint8Array(securityTrailer)), { type: SECBUFFER.DATA, data: Uint8Array.from(data) }],
      qop,
    });
    return [buffers[0]!.data, buffers[1]!.data];
  }

  async unwrapParts(token: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
    const buffers = await this.sspi.decryptMessage(this.context, {
      buffers: [tokenBuffer(token), { type: SECBUFFER.DATA, data: Uint8Array.from(data) }],
    });
    return buffers[1]!.data;
  }

  async unwrap(message: Uint8Array): Promise<{ readonly data: Uint8Array; readonly qop: number }> {
    const buffers = await this.sspi.decryptMessage(this.context, {
      buffers: [
        { type: SECBUFFER.STREAM, data: Uint8Array.from(message) },
        { type: SECBUFFER.DATA, data: new Uint8Array(0) },
      ],
    });
    return { data: buffers[1]!.data, qop: buffers.qop };
  }

  async mic(data: Uint8Array): Promise<Uint8Array> {
    const { maxSignature } = await this.sspi.queryContextAttributes(this.context, SECPKG_ATTR.SIZES);
    const buffers = await this.sspi.makeSignature(this.context, {
      buffers: [tokenBuffer(new Uint8Array(maxSignature)), { type: SECBUFFER.DATA, data }],
    });
    return buffers[0]!.data;
  }

  async verify(data: Uint8Array, mic: Uint8Array): Promise<void> {
    await this.sspi.verifySignature(this.context, {
      buffers: [tokenBuffer(mic), { type: SECBUFFER.DATA, data }],
    });
  }

  async sessionKey(): Promise<Uint8Array> {
    return (await this.sspi.queryContextAttributes(this.context, SECPKG_ATTR.SESSION_KEY)).sessionKey;
  }

  async close(): Promise<void> {
    if (this.#context) await this.sspi.deleteSecurityContext(this.#context).catch(() => {});
    await this.sspi.freeCredentialsHandle(this.#credential);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
