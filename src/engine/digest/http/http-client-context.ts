import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import { bufferType, SECBUFFER, type SecBuffer, tokenBuffer } from '../../../sspi/buffers.js';
import { ISC_REQ, ISC_RET } from '../../../sspi/flags.js';
import { type MessageBuffers, type MessageCall, messageBuffers } from '../../../sspi/messages.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { InitializeLeg, LegResult, PackageContext } from '../../security-package.js';
import type { DigestIdentity } from '../credential.js';
import type { HttpDigestQop } from '../options.js';
import type { DigestServices } from '../services.js';
import { commonAttribute } from './attributes.js';
import { type AuthenticationInfo, readAuthenticationInfo } from './authentication-info.js';
import { chooseChallenge, parseChallenge } from './challenge.js';
import { ClientAnswer } from './client-answer.js';
import {
  badParameter,
  isTarget,
  type RequestBuffers,
  readClientRequest,
  readSignedRequest,
} from './request-buffers.js';

/** The client's side of HTTP Digest: a server's challenge and the requests that answer it. */
export class HttpClientContext implements PackageContext {
  engineContext?: object;
  readonly #services: DigestServices;
  readonly #identity: DigestIdentity;
  readonly #established: Date;
  #contextReq = 0;
  #contextAttr = 0;
  #uri: string | undefined;
  #answer: ClientAnswer | undefined;

  constructor(services: DigestServices, identity: DigestIdentity) {
    this.#services = services;
    this.#identity = identity;
    this.#established = new Date(services.environment.now());
  }

  step({ input, contextReq, targetName }: InitializeLeg): LegResult {
    this.#contextReq = contextReq;
    if (targetName !== undefined) this.#uri = checkedTarget(targetName);
    const request = readClientRequest(input);
    const [token] = request.tokens;
    if (token === undefined) return this.#withoutToken();
    const info = this.#answer && request.tokens.length === 1 ? readAuthenticationInfo(token) : undefined;
    return info ? this.#finish(info, request) : this.#answerChallenge(request);
  }

  /** The Authorization of a later request, in the PADDING buffer: in place where it has room, in fresh bytes where it is empty. */
  makeSignature({ buffers }: MessageCall): MessageBuffers {
    const request = readSignedRequest(buffers);
    const uri = request.target === undefined ? this.#requireUri() : checkedTarget(request.target);
    const place = buffers.findIndex(buffer => bufferType(buffer) === SECBUFFER.PADDING);
    const padding = buffers[place];
    if (!padding) throw badParameter('there is no PADDING buffer for the Authorization');
    if (!this.#answer) throw new PackageError(SEC_E.INVALID_HANDLE, 'the context is not established yet');
    const authorization = this.#answer.sign(request, uri);
    const result = [...buffers];
    result[place] = { ...padding, data: placed(authorization, padding) };
    return messageBuffers(result);
  }

  queryAttribute(attribute: number): unknown {
    if (!this.#answer) return undefined;
    switch (attribute) {
      case SECPKG_ATTR.NAMES: {
        const { domain, user } = this.#identity;
        return { userName: domain === undefined ? user : `${domain}\\${user}` };
      }
      case SECPKG_ATTR.CLIENT_SPECIFIED_TARGET:
        return { targetName: this.#requireUri() };
      default:
        return commonAttribute(attribute, this.#answer.algorithm, this.#established, this.#contextAttr);
    }
  }

  close(): void {
    this.#answer?.wipe();
  }

  #withoutToken(): LegResult {
    if (this.#answer) {
      throw new PackageError(
        SEC_E.MUTUAL_AUTH_FAILED,
        'the server has sent neither a challenge nor Authentication-Info',
      );
    }
    return { status: SEC_I.CONTINUE_NEEDED, output: [], contextAttr: 0 };
  }

  #answerChallenge(request: RequestBuffers): LegResult {
    const { http, environment } = this.#services;
    const challenges = request.tokens.map(parseChallenge);
    const wanted = this.#contextReq & ISC_REQ.INTEGRITY ? INTEGRITY_ONLY : ANY_QOP;
    const choice = chooseChallenge(challenges, http.allowed, wanted);
    const before = this.#answer;
    if (before && !choice.challenge.stale) {
      throw new PackageError(SEC_E.LOGON_DENIED, 'the server has challenged again: the user or the password is wrong');
    }
    if (before && choice.algorithm.strength < before.algorithm.strength) {
      throw new PackageError(SEC_E.DOWNGRADE_DETECTED, 'the server offers a weaker algorithm than before');
    }
    const uri = this.#requireUri();
    const answer = new ClientAnswer(choice, this.#identity, request, environment);
    const output = [tokenBuffer(answer.sign(request, uri))];
    before?.wipe();
    this.#answer = answer;
    this.#contextAttr = this.#contextReq & GRANTED;
    if (answer.qop === 'auth-int') this.#contextAttr |= ISC_RET.INTEGRITY;
    const status = this.#contextReq & ISC_REQ.MUTUAL_AUTH ? SEC_I.CONTINUE_NEEDED : SEC_E.OK;
    return { status, output, contextAttr: this.#contextAttr };
  }

  #finish(info: AuthenticationInfo, response: RequestBuffers): LegResult {
    if (info.rspauth !== undefined && !this.#answer?.isProvenBy(info, response)) {
      throw new PackageError(SEC_E.MUTUAL_AUTH_FAILED, 'the server does not know the password');
    }
    if (info.rspauth !== undefined) this.#contextAttr |= ISC_RET.MUTUAL_AUTH;
    else if (this.#contextReq & ISC_REQ.MUTUAL_AUTH) {
      throw new PackageError(SEC_E.MUTUAL_AUTH_FAILED, 'the server has not shown that it knows the password');
    }
    this.#answer?.follow(info);
    return { status: SEC_E.OK, output: [], contextAttr: this.#contextAttr };
  }

  #requireUri(): string {
    if (this.#uri === undefined) throw new PackageError(SEC_E.TARGET_UNKNOWN, 'there is no target name', TARGET_HINT);
    return this.#uri;
  }
}

function checkedTarget(target: string): string {
  if (!isTarget(target)) throw new PackageError(SEC_E.TARGET_UNKNOWN, 'the target name is no URI', TARGET_HINT);
  return target;
}

function placed(authorization: Uint8Array, { data }: SecBuffer): Uint8Array {
  if (data.length === 0) return authorization;
  if (data.length < authorization.length) {
    throw new PackageError(SEC_E.BUFFER_TOO_SMALL, `the Authorization takes ${authorization.length} bytes`);
  }
  data.set(authorization);
  return data.subarray(0, authorization.length);
}

const TARGET_HINT = { hint: "The target name is the request's URI, as it stands in the request line." } as const;

const ANY_QOP: readonly HttpDigestQop[] = ['auth', 'auth-int'];
const INTEGRITY_ONLY: readonly HttpDigestQop[] = ['auth-int'];

/** A server checks each request against replay and for its order. */
const GRANTED = ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT | ISC_REQ.CONNECTION;
