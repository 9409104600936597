import { constantTimeEqual } from '../../../bytes/equal.js';
import type { Awaitable } from '../../../sspi/awaitable.js';
import { findBuffer, SECBUFFER, tokenBuffer } from '../../../sspi/buffers.js';
import { ASC_REQ, ASC_RET } from '../../../sspi/flags.js';
import type { SecurityToken } from '../../../sspi/security-token.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import type { NtlmLogonResult } from '../../accounts/ntlm-logon.js';
import { bindingHash, checkBindings } from '../../channel-bindings.js';
import { PackageError } from '../../package-error.js';
import type { ContextLegInput, FirstLeg, InitializeLeg, LegResult } from '../../security-package.js';
import { inputToken } from '../../session-context.js';
import { checkKeyStrength } from '../key-strength.js';
import { parseAuthenticate, type ReceivedAuthenticate } from '../messages/authenticate.js';
import { AV_FLAGS, AV_ID } from '../messages/av-pairs.js';
import type { ClientChallenge } from '../messages/client-challenge.js';
import { NTLMSSP } from '../messages/flags.js';
import { parseNegotiate } from '../messages/negotiate.js';
import { logonIsOver, NtlmContext } from '../ntlm-context.js';
import { addOutstanding, removeOutstanding } from '../outstanding-challenges.js';
import { KEY_LENGTH, v1KeyExchangeKey } from '../responses/key-exchange.js';
import { messageIntegrityCode } from '../responses/mic.js';
import type { NtlmServices } from '../services.js';
import { NtlmSession, type SessionFacts } from '../session/session.js';
import {
  ALTERED_HINT,
  checkAnonymous,
  checkClock,
  checkTimestamp,
  claimedNames,
  exportedSessionKey,
  isAnonymous,
  readResponse,
  sessionFlags,
} from './authenticate-checks.js';
import { type Challenged, makeChallenge } from './challenged.js';
import { challengeFlags, datagramFlags, serverAttributes } from './offer.js';
import { checkLogon } from './proof.js';

/** A server's logon: NEGOTIATE in, CHALLENGE out, AUTHENTICATE in ([MS-NLMP] 3.2.5). */
export class ServerContext extends NtlmContext {
  readonly #services: NtlmServices;
  /** Until the one AUTHENTICATE has come. */
  #challenged: Challenged | undefined;
  #channelBindings: Uint8Array | undefined;
  /** Demands that a caller has made on any leg. */
  #demands = 0;
  #client: SecurityToken | undefined;

  private constructor(services: NtlmServices, challenged: Challenged, leg: ContextLegInput) {
    super();
    this.#services = services;
    this.#challenged = challenged;
    this.#note(leg);
    addOutstanding(challenged.serverChallenge);
  }

  /** The first leg: NEGOTIATE in, or in datagram style nothing; CHALLENGE out. */
  static begin(services: NtlmServices, leg: ContextLegInput): FirstLeg {
    const token = inputToken(leg);
    const { host } = services.environment;
    const challenged =
      token.length === 0 && leg.contextReq & ASC_REQ.DATAGRAM
        ? makeChallenge(services, datagramFlags(host), token)
        : makeChallenge(services, challengeFlags(parseNegotiate(token).flags, host), Uint8Array.from(token));
    const context = new ServerContext(services, challenged, leg);
    return {
      status: SEC_I.CONTINUE_NEEDED,
      // The MIC will be over the message: the caller gets bytes of its own.
      output: [tokenBuffer(Uint8Array.from(challenged.challenge))],
      contextAttr: 0,
      context,
    };
  }

  override step(leg: InitializeLeg): Awaitable<LegResult> {
    const challenged = this.#challenged;
    if (!challenged) throw logonIsOver();
    this.#forgetChallenge();
    this.#note(leg);
    const token = inputToken(leg);
    const message = parseAuthenticate(token);
    const flags = sessionFlags(challenged, message);
    const names = claimedNames(message, flags);
    if (isAnonymous(message)) return this.#acceptNobody(flags, leg.contextReq);
    checkKeyStrength(flags, this.#services.options);
    const response = readResponse(message, flags, this.#services);
    const logon = {
      user: names.user,
      domain: names.domain,
      workstation: names.workstation,
      serverChallenge: challenged.serverChallenge,
      ntResponse: message.ntResponse,
      lmResponse: message.lmResponse,
      extendedSessionSecurity: (flags & NTLMSSP.EXTENDED_SESSIONSECURITY) !== 0,
    };
    const exchange = { challenged, token, message, flags, response, contextReq: leg.contextReq };
    return checkLogon(this.#services.accounts, logon, result => this.#accept(exchange, result));
  }

  securityToken(): SecurityToken {
    if (this.#client) return this.#client;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the logon is not complete');
  }

  override close(): void {
    this.#forgetChallenge();
    super.close();
  }

  #note({ contextReq, input }: ContextLegInput): void {
    this.#demands |= contextReq & ASC_REQ.PROXY_BINDINGS;
    if (findBuffer(input, SECBUFFER.CHANNEL_BINDINGS)) this.#channelBindings = bindingHash(input);
  }

  #forgetChallenge(): void {
    if (this.#challenged) removeOutstanding(this.#challenged.serverChallenge);
    this.#challenged = undefined;
  }

  /** The client is who it says. Whether it got to this server undisturbed is to be seen. */
  #accept(exchange: Exchange, result: NtlmLogonResult): LegResult {
    const { contextReq, flags, message, response } = exchange;
    const sessionKey = exportedSessionKey(message, flags, keyExchangeKey(exchange, result));
    const mic = this.#checkIntegrity(exchange, sessionKey);
    const avPairs = response?.avPairs;
    checkBindings(avPairs?.find(AV_ID.CHANNEL_BINDINGS), this.#channelBindings, contextReq | this.#demands);
    const { domain = '', groups, sid, user } = result;
    this.#client = {
      user: { name: user, domain, ...(sid !== undefined && { sid }) },
      ...(groups !== undefined && { groups }),
    };
    return this.#establish({
      role: 'server',
      flags,
      sessionKey,
      mic,
      contextAttr: serverAttributes(flags),
      userName: domain === '' ? user : `${domain}\\${user}`,
      targetName: clientTarget(response),
      loopback: this.#isOwn(avPairs?.find(AV_ID.SINGLE_HOST)),
      start: this.#services.environment.now(),
    });
  }

  /** Checks all that tells whether the messages were changed on their way; answers whether there was a MIC. */
  #checkIntegrity({ challenged, message, response, token }: Exchange, sessionKey: Uint8Array): boolean {
    const mic = response !== undefined && (response.avPairs.flags & AV_FLAGS.MIC) !== 0;
    if (mic && !constantTimeEqual(messageIntegrityCode(sessionKey, challenged, token), message.mic())) {
      throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the MIC does not match the messages of the logon', {
        hint: ALTERED_HINT,
      });
    }
    if (response) {
      checkTimestamp(response, challenged);
      checkClock(response, this.#services);
    }
    if (mic || !this.#services.options.requireMic) return mic;
    throw new PackageError(
      SEC_E.LOGON_DENIED,
      'the client protects its messages with no MIC, and ntlm.requireMic wants one',
      { hint: 'The client is too old or too simple (curl --ntlm for one): update it, or do without ntlm.requireMic.' },
    );
  }

  #acceptNobody(agreed: number, contextReq: number): LegResult {
    checkAnonymous(contextReq);
    checkBindings(undefined, this.#channelBindings, contextReq | this.#demands);
    // There is no key that only the two sides have.
    const flags = agreed & ~(NTLMSSP.SIGN | NTLMSSP.SEAL | NTLMSSP.KEY_EXCH);
    this.#client = ANONYMOUS;
    return this.#establish({
      role: 'server',
      flags,
      sessionKey: new Uint8Array(KEY_LENGTH),
      mic: false,
      contextAttr: serverAttributes(flags) | ASC_RET.NULL_SESSION,
      userName: `${ANONYMOUS.user.domain}\\${ANONYMOUS.user.name}`,
      targetName: undefined,
      loopback: false,
      start: this.#services.environment.now(),
    });
  }

  #establish(facts: SessionFacts): LegResult {
    this.session = new NtlmSession(facts);
    return { status: SEC_E.OK, output: [], contextAttr: facts.contextAttr };
  }

  #isOwn(singleHost: Uint8Array | undefined): boolean {
    return singleHost !== undefined && constantTimeEqual(singleHost, this.#services.singleHost);
  }
}

/** One AUTHENTICATE, and what it answers. */
interface Exchange {
  readonly challenged: Challenged;
  readonly token: Uint8Array;
  readonly message: ReceivedAuthenticate;
  readonly flags: number;
  /** Undefined with NTLMv1. */
  readonly response: ClientChallenge | undefined;
  readonly contextReq: number;
}

function keyExchangeKey(
  { challenged, flags, message, response }: Exchange,
  { sessionBaseKey }: NtlmLogonResult,
): Uint8Array {
  // The session wipes its key, and this one may be the store's.
  if (response) return Uint8Array.from(sessionBaseKey);
  const { serverChallenge } = challenged;
  return v1KeyExchangeKey({ flags, sessionBaseKey, serverChallenge, lmResponse: message.lmResponse });
}

/** The SPN that the client meant, where it named one and vouches for it. */
function clientTarget(response: ClientChallenge | undefined): string | undefined {
  if (!response || response.avPairs.flags & AV_FLAGS.UNTRUSTED_TARGET) return undefined;
  return response.avPairs.text(AV_ID.TARGET_NAME) || undefined;
}

/** The well-known S-1-5-7 ([MS-DTYP] 2.4.2.4). */
const ANONYMOUS: SecurityToken = { user: { name: 'ANONYMOUS LOGON', domain: 'NT AUTHORITY', sid: 'S-1-5-7' } };
Object.freeze(ANONYMOUS);
