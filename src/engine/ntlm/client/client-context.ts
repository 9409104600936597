import { findBuffer, SECBUFFER, tokenBuffer } from '../../../sspi/buffers.js';
import { ISC_REQ } from '../../../sspi/flags.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import { bindingHash } from '../../channel-bindings.js';
import { PackageError } from '../../package-error.js';
import type { FirstLeg, InitializeLeg, LegResult } from '../../security-package.js';
import { inputToken } from '../../session-context.js';
import type { NtlmIdentity } from '../identity.js';
import { buildAuthenticate, MIC_OFFSET } from '../messages/authenticate.js';
import { type ChallengeMessage, parseChallenge } from '../messages/challenge.js';
import { NTLMSSP } from '../messages/flags.js';
import { malformed } from '../messages/message.js';
import { buildNegotiate } from '../messages/negotiate.js';
import { OWN_VERSION } from '../messages/version.js';
import { characterSet, encodeName } from '../names/character-set.js';
import { isOwnTarget } from '../names/own-names.js';
import { logonIsOver, NtlmContext } from '../ntlm-context.js';
import { isOutstanding } from '../outstanding-challenges.js';
import { cryptSessionKey, KEY_LENGTH } from '../responses/key-exchange.js';
import { messageIntegrityCode } from '../responses/mic.js';
import type { NtlmServices } from '../services.js';
import { NtlmSession } from '../session/session.js';
import { agreedFlags, anonymousFlags, clientAttributes, offeredFlags } from './offer.js';
import { type Responses, respondV1, respondV2 } from './responses.js';

/** A client's logon: NEGOTIATE out, CHALLENGE in, AUTHENTICATE out ([MS-NLMP] 3.1.5). */
export class ClientContext extends NtlmContext {
  readonly #services: NtlmServices;
  /** Undefined for nobody. */
  readonly #identity: NtlmIdentity | undefined;
  readonly #offered: number;
  /** What of the offer the caller wants to be granted. */
  readonly #insisted: number;
  readonly #negotiate: Uint8Array;
  #targetName = '';
  #untrustedTarget = false;
  #channelBindings: Uint8Array | undefined;
  #answered = false;

  private constructor(services: NtlmServices, identity: NtlmIdentity | undefined, leg: InitializeLeg) {
    super();
    const { contextReq, dispensable = 0 } = leg;
    this.#services = services;
    this.#identity = contextReq & ISC_REQ.NULL_SESSION ? undefined : identity;
    const flagsFor = this.#identity ? offeredFlags : anonymousFlags;
    this.#offered = flagsFor(contextReq, services.options);
    this.#insisted = flagsFor(contextReq & ~dispensable, services.options);
    // Datagram style has no NEGOTIATE ([MS-NLMP] 1.3.1.3).
    this.#negotiate =
      contextReq & ISC_REQ.DATAGRAM ? NOTHING : buildNegotiate({ flags: this.#offered, version: OWN_VERSION });
  }

  /** The first leg: NEGOTIATE, or in datagram style, where the server speaks first, nothing yet. */
  static begin(services: NtlmServices, identity: NtlmIdentity | undefined, leg: InitializeLeg): FirstLeg {
    const context = new ClientContext(services, identity, leg);
    const received = inputToken(leg).length > 0;
    if (received && leg.contextReq & ISC_REQ.DATAGRAM) return { ...context.step(leg), context };
    if (received) throw malformed('a client speaks first');
    context.#note(leg);
    return {
      status: SEC_I.CONTINUE_NEEDED,
      // The MIC will be over the message: the caller gets bytes of its own.
      output: [tokenBuffer(Uint8Array.from(context.#negotiate))],
      contextAttr: 0,
      context,
    };
  }

  override step(leg: InitializeLeg): LegResult {
    if (this.#answered) throw logonIsOver();
    this.#answered = true;
    this.#note(leg);
    const bytes = inputToken(leg);
    const challenge = parseChallenge(bytes);
    const { options } = this.#services;
    const flags = agreedFlags(this.#offered, challenge.flags, this.#insisted, options);
    this.#refuseReflection(challenge);
    return this.#authenticate(bytes, challenge, flags);
  }

  /** What any leg may bring; the last one counts. */
  #note({ contextReq, input, targetName }: InitializeLeg): void {
    if (targetName !== undefined) this.#targetName = targetName;
    if (contextReq & ISC_REQ.UNVERIFIED_TARGET_NAME) this.#untrustedTarget = true;
    if (findBuffer(input, SECBUFFER.CHANNEL_BINDINGS)) this.#channelBindings = bindingHash(input);
  }

  #authenticate(challengeBytes: Uint8Array, challenge: ChallengeMessage, flags: number): LegResult {
    const responses = this.#respond(challenge, flags);
    const { keyExchangeKey } = responses;
    let exported = keyExchangeKey;
    let encrypted: Uint8Array = NOTHING;
    // [MS-NLMP] 3.1.5.1.2 has this for signing and sealing only, but servers go by the flag alone.
    if (flags & NTLMSSP.KEY_EXCH) {
      exported = this.#services.environment.randomBytes(KEY_LENGTH);
      encrypted = cryptSessionKey(keyExchangeKey, exported);
      keyExchangeKey.fill(0);
    }
    const token = this.#build(responses, flags, encrypted);
    if (responses.mic) {
      const transcript = { negotiate: this.#negotiate, challenge: challengeBytes };
      token.set(messageIntegrityCode(exported, transcript, token), MIC_OFFSET);
    }
    return this.#establish(token, challenge, flags, exported, responses.mic);
  }

  #respond(challenge: ChallengeMessage, flags: number): Responses {
    const identity = this.#identity;
    if (!identity) return nobody();
    if (this.#services.options.dangerouslySendNtlmV1) return respondV1(this.#services, identity, challenge, flags);
    return respondV2(this.#services, identity, challenge, flags, {
      targetName: this.#targetName,
      untrustedTarget: this.#untrustedTarget,
      channelBindings: this.#channelBindings,
    });
  }

  #build({ lmResponse, ntResponse }: Responses, flags: number, sessionKey: Uint8Array): Uint8Array {
    const { environment } = this.#services;
    const characters = characterSet(flags);
    const identity = this.#identity;
    return buildAuthenticate({
      flags,
      lmResponse,
      ntResponse,
      domain: encodeName(identity?.domain ?? '', characters),
      user: encodeName(identity?.user ?? '', characters),
      workstation: encodeName(identity ? environment.host.netbiosName : '', characters),
      sessionKey,
      version: OWN_VERSION,
    });
  }

  #establish(
    token: Uint8Array,
    challenge: ChallengeMessage,
    flags: number,
    sessionKey: Uint8Array,
    mic: boolean,
  ): LegResult {
    const contextAttr = clientAttributes(flags);
    this.session = new NtlmSession({
      role: 'client',
      flags,
      sessionKey,
      contextAttr,
      userName: this.#identity?.name ?? '',
      targetInfo: challenge.targetInfo && Uint8Array.from(challenge.targetInfo),
      mic,
      start: this.#services.environment.now(),
    });
    return { status: SEC_E.OK, output: [tokenBuffer(token)], contextAttr };
  }

  /** Throws SEC_E_WRONG_PRINCIPAL for a challenge of this very process, unless that is where the caller wants to go. */
  #refuseReflection({ serverChallenge }: ChallengeMessage): void {
    const { environment, options } = this.#services;
    if (!isOutstanding(serverChallenge)) return;
    if (isOwnTarget(this.#targetName, environment.host, options.loopbackNames ?? [])) return;
    throw new PackageError(
      SEC_E.WRONG_PRINCIPAL,
      'the challenge comes from a server of this process: the logon is reflected',
      {
        hint: 'If client and server are meant to be in one process, name the target localhost, or as environment.host or ntlm.loopbackNames have it.',
      },
    );
  }
}

/** The null session ([MS-NLMP] 3.2.5.1.2). */
function nobody(): Responses {
  return { lmResponse: new Uint8Array(1), ntResponse: NOTHING, keyExchangeKey: new Uint8Array(KEY_LENGTH), mic: false };
}

const NOTHING = new Uint8Array(0);
