import { concatBytes } from '../../bytes/concat.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import { findBuffer, SECBUFFER, type SecBuffer, tokenBuffer } from '../../sspi/buffers.js';
import { ASC_REQ, ISC_REQ } from '../../sspi/flags.js';
import type { ContextLeg, SecurityFunctionTable } from '../../sspi/function-table.js';
import type { CredHandle, CtxtHandle } from '../../sspi/handles.js';
import { SCHANNEL } from '../../sspi/schannel.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import type { Side } from './transcript.js';

export interface TlsSideOptions {
  readonly role: Side;
  readonly sspi: SecurityFunctionTable;
  readonly credential: CredHandle;
  /** What a server asks for besides: MUTUAL_AUTH. */
  readonly serverReq: number;
  /** Takes what the side says. */
  readonly send: (bytes: Uint8Array) => void;
}

/**
 * One side of a Schannel connection in the loop that Microsoft Learn documents ("Creating a Secure Connection Using Schannel"), written
 * out over the raw functions. What it says goes to `send`.
 */
export class TlsSide {
  readonly role: Side;
  readonly sspi: SecurityFunctionTable;
  readonly credential: CredHandle;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #serverReq: number;
  #context: CtxtHandle | undefined;
  #pending: Uint8Array = NOTHING;
  done = false;
  /** ISC_RET or ASC_RET bits. */
  contextAttr = 0;

  constructor({ role, sspi, credential, serverReq, send }: TlsSideOptions) {
    this.role = role;
    this.sspi = sspi;
    this.credential = credential;
    this.#serverReq = serverReq;
    this.#send = send;
  }

  get context(): CtxtHandle {
    if (this.#context === undefined) throw new Error(`the ${this.role} has no context`);
    return this.#context;
  }

  /** Takes what the peer has sent; without it a client begins. */
  async handshake(received?: Uint8Array): Promise<void> {
    if (received) this.#pending = concatBytes(this.#pending, received);
    for (;;) {
      const leg = await this.#leg(received && this.#pending);
      this.#context = leg.context;
      this.contextAttr = leg.contextAttr;
      if (leg.status === SEC_E.INCOMPLETE_MESSAGE) return;
      const token = findBuffer(leg.output, SECBUFFER.TOKEN)?.data;
      if (token?.length) this.#send(token);
      if (leg.status === SEC_I.INCOMPLETE_CREDENTIALS) continue;
      this.#pending = findBuffer(leg.input, SECBUFFER.EXTRA)?.data.slice() ?? NOTHING;
      this.done = leg.status === SEC_E.OK;
      if (this.done || this.#pending.length === 0) return;
    }
  }

  async encrypt(plaintext: Uint8Array): Promise<Uint8Array> {
    const { header, trailer } = await this.sspi.queryContextAttributes(this.context, SECPKG_ATTR.STREAM_SIZES);
    const sealed = await this.sspi.encryptMessage(this.context, {
      buffers: [
        { type: SECBUFFER.STREAM_HEADER, data: new Uint8Array(header) },
        { type: SECBUFFER.DATA, data: plaintext.slice() },
        { type: SECBUFFER.STREAM_TRAILER, data: new Uint8Array(trailer) },
        EMPTY,
      ],
    });
    return concatBytes(...sealed.map(({ data }) => data));
  }

  /** The next message; undefined after close_notify. */
  async decrypt(received: Uint8Array): Promise<Uint8Array | undefined> {
    let pending = concatBytes(this.#pending, received);
    this.#pending = NOTHING;
    for (;;) {
      const data = { type: SECBUFFER.DATA, data: pending };
      const opened = await this.sspi.decryptMessage(this.context, { buffers: [data, EMPTY, EMPTY, EMPTY] });
      if (opened.status === SEC_I.CONTEXT_EXPIRED) return undefined;
      pending = findBuffer(opened, SECBUFFER.EXTRA)?.data.slice() ?? NOTHING;
      if (opened.status === SEC_I.RENEGOTIATE) {
        // A ticket of TLS 1.3, mostly: it goes to the context function.
        const leg = await this.#leg(pending);
        pending = findBuffer(leg.input, SECBUFFER.EXTRA)?.data.slice() ?? NOTHING;
        continue;
      }
      this.#pending = pending;
      return findBuffer(opened, SECBUFFER.DATA)?.data ?? NOTHING;
    }
  }

  /** close_notify. */
  async shutDown(): Promise<Uint8Array> {
    await this.sspi.applyControlToken(this.context, [tokenBuffer(Uint8Array.of(SCHANNEL.SHUTDOWN, 0, 0, 0))]);
    return findBuffer((await this.#leg(undefined)).output, SECBUFFER.TOKEN)?.data ?? NOTHING;
  }

  async delete(): Promise<void> {
    if (this.#context !== undefined) await this.sspi.deleteSecurityContext(this.#context);
    this.#context = undefined;
  }

  #leg(token: Uint8Array | undefined): Promise<ContextLeg> {
    const input: SecBuffer[] = token ? [tokenBuffer(token), EMPTY] : [];
    const call = { credential: this.credential, context: this.#context, input };
    if (this.role === 'server')
      return this.sspi.acceptSecurityContext({ ...call, contextReq: SERVER_FLAGS | this.#serverReq });
    return this.sspi.initializeSecurityContext({ ...call, targetName: 'localhost', contextReq: CLIENT_FLAGS });
  }
}

const NOTHING = new Uint8Array(0);
const EMPTY: SecBuffer = { type: SECBUFFER.EMPTY, data: NOTHING };

const CLIENT_FLAGS = ISC_REQ.CONFIDENTIALITY | ISC_REQ.EXTENDED_ERROR | ISC_REQ.STREAM;
const SERVER_FLAGS = ASC_REQ.CONFIDENTIALITY | ASC_REQ.EXTENDED_ERROR | ASC_REQ.STREAM;
