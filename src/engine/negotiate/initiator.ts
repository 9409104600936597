import type { Awaitable } from '../../sspi/awaitable.js';
import { ISC_REQ } from '../../sspi/flags.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { FirstLeg, InitializeLeg, LegResult } from '../security-package.js';
import { chain } from './chain.js';
import { InnerContext } from './inner-context.js';
import { type Choices, type Mechanism, offerOf } from './mechanisms.js';
import type { MechTypeList } from './messages/mech-type-list.js';
import { NEG_STATE, type NegTokenResp } from './messages/neg-token-resp.js';
import { encodeNegTokenInit } from './messages/negotiation-token.js';
import { mechanismName } from './messages/oids.js';
import { NegotiateContext } from './negotiate-context.js';
import type { NegotiateOptions } from './options.js';
import { type Beginning, beginPreferred } from './preferred.js';
import { decodeToken, invalidToken, receivedToken } from './tokens.js';

/** A client's negotiation: the list and the first mechanism's token out, and what the acceptor makes of them in (RFC 4178 3.1, 5). */
export class Initiator extends NegotiateContext {
  readonly #list: MechTypeList;
  /** Whether the server has to sign the list because the mechanism insists, and not only where the choice may be somebody else's. */
  readonly #strict: boolean;
  #mechanism: Mechanism;
  #replied = false;
  /** Whether the list must be signed even if the mechanism does not insist: request-mic, or another mechanism than the first. */
  #micRequired = false;
  #micSent = false;
  #changed = false;

  private constructor({ mechanisms, inner, passedOver }: Beginning, { mechListMic }: NegotiateOptions) {
    super('client', mechanisms, passedOver);
    this.#strict = mechListMic !== 'rfc4178';
    this.inner = inner;
    this.#mechanism = mechanisms[0]!;
    this.#list = offerOf(mechanisms);
  }

  /** The first leg. The token that it may get is the server's, who spoke first. */
  static begin(choices: Choices, leg: InitializeLeg, options: NegotiateOptions): Awaitable<FirstLeg> {
    checkHints(receivedToken(leg));
    const { mechanisms, passedOver } = choices;
    const tryNext = options.whenPreferredFails === 'tryNext';
    return chain(beginPreferred(mechanisms, innerRequest(leg), tryNext, passedOver), beginning => {
      const initiator = new Initiator(beginning, options);
      const token = encodeNegTokenInit({ mechTypes: initiator.#list, mechToken: initiator.#inner().takeToken() });
      return { ...initiator.result(SEC_I.CONTINUE_NEEDED, token), context: initiator };
    });
  }

  protected override receive(outerLeg: InitializeLeg): Awaitable<LegResult> {
    const leg = innerRequest(outerLeg);
    const decoded = decodeToken(receivedToken(leg));
    if (decoded.kind === 'init') throw invalidToken('the server begins the negotiation anew');
    const reply = decoded.resp;
    if (reply.negState === NEG_STATE.REJECT) return this.#rejected(leg, reply);
    return chain(this.#replied ? this.#laterToken(leg, reply) : this.#firstToken(leg, reply), token => {
      this.#replied = true;
      const inner = this.#inner();
      return inner.done ? this.#finish(inner, leg, reply, token) : this.#goOn(reply, token);
    });
  }

  /** RFC 4178 4.2.2: the first reply says which mechanism it is, and whether the list must be signed. */
  #firstToken(leg: InitializeLeg, reply: NegTokenResp): Awaitable<Uint8Array | undefined> {
    this.#micRequired = reply.negState === NEG_STATE.REQUEST_MIC;
    const { supportedMech = this.#list.oids[0]! } = reply;
    if (supportedMech === this.#list.oids[0]) return this.#laterToken(leg, reply);
    const chosen = this.mechanisms.find(({ oids }) => oids.includes(supportedMech));
    if (!chosen) throw invalidToken(`the server chose ${mechanismName(supportedMech)}, which was not offered`);
    // Another name of the same mechanism ([MS-SPNG] 3.2.5): its token has been taken where there is an answer to it.
    if (chosen === this.#mechanism && reply.responseToken) return this.#laterToken(leg, reply);
    if (reply.responseToken)
      throw invalidToken('the server chose another mechanism and answers the token of the first');
    return this.#change(leg, chosen);
  }

  /** RFC 4178 3.2 c: the optimistic token was in vain, and the chosen mechanism begins. */
  #change(leg: InitializeLeg, chosen: Mechanism): Awaitable<Uint8Array | undefined> {
    if (chosen !== this.#mechanism) {
      this.#changed = true;
      this.#micRequired = true;
    }
    this.close();
    this.#mechanism = chosen;
    return chain(InnerContext.begin(chosen, 'client', leg), inner => {
      this.inner = inner;
      return inner.takeToken();
    });
  }

  #laterToken(leg: InitializeLeg, reply: NegTokenResp): Awaitable<Uint8Array | undefined> {
    if (this.#replied && reply.negState === NEG_STATE.REQUEST_MIC) throw invalidToken('request-mic comes too late');
    const inner = this.#inner();
    if (!reply.responseToken) {
      if (!inner.done) throw invalidToken('the server’s token has none of the mechanism in it');
      return undefined;
    }
    if (inner.done) throw invalidToken('the mechanism is complete, and the server has a token more');
    return inner.step(leg, reply.responseToken);
  }

  /** The mechanism wants more tokens. */
  #goOn(reply: NegTokenResp, responseToken: Uint8Array | undefined): LegResult {
    if (reply.negState === NEG_STATE.ACCEPT_COMPLETED || reply.mechListMic) {
      throw invalidToken('the server is content before the mechanism is complete');
    }
    if (!responseToken) throw invalidToken('the mechanism is not complete, and has nothing to say');
    return this.response(SEC_I.CONTINUE_NEEDED, { negState: NEG_STATE.ACCEPT_INCOMPLETE, responseToken });
  }

  /** The mechanism is complete; `token` is its last, where it is ours (RFC 4178 5). */
  #finish(inner: InnerContext, leg: InitializeLeg, reply: NegTokenResp, token: Uint8Array | undefined): LegResult {
    const verified = this.#verify(inner, reply, token);
    this.#refuseUnprotected(inner, leg);
    const signs = inner.hasIntegrity && (this.#micRequired || inner.requiresListMic);
    const insists = signs && (this.#micRequired || this.#strict);
    const { negState = token ? NEG_STATE.ACCEPT_INCOMPLETE : NEG_STATE.ACCEPT_COMPLETED } = reply;
    if (negState === NEG_STATE.ACCEPT_COMPLETED) {
      if (token) throw invalidToken('the server is content before it has the mechanism’s last token');
      if (insists && !verified) throw unsigned(this.#micRequired);
      return this.result(SEC_E.OK);
    }
    const mechListMic = (signs || verified) && !this.#micSent ? inner.signList(this.#list.encoding) : undefined;
    if (!token && !mechListMic) throw invalidToken('the server waits, and there is nothing more to say');
    this.#micSent ||= mechListMic !== undefined;
    return verified
      ? this.response(SEC_E.OK, { negState: NEG_STATE.ACCEPT_COMPLETED, mechListMic })
      : this.response(SEC_I.CONTINUE_NEEDED, {
          negState: NEG_STATE.ACCEPT_INCOMPLETE,
          responseToken: token,
          mechListMic,
        });
  }

  #verify(inner: InnerContext, { mechListMic }: NegTokenResp, token: Uint8Array | undefined): boolean {
    if (!mechListMic) return false;
    if (token) throw invalidToken('the server signed the list before the mechanism was complete');
    this.verifyList(inner, this.#list.encoding, mechListMic);
    return true;
  }

  /** Without signatures nobody knows who chose the other mechanism: RFC 4178 5 lets it pass, we only if that was asked for. */
  #refuseUnprotected(inner: InnerContext, { contextReq }: InitializeLeg): void {
    if (!this.#changed || inner.hasIntegrity || contextReq & ISC_REQ.NO_INTEGRITY) return;
    throw new PackageError(
      SEC_E.DOWNGRADE_DETECTED,
      `the server chose ${inner.package.info.name}, and no signature shows that it was the server`,
      { hint: 'Name the package to use in the identity’s packageList, or find out why the server does not sign.' },
    );
  }

  /** A mechanism may know better than SPNEGO what the matter is: Kerberos has a KRB-ERROR in the reject. */
  async #rejected(leg: InitializeLeg, { responseToken }: NegTokenResp): Promise<never> {
    const refusal = new PackageError(SEC_E.LOGON_DENIED, 'the server rejected the negotiation', {
      hint: this.#replied
        ? 'Check the user and the password, and what the server’s log says.'
        : `The server takes none of ${this.#list.oids.map(mechanismName).join(', ')}, or not this user.`,
    });
    const { inner } = this;
    if (responseToken && inner && !inner.done) await inner.step(leg, responseToken);
    throw refusal;
  }

  #inner(): InnerContext {
    if (this.inner) return this.inner;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the negotiation has failed');
  }
}

function unsigned(changed: boolean): PackageError {
  const hint = changed
    ? 'Find out who chose the mechanism: a server that chooses another than the preferred one has to sign the list (RFC 4178 5).'
    : "Some servers sign no list where the preferred mechanism was chosen: the engine option negotiate: { mechListMic: 'rfc4178' } takes them.";
  return new PackageError(SEC_E.INVALID_TOKEN, 'the server did not sign the list of mechanisms', { hint });
}

/** The server's hints are bound to nothing ([MS-SPNG] 3.3.5): they must be well formed, and change nothing. */
function checkHints(token: Uint8Array): void {
  if (token.length > 0 && decodeToken(token).kind !== 'init')
    throw invalidToken('the server answers before it was asked');
}

/**
 * What the mechanism is asked for: mutual authentication always ([MS-SPNG] 3.3.3), and integrity, which protects the negotiation
 * (RFC 4178 3), unless the caller can do without. Where the caller has not asked for it, a server that has none is no reason to fail:
 * whether the negotiation needed it shows in the end.
 */
function innerRequest(leg: InitializeLeg): InitializeLeg {
  const { contextReq } = leg;
  const integrity = contextReq & ISC_REQ.NO_INTEGRITY ? 0 : ISC_REQ.INTEGRITY;
  const dispensable = contextReq & PROTECTION ? 0 : integrity;
  return { ...leg, contextReq: (contextReq | ISC_REQ.MUTUAL_AUTH | integrity) >>> 0, dispensable };
}

const PROTECTION = ISC_REQ.INTEGRITY | ISC_REQ.CONFIDENTIALITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
