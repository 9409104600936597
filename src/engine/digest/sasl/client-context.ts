import { constantTimeEqual } from '../../../bytes/equal.js';
import { decodeHex, encodeHex } from '../../../bytes/hex.js';
import { tokenBuffer } from '../../../sspi/buffers.js';
import { ISC_RET } from '../../../sspi/flags.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { FirstLeg, InitializeLeg, LegResult } from '../../security-package.js';
import { inputToken, SessionContext } from '../../session-context.js';
import type { DigestIdentity } from '../credential.js';
import type { DigestCipher } from '../options.js';
import type { DigestServices } from '../services.js';
import { type Challenge, parseChallenge } from './challenge.js';
import { type ClientWishes, clientWishes, noTarget } from './client-input.js';
import { chooseNames, nameOctets, realmTexts } from './client-names.js';
import { FIRST_USE, type ProofParameters, Proofs, sessionHash, userHash } from './compute.js';
import { byStrength } from './layer/ciphers.js';
import { logonIsOver } from './logon-is-over.js';
import { chooseQop, clientAttributes } from './qop.js';
import { buildResponse, MAX_RESPONSE_LENGTH } from './response.js';
import { parseRspauth } from './rspauth.js';
import { DigestSession, type SessionFacts } from './session.js';

/** A client's logon: challenge in, response out, and the server's proof in (RFC 2831 2.1). */
export class ClientContext extends SessionContext<DigestSession> {
  readonly #services: DigestServices;
  readonly #identity: DigestIdentity;
  #wishes: ClientWishes | undefined;
  /** From the response until the server's proof has come. */
  #answered: Answered | undefined;

  private constructor(services: DigestServices, identity: DigestIdentity) {
    super();
    this.#services = services;
    this.#identity = identity;
  }

  /** The first leg. The server speaks first, so without its challenge there is an empty token to send. */
  static begin(services: DigestServices, identity: DigestIdentity, leg: InitializeLeg): FirstLeg {
    const context = new ClientContext(services, identity);
    const { status, output, contextAttr } = context.step(leg);
    return { status, output, contextAttr, context };
  }

  override step(leg: InitializeLeg): LegResult {
    if (this.session) throw logonIsOver();
    const token = inputToken(leg);
    if (this.#answered) return this.#finish(token, this.#answered);
    this.#wishes = clientWishes(leg, this.#wishes);
    if (token.length === 0) return { status: SEC_I.CONTINUE_NEEDED, output: [tokenBuffer(token)], contextAttr: 0 };
    return this.#answer(parseChallenge(token), this.#wishes);
  }

  override close(): void {
    this.#answered?.facts.ha1.fill(0);
    super.close();
  }

  #answer(challenge: Challenge, { contextReq, digestUri, authzid, ownMaxBuffer }: ClientWishes): LegResult {
    if (digestUri === undefined) throw noTarget('a client of DIGEST-MD5 needs a target name');
    const qop = chooseQop(challenge.qops, contextReq);
    const cipher = qop === 'auth-conf' ? this.#chooseCipher(challenge.ciphers) : undefined;
    const names = chooseNames(this.#identity, realmTexts(challenge));
    const octets = nameOctets(names, challenge.utf8);
    const cnonce = encodeHex(this.#services.environment.randomBytes(CNONCE_LENGTH));
    const proof: ProofParameters = { nonce: challenge.nonce, cnonce, nc: FIRST_USE, qop, digestUri };
    const hash = this.#identity.usePassword('latin1-if-it-fits', password =>
      userHash(octets.hashedUser, octets.hashedRealm, password),
    );
    const ha1 = sessionHash(hash, challenge.nonce, cnonce, authzid);
    hash.fill(0);
    const contextAttr = clientAttributes(qop);
    const facts: SessionFacts = {
      role: 'client',
      ha1,
      qop,
      cipher,
      contextAttr: contextAttr | ISC_RET.MUTUAL_AUTH,
      ownMaxBuffer,
      peerMaxBuffer: challenge.maxBuffer,
      userName: names.realm ? `${names.realm}\\${names.user}` : names.user,
      clientName: names.user,
      digestUri,
      start: this.#services.environment.now(),
    };
    const proofs = new Proofs(ha1, proof);
    this.#answered = { rspauth: decodeHex(proofs.rspauth), facts };
    const token = buildResponse({
      nonce: challenge.nonce,
      nc: FIRST_USE,
      cnonce,
      qop,
      digestUri,
      utf8: challenge.utf8,
      username: octets.sentUser,
      realm: octets.sentRealm,
      response: proofs.response,
      maxBuffer: ownMaxBuffer,
      cipher,
      authzid,
    });
    if (token.length > MAX_RESPONSE_LENGTH) {
      throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'the names are too long for DIGEST-MD5');
    }
    return { status: SEC_I.CONTINUE_NEEDED, output: [tokenBuffer(token)], contextAttr };
  }

  /** The server must prove that it knows the password too: without its proof nothing stands. */
  #finish(token: Uint8Array, { rspauth, facts }: Answered): LegResult {
    const given = parseRspauth(token);
    if (given === undefined || !constantTimeEqual(given, rspauth)) {
      throw new PackageError(SEC_E.MUTUAL_AUTH_FAILED, 'the server did not prove that it knows the password', {
        hint: 'Do not trust this server: whoever answers does not have the account, or the message was changed on its way.',
      });
    }
    this.session = new DigestSession(facts);
    this.#answered = undefined;
    return { status: SEC_E.OK, output: [tokenBuffer(NOTHING)], contextAttr: facts.contextAttr };
  }

  #chooseCipher(offered: readonly DigestCipher[]): DigestCipher {
    const { ciphers } = this.#services;
    const [strongest] = byStrength(offered.filter(name => ciphers.includes(name)));
    if (strongest !== undefined) return strongest;
    throw new PackageError(SEC_E.ALGORITHM_MISMATCH, `the server offers ${offered.join(', ') || 'no known cipher'}`, {
      hint: `Allowed here are ${ciphers.join(', ')}: see the engine option digest.ciphers.`,
    });
  }
}

/** What the client said, until the server has answered it. */
interface Answered {
  /** What the server has to prove itself with. */
  readonly rspauth: Uint8Array;
  readonly facts: SessionFacts;
}

const CNONCE_LENGTH = 16;
const NOTHING = new Uint8Array(0);
