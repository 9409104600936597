import type { Sizes } from '../sspi/attribute-values.js';
import { SECPKG_ATTR } from '../sspi/attributes.js';
import { type SecBuffer, tokenBuffer } from '../sspi/buffers.js';
import type { ContextLeg } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E } from '../sspi/status.js';
import { agreedPackage } from './agreed-package.js';
import type { Credential } from './credential.js';
import { Exchange, type ExchangeKind, type StepResult } from './exchange.js';
import { bindingBuffers, checkBindings } from './extended-protection.js';
import { MessageProtection } from './message-protection.js';
import { checkNames, type ProtectionOptions, ProtectionPolicy } from './policy.js';
import { type ContextRole, grantedProtections, layerOf, type Protection } from './protection.js';

/** Options of both sides. */
export interface PeerContextOptions extends ProtectionOptions {
  /** SEC_CHANNEL_BINDINGS of the TLS connection underneath, as `channelBindings()` of `secur32/raw` makes them. */
  readonly channelBindings?: Uint8Array;
  /** Packages that Negotiate may agree on; by default all. SEC_E_DOWNGRADE_DETECTED for another one. */
  readonly allowedPackages?: readonly string[];
  /** Gives the exchange up, a logon at a domain controller that does not answer too: the step that runs rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What an exchange has ended with. */
interface Outcome {
  readonly packageName: string;
  readonly flags: number;
  readonly protections: ReadonlySet<Protection>;
  readonly expiry: Date | undefined;
  readonly messages: MessageProtection | undefined;
}

/** What the contexts of clients and servers have in common. */
export abstract class PeerContext {
  readonly #role: ContextRole;
  readonly #credential: Credential;
  readonly #allowedPackages: readonly string[] | undefined;
  readonly #channelBindings: Uint8Array | undefined;
  protected readonly policy: ProtectionPolicy;
  protected readonly exchange: Exchange;
  #outcome: Outcome | undefined;

  protected constructor(role: ContextRole, credential: Credential, options: PeerContextOptions, kind: ExchangeKind) {
    checkNames(options.allowedPackages, 'allowedPackages');
    checkBindings(credential, options.channelBindings, kind.syscall);
    this.#role = role;
    this.#credential = credential;
    this.#allowedPackages = options.allowedPackages;
    this.#channelBindings = options.channelBindings;
    this.policy = new ProtectionPolicy(role, options);
    this.exchange = new Exchange(credential.sspi, kind);
  }

  /**
   * Takes the peer's token and gives the answer: repeat until `done`. Calls wait for each other. A rejected step leaves no context; the
   * error's `token`, where there is one, must still go to the peer.
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
    return this.#settled?.packageName ?? this.#credential.package;
  }

  /** ISC_RET or ASC_RET bits; 0 before the end of the exchange. */
  get flags(): number {
    return this.#settled?.flags ?? 0;
  }

  /** What the exchange has given; empty before its end. */
  get protections(): ReadonlySet<Protection> {
    return this.#settled?.protections ?? new Set();
  }

  /** Sizes in bytes; undefined before the end of the exchange, and where the context protects no messages. */
  get sizes(): Sizes | undefined {
    return this.#settled?.messages?.sizes;
  }

  /** When the context ends to be good; undefined where it never does. */
  get expiry(): Date | undefined {
    return this.#settled?.expiry;
  }

  /** The raw handle, for the functions of `secur32/raw`. Throws SEC_E_INVALID_HANDLE while the context is not established. */
  get context(): CtxtHandle {
    return this.exchange.context;
  }

  /** Encrypts and signs: the protected message, whole. Rejects with SEC_E_QOP_NOT_SUPPORTED without confidentiality. */
  async encrypt(plaintext: Uint8Array): Promise<Uint8Array> {
    return this.#messages().encrypt(plaintext);
  }

  /**
   * Checks and decrypts a whole protected message. Rejects with SEC_E_MESSAGE_ALTERED or SEC_E_OUT_OF_SEQUENCE for a message
   * that is not the peer's next one, and with SEC_E_QOP_NOT_SUPPORTED for one that was signed only.
   */
  async decrypt(message: Uint8Array): Promise<Uint8Array> {
    return this.#messages().decrypt(message);
  }

  /** Signs: the signature alone. Rejects with SEC_E_QOP_NOT_SUPPORTED without integrity. */
  async sign(message: Uint8Array): Promise<Uint8Array> {
    return this.#messages().sign(message);
  }

  /** Checks a signature of the peer; rejects with SEC_E_MESSAGE_ALTERED or SEC_E_OUT_OF_SEQUENCE where it does not hold. */
  async verify(message: Uint8Array, signature: Uint8Array): Promise<void> {
    return this.#messages().verify(message, signature);
  }

  /** Deletes the context; doing it again is harmless. */
  close(): Promise<void> {
    return this.exchange.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Whose context it is, and how far it has come: what util.inspect shows. */
  protected get facts(): object {
    return { package: this.packageName, state: this.exchange.state, protections: [...this.protections] };
  }

  protected inputBuffers(received: Uint8Array | undefined): SecBuffer[] {
    const token: SecBuffer[] = received === undefined ? [] : [tokenBuffer(received)];
    return this.#channelBindings ? [...token, ...bindingBuffers(this.#channelBindings)] : token;
  }

  /** Fixes the outcome, and refuses it where the policy does. Returns the package that was agreed. */
  protected async establish(context: CtxtHandle, leg: ContextLeg): Promise<string> {
    const { sspi } = this.exchange;
    const flags = leg.contextAttr;
    this.policy.enforce(this.exchange, flags);
    const packageName = await agreedPackage(this.exchange, this.#credential, context, this.#allowedPackages);
    const layer = layerOf(this.#role, flags);
    const protections = grantedProtections(this.#role, flags);
    const messages =
      layer === 'none'
        ? undefined
        : new MessageProtection(
            this.exchange,
            packageName,
            layer,
            await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES),
          );
    this.#outcome = { packageName, flags, protections, expiry: leg.expiry, messages };
    return packageName;
  }

  /** What the policy has let through. */
  get #settled(): Outcome | undefined {
    return this.exchange.settled ? this.#outcome : undefined;
  }

  #messages(): MessageProtection {
    // The getter refuses a context that is not established.
    void this.exchange.context;
    const messages = this.#settled?.messages;
    if (!messages) throw this.exchange.refusal(SEC_E.QOP_NOT_SUPPORTED, 'the context protects no messages');
    return messages;
  }
}
