import { encodeHex } from '../../../bytes/hex.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import type { EngineEnvironment } from '../../environment.js';
import { PackageError } from '../../package-error.js';
import { SecretBytes } from '../../secret-bytes.js';
import type { DigestIdentity } from '../credential.js';
import { quoteString } from '../directives.js';
import type { HttpDigestQop } from '../options.js';
import type { Algorithm } from './algorithms.js';
import type { AuthenticationInfo } from './authentication-info.js';
import type { Challenge, Choice } from './challenge.js';
import { type BoundDirectives, boundDirectives, isUpgraded } from './channel-bindings.js';
import { ClientName } from './client-name.js';
import { type DigestInput, requestDigest, responseDigest } from './computation.js';
import { entityHashOf, methodOf } from './digest-input.js';
import { headerBytes } from './header-bytes.js';
import { isSame } from './proof.js';
import type { RequestBuffers } from './request-buffers.js';

/**
 * A challenge that is being answered: its requests count up under one cnonce, so that A1 of `-sess` is the same whether the server
 * makes it once or for each request.
 */
export class ClientAnswer {
  readonly algorithm: Algorithm;
  readonly qop: HttpDigestQop;
  readonly #cnonce: string;
  /** The Authorization but for what is different in every request: up to the nonce, after `uri`, and at the end. */
  readonly #beforeNonce: string;
  readonly #behindUri: string;
  readonly #end: string;
  readonly #userHash: SecretBytes;
  #nonce: string;
  #count = 0;
  #last: DigestInput | undefined;

  constructor(choice: Choice, identity: DigestIdentity, request: RequestBuffers, environment: EngineEnvironment) {
    const { challenge, algorithm, qop } = choice;
    this.algorithm = algorithm;
    this.qop = qop;
    const bound = isUpgraded(challenge.nonce) ? boundDirectives(request.targetHost ?? '', request.bindings) : undefined;
    this.#cnonce = (bound?.cnonceStart ?? '') + encodeHex(environment.randomBytes(CNONCE_LENGTH));
    this.#nonce = challenge.nonce;
    const name = new ClientName(identity, challenge, algorithm);
    this.#userHash = SecretBytes.own(encodeLatin1(name.userHash()));
    this.#beforeNonce = `${name.directive()}, realm=${quoteString(challenge.realm)}, nonce=`;
    this.#behindUri = `${algorithmDirective(challenge)}, qop=${qop}, cnonce="${this.#cnonce}", nc=`;
    this.#end = opaqueDirective(challenge) + (bound ? bindingDirectives(bound) : '');
  }

  /** The parameters of the Authorization field of the next request. Throws SEC_E_OUT_OF_SEQUENCE after 2^32-1 of them. */
  sign(request: RequestBuffers, uri: string): Uint8Array {
    if (this.#count === MAXIMUM_COUNT) throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the nonce is used up');
    const input: DigestInput = {
      nonce: this.#nonce,
      nc: (this.#count + 1).toString(16).padStart(8, '0'),
      cnonce: this.#cnonce,
      qop: this.qop,
      method: methodOf(request),
      uri,
      entityHash: this.qop === 'auth-int' ? entityHashOf(request, this.algorithm) : '',
    };
    const response = this.#userHash.use(userHash => requestDigest(this.algorithm, userHash, input));
    this.#count += 1;
    this.#last = input;
    return this.#write(input, response);
  }

  /** True where the server has shown that it knows the password (RFC 7616 3.5). `response` is the response that it has signed. */
  isProvenBy({ rspauth, nc, cnonce, qop }: AuthenticationInfo, response: RequestBuffers): boolean {
    const last = this.#last;
    if (!last || rspauth === undefined) return false;
    if ((nc ?? last.nc) !== last.nc || (cnonce ?? last.cnonce) !== last.cnonce || (qop ?? last.qop) !== last.qop)
      return false;
    const input = this.qop === 'auth-int' ? { ...last, entityHash: entityHashOf(response, this.algorithm) } : last;
    const expected = this.#userHash.use(userHash => responseDigest(this.algorithm, userHash, input));
    return isSame(expected, rspauth);
  }

  /** Takes `nextnonce` on. Not with `-sess`, where nobody says which nonce A1 has then. */
  follow({ nextNonce }: AuthenticationInfo): void {
    if (nextNonce === undefined || this.algorithm.session) return;
    this.#nonce = nextNonce;
    this.#count = 0;
  }

  wipe(): void {
    this.#userHash.wipe();
  }

  /** Quotes as RFC 7616 3.4 has them: some servers know `qop`, `nc` and `algorithm` only without. `uri` has nothing to escape. */
  #write({ nonce, nc, uri }: DigestInput, response: string): Uint8Array {
    const start = `${this.#beforeNonce}${quoteString(nonce)}, uri="${uri}"${this.#behindUri}`;
    return headerBytes(`${start}${nc}, response="${response}"${this.#end}`);
  }
}

function algorithmDirective({ algorithmName }: Challenge): string {
  return algorithmName === undefined ? '' : `, algorithm=${algorithmName}`;
}

function opaqueDirective({ opaque }: Challenge): string {
  return opaque === undefined ? '' : `, opaque=${quoteString(opaque)}`;
}

function bindingDirectives({ hashedDirectives, serviceName, channelBinding }: BoundDirectives): string {
  return `, hashed-dirs="${hashedDirectives}", service-name=${quoteString(serviceName)}, channel-binding="${channelBinding}"`;
}

/** Bytes. */
const CNONCE_LENGTH = 16;
const MAXIMUM_COUNT = 0xffff_ffff;
