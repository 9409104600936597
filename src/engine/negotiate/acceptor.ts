import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { PackageRegistry } from '../registry.js';
import type { ContextLegInput, FirstLeg, InitializeLeg, LegResult, SecurityPackage } from '../security-package.js';
import { chain, guarded } from './chain.js';
import { InnerContext } from './inner-context.js';
import { type Choices, type Mechanism, offerOf } from './mechanisms.js';
import { NO_HINT } from './messages/neg-hints.js';
import type { NegTokenInit } from './messages/neg-token-init.js';
import { NEG_STATE } from './messages/neg-token-resp.js';
import { encodeNegTokenInit } from './messages/negotiation-token.js';
import { mechanismName } from './messages/oids.js';
import { NegotiateContext } from './negotiate-context.js';
import type { NegotiateOptions } from './options.js';
import { decodeToken, invalidToken, receivedToken, withReject } from './tokens.js';

export interface AcceptorParts extends Choices {
  readonly options: NegotiateOptions;
  /** All packages, usable here or not: one of them may know a token for its own without SPNEGO around it. */
  readonly packages: PackageRegistry;
}

/** A server's negotiation: the client's list and token in, the choice and the mechanism's answer out (RFC 4178 3.2, 5). */
export class Acceptor extends NegotiateContext {
  readonly #parts: AcceptorParts;
  #receive: (leg: InitializeLeg) => Awaitable<LegResult> = leg => this.#receiveFirst(leg);
  #hinted = false;
  /** What the client's first token has settled. */
  #choice: Choice | undefined;
  /** Whether the first reply, which alone names the mechanism, has gone out. */
  #replied = false;
  #micSent = false;

  private constructor(parts: AcceptorParts) {
    super('server', parts.mechanisms, parts.passedOver);
    this.#parts = parts;
  }

  /** The first leg. With an empty token it offers, and the client begins after that ([MS-SPNG] 3.2.5.2). */
  static begin(parts: AcceptorParts, leg: ContextLegInput): Awaitable<FirstLeg> {
    const acceptor = new Acceptor(parts);
    const result = guarded(
      () => acceptor.step({ ...leg, targetName: undefined }),
      error => {
        acceptor.close();
        return error;
      },
    );
    return chain(result, made => ({ ...made, context: acceptor }));
  }

  protected override receive(leg: InitializeLeg): Awaitable<LegResult> {
    return this.#receive(leg);
  }

  #receiveFirst(leg: InitializeLeg): Awaitable<LegResult> {
    const token = receivedToken(leg);
    if (token.length === 0 && !this.#hinted) return this.#offer();
    const bare = this.#parts.packages.byToken(token);
    if (bare) return this.#acceptBare(bare, leg, token);
    const decoded = decodeToken(token);
    if (decoded.kind === 'resp') throw invalidToken('the client answers before it has begun');
    return this.#acceptInit(leg, decoded.init);
  }

  #offer(): LegResult {
    this.#hinted = true;
    const init = { mechTypes: offerOf(this.mechanisms), negHints: { hintName: NO_HINT } };
    return this.result(SEC_I.CONTINUE_NEEDED, encodeNegTokenInit(init));
  }

  #acceptBare(securityPackage: SecurityPackage, leg: InitializeLeg, token: Uint8Array): Awaitable<LegResult> {
    const mechanism = this.mechanisms.find(candidate => candidate.package === securityPackage);
    if (!mechanism || this.#parts.options.bareTokens === 'refuse') {
      const { name } = securityPackage.info;
      throw new PackageError(SEC_E.LOGON_DENIED, `the client sent a token of ${name} without SPNEGO around it`, {
        hint: mechanism
          ? 'The engine option negotiate.bareTokens refuses it.'
          : this.#unusable(`${name} cannot be used here`),
      });
    }
    this.direct = true;
    return chain(InnerContext.begin(mechanism, 'server', leg, token), inner => {
      this.inner = inner;
      this.#receive = later =>
        chain(inner.step(later, receivedToken(later)), answer => this.result(inner.last.status, answer));
      return this.result(inner.last.status, inner.takeToken());
    });
  }

  #acceptInit(leg: InitializeLeg, init: NegTokenInit): Awaitable<LegResult> {
    const choice = this.#choose(init);
    this.#choice = choice;
    this.#receive = later => this.#receiveResponse(later);
    // RFC 4178 3.2: the optimistic token is the first mechanism's; another one never sees it.
    if (!choice.isFirst || !init.mechToken?.length) return this.#reply(choice, {});
    return guarded(
      () =>
        chain(this.#begin(choice, leg, init.mechToken!), inner =>
          this.#answer(choice, inner, inner.takeToken(), inner.done ? init.mechListMic : undefined),
        ),
      withReject,
    );
  }

  #receiveResponse(leg: InitializeLeg): Awaitable<LegResult> {
    const decoded = decodeToken(receivedToken(leg));
    if (decoded.kind === 'init') throw invalidToken('the client begins the negotiation anew');
    const { negState, responseToken, mechListMic } = decoded.resp;
    if (negState === NEG_STATE.REJECT) throw new PackageError(SEC_E.LOGON_DENIED, 'the client gave the negotiation up');
    const choice = this.#choice!;
    return guarded(
      () =>
        chain(this.#take(choice, leg, responseToken), token => this.#answer(choice, this.inner!, token, mechListMic)),
      withReject,
    );
  }

  /** Gives the mechanism the client's token; answers its own. */
  #take(choice: Choice, leg: InitializeLeg, token: Uint8Array | undefined): Awaitable<Uint8Array | undefined> {
    const { inner } = this;
    if (!token) {
      if (inner?.done) return undefined;
      throw invalidToken('the client’s token has none of the mechanism in it');
    }
    if (!inner) return chain(this.#begin(choice, leg, token), begun => begun.takeToken());
    if (inner.done) throw invalidToken('the mechanism is complete, and the client has a token more');
    return inner.step(leg, token);
  }

  #begin({ mechanism }: Choice, leg: InitializeLeg, token: Uint8Array): Awaitable<InnerContext> {
    return chain(InnerContext.begin(mechanism, 'server', leg, token), inner => {
      this.inner = inner;
      return inner;
    });
  }

  /** The answer to a token of the client; `token` is the mechanism's own (RFC 4178 5). */
  #answer(
    choice: Choice,
    inner: InnerContext,
    token: Uint8Array | undefined,
    mechListMic: Uint8Array | undefined,
  ): LegResult {
    if (!inner.done) {
      if (mechListMic) throw invalidToken('the client signed the list before the mechanism was complete');
      return this.#reply(choice, { responseToken: token });
    }
    if (mechListMic) this.verifyList(inner, choice.list, mechListMic);
    const weSpeakLast = token !== undefined || !this.#replied;
    const insists = inner.requiresListMic && !weSpeakLast && this.#parts.options.mechListMic !== 'rfc4178';
    const required = inner.hasIntegrity && (choice.micRequired || insists);
    if (required && !mechListMic) {
      if (!weSpeakLast || this.#micSent) throw invalidToken('the client did not sign the list of mechanisms');
      this.#micSent = true;
      return this.#reply(choice, { responseToken: token, mechListMic: inner.signList(choice.list) });
    }
    // The client has our signature, and was complete when it sent its own.
    if (this.#micSent) return this.result(SEC_E.OK);
    const sign = mechListMic !== undefined || inner.requiresListMic;
    return this.response(SEC_E.OK, {
      negState: NEG_STATE.ACCEPT_COMPLETED,
      supportedMech: this.#replied ? undefined : choice.oid,
      responseToken: token,
      mechListMic: sign ? inner.signList(choice.list) : undefined,
    });
  }

  /** A reply that wants another one. Only the first one names the mechanism and may ask for a signature. */
  #reply(choice: Choice, content: { responseToken?: Uint8Array | undefined; mechListMic?: Uint8Array }): LegResult {
    const first = !this.#replied;
    this.#replied = true;
    return this.response(SEC_I.CONTINUE_NEEDED, {
      negState: first && choice.micRequired ? NEG_STATE.REQUEST_MIC : NEG_STATE.ACCEPT_INCOMPLETE,
      supportedMech: first ? choice.oid : undefined,
      ...content,
    });
  }

  /** What there is to say about packages that are missing here, with the reason of each that could have been there. */
  #unusable(text: string): string {
    const reasons = this.#parts.leftOut.map(
      ({ error, package: { info } }) => ` ${info.name} is left out: ${error.message}.`,
    );
    return `${text}.${reasons.join('')}`;
  }

  /** RFC 4178 3.2: the first of the client's mechanisms that this side can use. */
  #choose({ mechTypes }: NegTokenInit): Choice {
    for (const [index, oid] of mechTypes.oids.entries()) {
      const mechanism = this.mechanisms.find(({ oids }) => oids.includes(oid));
      if (!mechanism) continue;
      const isFirst = index === 0;
      // RFC 4178 5: what both sides like best needs no signature; anything else may be somebody else's doing.
      const micRequired = !isFirst || mechanism !== this.mechanisms[0];
      return { mechanism, oid, isFirst, micRequired, list: mechTypes.encoding };
    }
    const offered = mechTypes.oids.map(mechanismName).join(', ');
    const own = this.mechanisms.map(({ package: { info } }) => info.name).join(', ');
    throw withReject(
      new PackageError(SEC_E.LOGON_DENIED, `the client offers ${offered}, and none of it can be used here`, {
        hint: this.#unusable(
          `This server takes ${own}: see the engine option negotiate.packages and the credential’s identity`,
        ),
      }),
    );
  }
}

/** What a client’s list has come to. */
interface Choice {
  readonly mechanism: Mechanism;
  /** The name that the client gave it: the answer must have the same ([MS-SPNG] 3.2.5). */
  readonly oid: string;
  readonly isFirst: boolean;
  readonly micRequired: boolean;
  /** The list's bytes, as they came. */
  readonly list: Uint8Array;
}
