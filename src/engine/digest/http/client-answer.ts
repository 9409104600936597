import { encodeHex } from '../../../bytes/hex.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import type { EngineEnvironment } from '../../environment.js';
import { SecretBytes } from '../../secret-bytes.js';
import type { DigestIdentity } from '../credential.js';
import { DirectiveWriter } from '../directives.js';
import type { HttpDigestQop } from '../options.js';
import type { Algorithm } from './algorithms.js';
import type { AuthenticationInfo } from './authentication-info.js';
import type { Challenge, Choice } from './challenge.js';
import { type BoundDirectives, boundDirectives, isUpgraded } from './channel-bindings.js';
import { ClientName } from './client-name.js';
import { type DigestInput, requestDigest, responseDigest } from './computation.js';
import { entityHashOf, methodOf } from './digest-input.js';
import { isSame } from './proof.js';
import type { RequestBuffers } from './request-buffers.js';

/**
 * A challenge that is being answered: its requests count up under one cnonce, so that A1 of `-sess` is the same whether the server
 * makes it once or for each request.
 */
export class ClientAnswer {
  readonly algorithm: Algorithm;
  readonly qop: HttpDigestQop;
  readonly #challenge: Challenge;
  readonly #name: ClientName;
  readonly #bound: BoundDirectives | undefined;
  readonly #cnonce: string;
  readonly #userHash: SecretBytes;
  #nonce: string;
  #count = 0;
  #last: DigestInput | undefined;

  constructor(choice: Choice, identity: DigestIdentity, request: RequestBuffers, environment: EngineEnvironment) {
    const { challenge, algorithm, qop } = choice;
    this.algorithm = algorithm;
    this.qop = qop;
    this.#challenge = challenge;
    this.#name = new ClientName(identity, challenge, algorithm);
    this.#bound = isUpgraded(challenge.nonce) ? boundDirectives(request.targetHost ?? '', request.bindings) : undefined;
    this.#cnonce = `${this.#bound?.cnonceStart ?? ''}${encodeHex(environment.randomBytes(CNONCE_LENGTH))}`;
    this.#userHash = SecretBytes.own(encodeLatin1(this.#name.userHash()));
    this.#nonce = challenge.nonce;
  }

  /** The parameters of the Authorization field of the next request. */
  sign(request: RequestBuffers, uri: string): Uint8Array {
    const input: DigestInput = {
      nonce: this.#nonce,
      nc: (this.#count + 1).toString(16).padStart(8, '0'),
      cnonce: this.#cnonce,
      qop: this.qop,
      method: methodOf(request),
      uri,
      ...(this.qop === 'auth-int' && { entityHash: entityHashOf(request, this.algorithm) }),
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

  /** Quotes as RFC 7616 3.4 has them: some servers know `qop`, `nc` and `algorithm` only without. */
  #write({ nonce, nc, cnonce, qop, uri }: DigestInput, response: string): Uint8Array {
    const { realm, algorithmName, opaque } = this.#challenge;
    const writer = new DirectiveWriter(', ');
    this.#name.write(writer);
    writer.quoted('realm', realm).quoted('nonce', nonce).quoted('uri', uri);
    if (algorithmName !== undefined) writer.token('algorithm', algorithmName);
    writer.token('qop', qop).token('nc', nc).quoted('cnonce', cnonce).quoted('response', response);
    if (opaque !== undefined) writer.quoted('opaque', opaque);
    if (this.#bound) {
      const { hashedDirectives, serviceName, channelBinding } = this.#bound;
      writer.quoted('hashed-dirs', hashedDirectives).quoted('service-name', serviceName);
      writer.quoted('channel-binding', channelBinding);
    }
    return writer.toBytes();
  }
}

/** Bytes. */
const CNONCE_LENGTH = 16;
