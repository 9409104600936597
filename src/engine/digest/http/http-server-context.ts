import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import type { Awaitable } from '../../../sspi/awaitable.js';
import { type SecBuffer, tokenBuffer } from '../../../sspi/buffers.js';
import { ASC_REQ, ASC_RET } from '../../../sspi/flags.js';
import { type MessageBuffers, type MessageCall, messageBuffers } from '../../../sspi/messages.js';
import type { SecurityToken } from '../../../sspi/security-token.js';
import { SEC_E, SEC_I, STATUS } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { InitializeLeg, LegResult } from '../../security-package.js';
import { commonAttribute } from './attributes.js';
import type { Authenticated, Authenticator } from './authenticator.js';
import { type Authorization, malformed, parseAuthorization } from './authorization.js';
import type { KeptContext } from './kept-contexts.js';
import { type RequestBuffers, readServerRequest, readSignedRequest } from './request-buffers.js';
import type { HttpSession } from './session.js';

/** The server's side of HTTP Digest: a challenge that is out, and then the session of the client that has answered it. */
export class HttpServerContext implements KeptContext {
  engineContext?: object;
  readonly #authenticator: Authenticator;
  #session: HttpSession | undefined;
  #contextAttr = 0;

  constructor(authenticator: Authenticator) {
    this.#authenticator = authenticator;
  }

  get contextAttr(): number {
    return this.#contextAttr;
  }

  /** Throws STATUS_LOGON_FAILURE once the context is established: later requests go through CompleteAuthToken or VerifySignature. */
  step({ input, contextReq }: InitializeLeg): Awaitable<LegResult> {
    if (this.#session) {
      throw new PackageError(STATUS.LOGON_FAILURE, 'the context is established already', {
        hint: 'Leave the context out of AcceptSecurityContext: the request itself names the context that it belongs to.',
      });
    }
    const request = readServerRequest(input);
    const authorization = readAuthorization(request);
    return authorization ? this.authenticate(request, authorization, contextReq) : this.challenge(request, contextReq);
  }

  challenge(request: RequestBuffers, contextReq: number): LegResult {
    return {
      status: SEC_I.CONTINUE_NEEDED,
      output: this.#authenticator.challenges(request, contextReq),
      contextAttr: 0,
    };
  }

  authenticate(request: RequestBuffers, authorization: Authorization, contextReq: number): Awaitable<LegResult> {
    const authenticated = this.#authenticator.authenticate(request, authorization, contextReq);
    return authenticated instanceof Promise
      ? authenticated.then(result => this.#establish(result, contextReq))
      : this.#establish(authenticated, contextReq);
  }

  /**
   * Checks a later request, in the buffers of AcceptSecurityContext. Throws SEC_E_OUT_OF_SEQUENCE for a nonce count that was used and
   * SEC_E_MESSAGE_ALTERED for a wrong digest; the session stands, whatever a request does.
   */
  completeAuthToken(buffers: readonly SecBuffer[]): void {
    const request = readServerRequest(buffers);
    this.#established().verify(request, required(request));
  }

  /** As {@link completeAuthToken}, in the buffers of MakeSignature; the nonce count must be the next one. */
  verifySignature({ buffers }: MessageCall): MessageBuffers {
    const request = readSignedRequest(buffers);
    this.#established().verifyNext(request, required(request));
    return messageBuffers([...buffers]);
  }

  queryAttribute(attribute: number): unknown {
    const session = this.#session;
    if (!session) return undefined;
    switch (attribute) {
      case SECPKG_ATTR.NAMES:
        return { userName: accountName(session.token) };
      case SECPKG_ATTR.CLIENT_SPECIFIED_TARGET:
        return { targetName: session.target };
      default:
        return commonAttribute(attribute, session.algorithm, session.established, this.#contextAttr);
    }
  }

  securityToken(): SecurityToken {
    return this.#established().token;
  }

  isNamedBy(authorization: Authorization): boolean {
    const { environment, nonceLifetime } = this.#authenticator.services;
    const session = this.#session;
    return session?.isNamedBy(authorization) === true && environment.now() - session.issued <= nonceLifetime;
  }

  close(): void {
    if (!this.#session) return;
    this.#authenticator.services.http.kept.drop(this.#session.authorization.opaque, this);
    this.#session.wipe();
  }

  #establish(authenticated: Authenticated, contextReq: number): LegResult {
    if ('stale' in authenticated) {
      return { status: SEC_I.CONTINUE_NEEDED, output: authenticated.stale, contextAttr: 0 };
    }
    const { session, input } = authenticated;
    this.#session = session;
    this.#authenticator.services.http.kept.keep(session.authorization.opaque, this);
    const output: SecBuffer[] = [];
    this.#contextAttr = contextReq & GRANTED;
    if (session.qop === 'auth-int') this.#contextAttr |= ASC_RET.INTEGRITY;
    else if (contextReq & ASC_REQ.MUTUAL_AUTH) {
      output.push(tokenBuffer(session.authenticationInfo(input)));
      this.#contextAttr |= ASC_RET.MUTUAL_AUTH;
    }
    return { status: SEC_E.OK, output, contextAttr: this.#contextAttr };
  }

  #established(): HttpSession {
    if (this.#session) return this.#session;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the context is not established yet');
  }
}

/** Undefined where the TOKEN buffer is empty. Throws SEC_E_INVALID_TOKEN. */
export function readAuthorization({ tokens }: RequestBuffers): Authorization | undefined {
  if (tokens.length > 1) throw malformed('there is more than one Authorization');
  return tokens[0] === undefined ? undefined : parseAuthorization(tokens[0]);
}

function required(request: RequestBuffers): Authorization {
  const authorization = readAuthorization(request);
  if (!authorization) {
    throw new PackageError(SEC_E.INVALID_TOKEN, 'the TOKEN buffer is empty', {
      hint: "Give the buffers of the request: those that AcceptSecurityContext had, with the client's Authorization.",
    });
  }
  return authorization;
}

function accountName({ user: { name, domain } }: SecurityToken): string {
  return domain === '' ? name : `${domain}\\${name}`;
}

/** Every request is checked against replay and for its order. */
const GRANTED = ASC_REQ.REPLAY_DETECT | ASC_REQ.SEQUENCE_DETECT | ASC_REQ.CONNECTION;
