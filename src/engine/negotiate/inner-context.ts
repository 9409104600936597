import type { Sizes } from '../../sspi/attribute-values.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import { bufferType, findBuffer, SECBUFFER, type SecBuffer, tokenBuffer } from '../../sspi/buffers.js';
import { ASC_RET, ISC_RET } from '../../sspi/flags.js';
import { SEC_E, SEC_I, statusName } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { InitializeLeg, LegResult, PackageContext, SecurityPackage } from '../security-package.js';
import { chain } from './chain.js';
import type { Mechanism } from './mechanisms.js';

export type NegotiateRole = 'client' | 'server';

/** The context of the mechanism that is tried or agreed on. */
export class InnerContext {
  readonly package: SecurityPackage;
  readonly context: PackageContext;
  readonly #integrityFlag: number;
  #last: LegResult;
  #token: Uint8Array | undefined;

  private constructor(mechanism: Mechanism, role: NegotiateRole, context: PackageContext, first: LegResult) {
    this.package = mechanism.package;
    this.context = context;
    this.#integrityFlag = role === 'client' ? ISC_RET.INTEGRITY : ASC_RET.INTEGRITY;
    this.#last = first;
  }

  /** The mechanism's first leg. `token` is undefined where a client begins. */
  static begin(
    mechanism: Mechanism,
    role: NegotiateRole,
    leg: InitializeLeg,
    token?: Uint8Array,
  ): Awaitable<InnerContext> {
    const { credential } = mechanism;
    const input = innerLeg(leg, token);
    const begun = role === 'client' ? credential.initialize?.(input) : credential.accept?.(input);
    if (!begun)
      throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${mechanism.package.info.name} has no ${role} side`);
    return chain(begun, first => {
      const inner = new InnerContext(mechanism, role, first.context, first);
      try {
        inner.#take(first);
      } catch (error) {
        inner.close();
        throw error;
      }
      return inner;
    });
  }

  /** A later leg; answers the token that it has for the peer. */
  step(leg: InitializeLeg, token: Uint8Array): Awaitable<Uint8Array | undefined> {
    return chain(this.context.step(innerLeg(leg, token)), result => {
      this.#take(result);
      return this.takeToken();
    });
  }

  /** What the last leg gave. */
  get last(): LegResult {
    return this.#last;
  }

  /** Whether the mechanism wants no more tokens. */
  get done(): boolean {
    return this.#last.status === SEC_E.OK;
  }

  /** What the last leg has to say to the peer; undefined where that is nothing, or was taken already. */
  takeToken(): Uint8Array | undefined {
    const token = this.#token;
    this.#token = undefined;
    return token;
  }

  /** Whether the mechanism can sign the list of mechanisms. */
  get hasIntegrity(): boolean {
    return this.done && (this.#last.contextAttr & this.#integrityFlag) !== 0;
  }

  /** Whether the mechanism wants the list signed, whatever was preferred ([MS-SPNG] 3.2.5.1). */
  get requiresListMic(): boolean {
    return this.hasIntegrity && this.context.requiresMechListMic === true;
  }

  signList(list: Uint8Array): Uint8Array {
    const { context } = this;
    if (context.signMechList) return context.signMechList(list);
    const sizes = context.queryAttribute(SECPKG_ATTR.SIZES) as Sizes | undefined;
    const room = new Uint8Array(sizes?.maxSignature ?? 0);
    const signed = context.makeSignature?.({ buffers: [tokenBuffer(room), dataBuffer(list)] });
    const mic = findBuffer(signed, SECBUFFER.TOKEN)?.data;
    if (!mic)
      throw new PackageError(SEC_E.INTERNAL_ERROR, `${this.package.info.name} cannot sign the list of mechanisms`);
    return mic;
  }

  /** Throws SEC_E_MESSAGE_ALTERED where the peer has not signed this list. */
  verifyList(list: Uint8Array, mic: Uint8Array): void {
    const { context } = this;
    if (context.verifyMechList) {
      context.verifyMechList(list, mic);
      return;
    }
    const buffers = [tokenBuffer(Uint8Array.from(mic)), dataBuffer(list)];
    if (!context.verifySignature?.({ buffers })) {
      throw new PackageError(SEC_E.INTERNAL_ERROR, `${this.package.info.name} cannot verify the list of mechanisms`);
    }
  }

  close(): void {
    this.context.close();
  }

  /** The tokens of a mechanism are whole: it is content, or wants the peer's next one. */
  #take(result: LegResult): void {
    const { status, output } = result;
    if (status !== SEC_E.OK && status !== SEC_I.CONTINUE_NEEDED) {
      const { name } = this.package.info;
      throw new PackageError(SEC_E.INVALID_TOKEN, `${name} answered ${statusName(status)} to a whole token`);
    }
    this.#last = result;
    const data = findBuffer(output, SECBUFFER.TOKEN)?.data;
    this.#token = data?.length ? data : undefined;
  }
}

/** The leg as the mechanism sees it: its own token in place of SPNEGO's, and the other buffers as they are. */
function innerLeg(leg: InitializeLeg, token: Uint8Array | undefined): InitializeLeg {
  const input: SecBuffer[] = leg.input.filter(buffer => bufferType(buffer) !== SECBUFFER.TOKEN);
  if (token !== undefined) input.unshift(tokenBuffer(token));
  return { ...leg, input };
}

function dataBuffer(list: Uint8Array): SecBuffer {
  return { type: SECBUFFER.DATA, data: Uint8Array.from(list) };
}
