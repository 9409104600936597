import type { NegotiationInfo } from '../../sspi/attribute-values.js';
import { SECPKG_ATTR, SECPKG_NEGOTIATION } from '../../sspi/attributes.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import { type SecBuffer, tokenBuffer } from '../../sspi/buffers.js';
import type { MessageBuffers, MessageCall } from '../../sspi/messages.js';
import type { SecurityToken } from '../../sspi/security-token.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { InitializeLeg, LegResult, PackageContext } from '../security-package.js';
import { chain } from './chain.js';
import { reportAgreed } from './diagnostics.js';
import { Fragments } from './fragments.js';
import type { InnerContext, NegotiateRole } from './inner-context.js';
import type { Mechanism } from './mechanisms.js';
import type { NegTokenResp } from './messages/neg-token-resp.js';
import { encodeNegTokenResp } from './messages/negotiation-token.js';
import { KERBEROS_OID, NTLM_OID } from './messages/oids.js';
import { invalidToken } from './tokens.js';

/** What the two sides of a negotiation have in common. After the last leg the mechanism's context does all the work ([MS-SPNG] 1.4). */
export abstract class NegotiateContext implements PackageContext {
  readonly role: NegotiateRole;
  /** Those that this side could use, most preferred first. */
  protected readonly mechanisms: readonly Mechanism[];
  /** The failure of a package that was passed over; SEC_E_OK where none was. */
  readonly #passedOver: number;
  /** Of the mechanism that is tried, or agreed on. */
  protected inner: InnerContext | undefined;
  /** Whether the mechanism's tokens go without SPNEGO's around them. */
  protected direct = false;
  readonly #fragments: Fragments;
  #over = false;

  protected constructor(role: NegotiateRole, mechanisms: readonly Mechanism[], passedOver: number) {
    this.role = role;
    this.mechanisms = mechanisms;
    this.#passedOver = passedOver;
    this.#fragments = new Fragments(role);
  }

  step(leg: InitializeLeg): Awaitable<LegResult> {
    if (this.#over) {
      throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the negotiation is over', {
        hint: 'What was agreed is not negotiated again: begin a new context for another logon.',
      });
    }
    const whole = this.#fragments.gather(leg);
    if (!whole) return this.result(SEC_I.CONTINUE_NEEDED);
    return chain(this.receive(whole), result => {
      if (result.status === SEC_E.OK) this.#end();
      return result;
    });
  }

  queryAttribute(attribute: number): unknown {
    const inner = this.#agreed();
    switch (attribute) {
      case SECPKG_ATTR.PACKAGE_INFO:
        return inner.package.info;
      case SECPKG_ATTR.NEGOTIATION_INFO:
        return this.#negotiationInfo(inner);
      case SECPKG_ATTR.NEGO_PKG_INFO:
        return { packageMask: this.#missingPackages() };
      case SECPKG_ATTR.NEGO_STATUS:
        return { lastStatus: this.#passedOver };
      default:
        return inner.context.queryAttribute(attribute);
    }
  }

  setAttribute(attribute: number, value: unknown): boolean {
    return this.inner?.context.setAttribute?.(attribute, value) ?? false;
  }

  securityToken(): SecurityToken {
    const { context, package: securityPackage } = this.#agreed();
    if (context.securityToken) return context.securityToken();
    throw new PackageError(SEC_E.NO_IMPERSONATION, `${securityPackage.info.name} does not say who the client is`);
  }

  makeSignature(message: MessageCall): MessageBuffers {
    const { context } = this.#agreed();
    return context.makeSignature?.(message) ?? this.#unsupported('MakeSignature');
  }

  verifySignature(message: MessageCall): MessageBuffers {
    const { context } = this.#agreed();
    return context.verifySignature?.(message) ?? this.#unsupported('VerifySignature');
  }

  encryptMessage(message: MessageCall): Awaitable<MessageBuffers> {
    const { context } = this.#agreed();
    return context.encryptMessage?.(message) ?? this.#unsupported('EncryptMessage');
  }

  decryptMessage(message: MessageCall): Awaitable<MessageBuffers> {
    const { context } = this.#agreed();
    return context.decryptMessage?.(message) ?? this.#unsupported('DecryptMessage');
  }

  close(): void {
    this.inner?.close();
    this.inner = undefined;
  }

  /** Takes the peer's token and makes the answer, before the negotiation is over. */
  protected abstract receive(leg: InitializeLeg): Awaitable<LegResult>;

  /** What a leg gives: SPNEGO's token, or nothing to say, and what is known of the mechanism's context by now. */
  protected result(status: number, token?: Uint8Array): LegResult {
    const output: SecBuffer[] = token ? [tokenBuffer(token)] : [];
    const last = this.inner?.last;
    const result = { status, output, contextAttr: last?.contextAttr ?? 0 };
    return last?.expiry ? { ...result, expiry: last.expiry } : result;
  }

  protected response(status: number, resp: NegTokenResp): LegResult {
    return this.result(status, encodeNegTokenResp(resp));
  }

  /** Checks the peer's signature of the list. Throws SEC_E_MESSAGE_ALTERED whatever is wrong with it. */
  protected verifyList(inner: InnerContext, list: Uint8Array, mic: Uint8Array): void {
    if (!inner.hasIntegrity)
      throw invalidToken(`${inner.package.info.name} has agreed on no signatures, and there is one`);
    try {
      inner.verifyList(list, mic);
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
      throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the list of mechanisms that the peer has signed is another one', {
        hint: 'Somebody on the way changes what is offered, to make the two sides agree on something weaker.',
        cause: error,
      });
    }
  }

  #end(): void {
    this.#over = true;
    const { info } = this.#agreed().package;
    const preferred = this.mechanisms[0]?.package.info.name === info.name;
    reportAgreed({ role: this.role, package: info.name, preferred, direct: this.direct });
  }

  #agreed(): InnerContext {
    if (this.inner) return this.inner;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'nothing is agreed yet');
  }

  #negotiationInfo(inner: InnerContext): NegotiationInfo {
    const { COMPLETE, DIRECT, IN_PROGRESS } = SECPKG_NEGOTIATION;
    const state = this.#over ? COMPLETE : IN_PROGRESS;
    return { packageInfo: inner.package.info, negotiationState: this.direct ? DIRECT : state };
  }

  #missingPackages(): number {
    let mask = 0;
    for (const [oid, bit] of MISSING_BITS) {
      if (!this.mechanisms.some(({ oids }) => oids.includes(oid))) mask |= bit;
    }
    return mask;
  }

  #unsupported(what: string): never {
    throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `${this.#agreed().package.info.name} does not have ${what}`);
  }
}

/** SECPKG_ATTR_NEGO_INFO_FLAG_NO_KERBEROS and _NO_NTLM. Source: sspi.h. */
const MISSING_BITS: readonly (readonly [oid: string, bit: number])[] = [
  [KERBEROS_OID, 0x1],
  [NTLM_OID, 0x2],
];
