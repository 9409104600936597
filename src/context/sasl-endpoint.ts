import type { Duplex } from 'node:stream';
import { ArgumentError, checkString } from '../sspi/arguments.js';
import { SECPKG_ATTR } from '../sspi/attributes.js';
import type { Awaitable } from '../sspi/awaitable.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SASL_OPTION } from '../sspi/sasl.js';
import { agreedPackage } from './agreed-package.js';
import type { Credential } from './credential.js';
import { Exchange, type ExchangeKind, type StepResult } from './exchange.js';
import type { PeerIdentity } from './identity.js';
import { MessageProtection } from './message-protection.js';
import { checkNames, type ProtectionOptions, type ProtectionPolicy } from './policy.js';
import { type ContextRole, layerOf, type SecurityLayer } from './protection.js';
import { SaslLayer } from './sasl-layer.js';

/** Options of both sides of a SASL exchange. */
export interface SaslOptions extends ProtectionOptions {
  /** A SASL mechanism that the provider has a profile of: `DIGEST-MD5`. */
  readonly mechanism: string;
  /** A credential of the mechanism's package, outbound for clients and inbound for servers. */
  readonly credential: Credential;
  /** The protocol's registered service name: `imap`, `ldap`, `smtp` (RFC 4422 4). */
  readonly service: string;
  /**
   * Largest protected buffer that this side takes, in bytes. By default 65,535; with GSS-SPNEGO, in which nobody can tell a peer what to
   * keep to, 16,777,215.
   */
  readonly maxBufferSize?: number;
  /**
   * SEC_CHANNEL_BINDINGS of the TLS connection underneath (`connectionBindings()`): Active Directory may demand them of LDAP over TLS.
   * SEC_E_UNSUPPORTED_FUNCTION for a mechanism that carries none.
   */
  readonly channelBindings?: Uint8Array;
  /** Packages that Negotiate may agree on; by default all. SEC_E_DOWNGRADE_DETECTED for another one. */
  readonly allowedPackages?: readonly string[];
  /** Gives the exchange up, a logon at a domain controller that does not answer too: the step that runs rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What an exchange has ended with. */
interface Outcome {
  readonly packageName: string;
  readonly name: SecurityLayer;
  readonly layer: SaslLayer | undefined;
  readonly sendSize: number;
  readonly receiveSize: number;
}

/** Source: Microsoft Learn, "SaslGetContextOption", SASL_OPTION_RECV_SIZE. */
const DEFAULT_BUFFER_SIZE = 0xffff;

/** Of mechanisms that do not tell the peer a size. Source: the largest that libsasl2 makes, 0xFFFFFF. */
const UNTOLD_BUFFER_SIZES: ReadonlyMap<string, number> = new Map([['GSS-SPNEGO', 0xffffff]]);

const NO_LAYER = { name: 'none', layer: undefined, sendSize: 0, receiveSize: 0 } as const;

/** What the two sides of a SASL exchange have in common. */
export abstract class SaslEndpoint {
  /** As it is registered: upper case. */
  readonly mechanism: string;
  protected readonly policy: ProtectionPolicy;
  protected readonly exchange: Exchange;
  readonly #role: ContextRole;
  readonly #credential: Credential;
  readonly #allowedPackages: readonly string[] | undefined;
  readonly #receiveSize: number;
  #outcome: Outcome | undefined;

  protected constructor(role: ContextRole, options: SaslOptions, policy: ProtectionPolicy, kind: ExchangeKind) {
    const { mechanism, credential } = options;
    this.#role = role;
    this.mechanism = mechanism.toUpperCase();
    this.#credential = credential;
    this.#allowedPackages = options.allowedPackages;
    this.#receiveSize = options.maxBufferSize ?? UNTOLD_BUFFER_SIZES.get(this.mechanism) ?? DEFAULT_BUFFER_SIZE;
    this.policy = policy;
    this.exchange = new Exchange(credential.sspi, kind);
  }

  /**
   * Takes the peer's token and gives the answer: repeat until `done`. Calls wait for each other. A rejected step leaves no context; the
   * error's `token`, where there is one, must still go to the peer.
   *
   * A client owes an answer to each challenge, an empty one where `token` is absent. A server's token that comes with `done` is
   * additional data with success; a protocol without such (IMAP, SMTP, POP3) sends it as one more challenge and expects an
   * empty response (RFC 4422 3.6).
   */
  step(received?: Uint8Array): Promise<StepResult> {
    return this.exchange.step(received);
  }

  /** Whether the package wants no more tokens. That alone is no reason to trust the peer: see {@link established}. */
  get complete(): boolean {
    return this.exchange.complete;
  }

  /** Whether the exchange is complete, has given all that the options require, and the context is open. */
  get established(): boolean {
    return this.exchange.established;
  }

  /** The package: with Negotiate, the one that was agreed, once it is. */
  get packageName(): string {
    const agreed = this.exchange.settled ? this.#outcome?.packageName : undefined;
    return agreed ?? this.#credential.package;
  }

  /** The security layer that was agreed. Throws SEC_E_INVALID_HANDLE before the end of the exchange; so do the sizes. */
  get layer(): SecurityLayer {
    return this.agreed.name;
  }

  /** The most bytes of plaintext in one frame to the peer; 0 without a layer, where nothing is framed. */
  get sendSize(): number {
    return this.agreed.sendSize;
  }

  /** The largest frame that is taken from the peer, in bytes; 0 without a layer. */
  get receiveSize(): number {
    return this.agreed.receiveSize;
  }

  /** The raw handle, for the functions of `secur32/raw`. Throws SEC_E_INVALID_HANDLE while the context is not established. */
  get context(): CtxtHandle {
    return this.exchange.context;
  }

  /**
   * Protects bytes for the peer: frames of `u32be length || protected bytes`, as many as the peer's buffer asks for. Without a layer the
   * bytes are returned as they are. It is CPU work on the bytes given, and done when it returns.
   */
  wrap(bytes: Uint8Array): Uint8Array {
    const { layer } = this.#usable();
    return layer ? layer.wrap(bytes) : bytes;
  }

  /**
   * Takes the peer's next bytes, in any split, and returns the plaintext that is whole by now: often none. Throws SEC_E_INVALID_TOKEN
   * for a frame that is empty or larger than `receiveSize`, as soon as its length is read; SEC_E_MESSAGE_ALTERED and
   * SEC_E_OUT_OF_SEQUENCE for one that is not the peer's next. The context is deleted then: close the connection.
   */
  unwrap(chunk: Uint8Array): Uint8Array {
    const { layer } = this.#usable();
    return layer ? layer.unwrap(chunk) : chunk;
  }

  /**
   * The plain side of a connection: what is written to it is wrapped, what it reads is unwrapped. `head` are bytes that were read from the
   * connection behind the last token. Without a layer it is the connection itself. The stream owns the connection and this
   * context: they end with it. A bad frame destroys it with the `SspiError` of {@link unwrap}.
   */
  protect(duplex: Duplex, head?: Uint8Array): Duplex {
    const { layer } = this.#usable();
    if (layer) return layer.protect(duplex, head);
    if (head?.length) duplex.unshift(head);
    return duplex;
  }

  /** Deletes the context; doing it again is harmless. */
  close(): Promise<void> {
    return this.exchange.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Who the peer, or for a client this side, has proven to be. */
  abstract get identity(): PeerIdentity;
  /** Whom the client acts as; empty where it named nobody besides itself. */
  abstract get authorizationId(): string;

  protected get facts(): object {
    const { mechanism, packageName } = this;
    const facts = { mechanism, package: packageName, state: this.exchange.state };
    return this.exchange.settled ? { ...facts, layer: this.layer } : facts;
  }

  protected get agreed(): Outcome {
    if (!this.#outcome || !this.exchange.settled) throw this.exchange.unusable();
    return this.#outcome;
  }

  /** Fixes the layer, and refuses it where the policy does. Returns the package that was agreed. */
  protected agree(context: CtxtHandle, { contextAttr }: ContextLeg): Awaitable<string> {
    const { exchange } = this;
    this.policy.enforce(exchange, contextAttr);
    const name = layerOf(this.#role, contextAttr);
    const packageName = agreedPackage(exchange, this.#credential, context, this.#allowedPackages);
    if (name !== 'none' || typeof packageName !== 'string') return this.#layOn(context, name, packageName);
    this.#outcome = { ...NO_LAYER, packageName };
    return packageName;
  }

  async #layOn(context: CtxtHandle, name: SecurityLayer, agreed: Awaitable<string>): Promise<string> {
    const { exchange } = this;
    const { sspi } = exchange;
    const packageName = typeof agreed === 'string' ? agreed : await agreed;
    if (name === 'none') {
      this.#outcome = { ...NO_LAYER, packageName };
      return packageName;
    }
    const sizes = await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
    const sendSize = await sspi.saslGetContextOption(context, SASL_OPTION.SEND_SIZE);
    const receiveSize = this.#receiveSize;
    const messages = new MessageProtection(exchange, packageName, name, sizes);
    const layer = new SaslLayer(exchange, messages, { sendSize, receiveSize });
    this.#outcome = { packageName, name, layer, sendSize, receiveSize };
    return packageName;
  }

  #usable(): Outcome {
    if (!this.#outcome || !this.exchange.established) throw this.exchange.unusable();
    return this.#outcome;
  }
}

/** Throws a TypeError for options that are none. */
export function checkSaslOptions({ mechanism, service, maxBufferSize, allowedPackages }: SaslOptions): void {
  checkNames(allowedPackages, 'allowedPackages');
  checkString(mechanism, 'mechanism');
  checkTargetPart(service, 'service');
  if (maxBufferSize !== undefined && (!Number.isInteger(maxBufferSize) || maxBufferSize < 0)) {
    throw new ArgumentError('maxBufferSize must be a number of bytes');
  }
}

/** A service or a host: a part of `service/host`. */
export function checkTargetPart(part: string, option: string): void {
  if (typeof part === 'string' && part !== '' && !part.includes('/')) return;
  throw new ArgumentError(`${option} must be a name without a slash`);
}
