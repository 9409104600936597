import type { Duplex } from 'node:stream';
import { concatBytes } from '../bytes/concat.js';
import { applicationProtocols } from '../sspi/application-protocols.js';
import { findBuffer, SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import { SspiError, type SspiErrorInit } from '../sspi/error.js';
import { ASC_REQ, ISC_REQ } from '../sspi/flags.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SCHANNEL } from '../sspi/schannel.js';
import { SEC_E, SEC_I, statusName } from '../sspi/status.js';
import type { ByteSource } from './byte-source.js';
import type { Credential } from './credential.js';
import type { ContextRole } from './protection.js';

/** What the handshakes of one connection are made with. */
export interface HandshakeOptions {
  readonly role: ContextRole;
  readonly credential: Credential;
  readonly serverName: string | undefined;
  /** Besides those that every stream asks for. */
  readonly contextReq: number;
  readonly protocols: readonly string[] | undefined;
}

/** The loops of Microsoft Learn, "Creating a Secure Connection Using Schannel", over a connection. */
export class SchannelHandshake {
  readonly #options: HandshakeOptions;
  readonly #wire: Duplex;
  readonly #source: ByteSource;
  readonly #protocols: SecBuffer | undefined;
  context: CtxtHandle | undefined;

  constructor(options: HandshakeOptions, wire: Duplex, source: ByteSource) {
    this.#options = options;
    this.#wire = wire;
    this.#source = source;
    const { protocols } = options;
    if (protocols?.length) {
      this.#protocols = { type: SECBUFFER.APPLICATION_PROTOCOLS, data: applicationProtocols(protocols) };
    }
  }

  get syscall(): string {
    return this.#options.role === 'client' ? 'InitializeSecurityContext' : 'AcceptSecurityContext';
  }

  /**
   * Runs until SEC_E_OK. `token` is what the peer has said already; undefined lets a client begin. What follows the last message
   * of the handshake comes back in `rest`.
   */
  async run(token: Uint8Array | undefined): Promise<{ leg: ContextLeg; rest: Uint8Array }> {
    let pending = token;
    let legs = 0;
    for (;;) {
      const leg = await this.#leg(pending);
      this.context = leg.context ?? this.context;
      if (leg.status === SEC_E.INCOMPLETE_MESSAGE) {
        pending = concatBytes(pending ?? NOTHING, await this.#receive());
        continue;
      }
      this.#send(leg.output);
      const extra = findBuffer(leg.input, SECBUFFER.EXTRA)?.data ?? NOTHING;
      switch (leg.status) {
        case SEC_E.OK:
          return { leg, rest: extra };
        case SEC_I.INCOMPLETE_CREDENTIALS:
          // The same input once more: the handshake goes on without a certificate.
          legs += 1;
          if (legs > MOST_LEGS) throw this.refusal(SEC_E.ILLEGAL_MESSAGE, 'the handshake does not come to an end');
          continue;
        case SEC_I.CONTINUE_NEEDED:
          pending = extra.length > 0 ? extra.slice() : await this.#receive();
          continue;
        default:
          throw this.refusal(SEC_E.UNSUPPORTED_FUNCTION, `a leg ended with ${statusName(leg.status)}`);
      }
    }
  }

  /** Says close_notify. */
  async sayGoodbye(context: CtxtHandle): Promise<Uint8Array> {
    const { sspi } = this.#options.credential;
    const shutdown = Uint8Array.of(SCHANNEL.SHUTDOWN, 0, 0, 0);
    await sspi.applyControlToken(context, [{ type: SECBUFFER.TOKEN, data: shutdown }]);
    const { output } = await this.#leg(undefined);
    return findBuffer(output, SECBUFFER.TOKEN)?.data ?? NOTHING;
  }

  refusal(status: number, detail: string, more: Pick<SspiErrorInit, 'hint' | 'cause'> = {}): SspiError {
    const { provider } = this.#options.credential.sspi;
    return new SspiError({ status, syscall: this.syscall, provider, detail, ...more });
  }

  #leg(token: Uint8Array | undefined): Promise<ContextLeg> {
    const { role, credential, serverName, contextReq } = this.#options;
    const input: SecBuffer[] = token
      ? [
          { type: SECBUFFER.TOKEN, data: token },
          { type: SECBUFFER.EMPTY, data: NOTHING },
        ]
      : [];
    if (this.#protocols) input.push(this.#protocols);
    const call = { credential: credential.handle, context: this.context, input };
    if (role === 'server')
      return credential.sspi.acceptSecurityContext({ ...call, contextReq: contextReq | ASC_FLAGS });
    return credential.sspi.initializeSecurityContext({
      ...call,
      targetName: serverName,
      contextReq: (contextReq | ISC_FLAGS) >>> 0,
    });
  }

  #send(output: readonly SecBuffer[]): void {
    const token = findBuffer(output, SECBUFFER.TOKEN)?.data;
    if (token?.length && !this.#wire.destroyed && !this.#wire.writableEnded) this.#wire.write(token);
  }

  async #receive(): Promise<Uint8Array> {
    const bytes = await this.#source.next();
    if (bytes) return bytes;
    throw this.refusal(SEC_E.INCOMPLETE_MESSAGE, 'the peer closed the connection in the middle of the handshake', {
      hint: 'See what the peer logs: it may want another version of TLS, a certificate, or no TLS at all on this port.',
    });
  }
}

const NOTHING = new Uint8Array(0);
const MOST_LEGS = 8;

const ISC_FLAGS =
  ISC_REQ.SEQUENCE_DETECT | ISC_REQ.REPLAY_DETECT | ISC_REQ.CONFIDENTIALITY | ISC_REQ.EXTENDED_ERROR | ISC_REQ.STREAM;
const ASC_FLAGS =
  ASC_REQ.SEQUENCE_DETECT | ASC_REQ.REPLAY_DETECT | ASC_REQ.CONFIDENTIALITY | ASC_REQ.EXTENDED_ERROR | ASC_REQ.STREAM;
