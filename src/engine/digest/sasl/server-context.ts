import { encodeHex } from '../../../bytes/hex.js';
import type { Awaitable } from '../../../sspi/awaitable.js';
import { findBuffer, SECBUFFER, tokenBuffer } from '../../../sspi/buffers.js';
import { ASC_RET } from '../../../sspi/flags.js';
import type { SecurityToken } from '../../../sspi/security-token.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import type { Account } from '../../accounts/account-store.js';
import { withAccount } from '../../accounts/with-account.js';
import { PackageError } from '../../package-error.js';
import type { ContextLegInput, FirstLeg, InitializeLeg, LegResult } from '../../security-package.js';
import { inputToken, SessionContext } from '../../session-context.js';
import { utf8Octets } from '../octets.js';
import type { DigestServices } from '../services.js';
import { accountQuery } from '../user-names.js';
import { receiveSize } from './buffer-size.js';
import { buildChallenge } from './challenge.js';
import { Proofs } from './compute.js';
import { logonIsOver } from './logon-is-over.js';
import { type Claim, checkPassword } from './password-check.js';
import { offeredQops, serverAttributes } from './qop.js';
import { parseResponse, type Response } from './response.js';
import { buildRspauth } from './rspauth.js';
import { type Agreement, checkAgainstOffer, claimsOf, type Offer } from './server-checks.js';
import { DigestSession } from './session.js';

/** A server's logon: challenge out, response in, and the proof of its own out (RFC 2831 2.1). */
export class ServerContext extends SessionContext<DigestSession> {
  readonly #services: DigestServices;
  readonly #ownMaxBuffer: number;
  /** Until the one response to it has come. */
  #offer: Offer | undefined;
  #client: SecurityToken | undefined;

  private constructor(services: DigestServices, leg: ContextLegInput) {
    super();
    const { ciphers, environment, realms } = services;
    this.#services = services;
    this.#ownMaxBuffer = receiveSize(leg.input);
    this.#offer = {
      nonce: encodeHex(environment.randomBytes(NONCE_LENGTH)),
      qops: offeredQops(leg.contextReq, ciphers.length),
      ciphers,
      realms,
    };
  }

  /**
   * The first leg: a challenge. A client that speaks first tries subsequent authentication (RFC 2831 2.2), which is not supported: it
   * gets a fresh challenge too, provided that what it says is a response at all.
   */
  static begin(services: DigestServices, leg: ContextLegInput): FirstLeg {
    refuseBindings(leg);
    const token = inputToken(leg);
    if (token.length > 0) parseResponse(token);
    const context = new ServerContext(services, leg);
    return {
      status: SEC_I.CONTINUE_NEEDED,
      output: [tokenBuffer(context.#challenge())],
      contextAttr: 0,
      context,
    };
  }

  override step(leg: InitializeLeg): Awaitable<LegResult> {
    const offer = this.#offer;
    if (!offer) throw logonIsOver();
    this.#offer = undefined;
    refuseBindings(leg);
    const response = parseResponse(inputToken(leg));
    const agreement = checkAgainstOffer(response, offer);
    return this.#logOn(response, agreement, claimsOf(response, agreement));
  }

  securityToken(): SecurityToken {
    if (this.#client) return this.#client;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the logon is not complete');
  }

  #challenge(): Uint8Array {
    const { ciphers, nonce, qops, realms } = this.#offer!;
    return buildChallenge({
      realms: realms.map(utf8Octets),
      nonce,
      qops,
      ciphers: qops.includes('auth-conf') ? ciphers : [],
      maxBuffer: this.#ownMaxBuffer,
      utf8: true,
    });
  }

  #logOn(response: Response, agreement: Agreement, [claim, ...others]: Claim[]): Awaitable<LegResult> {
    if (!claim) throw new PackageError(SEC_E.LOGON_DENIED);
    const { accounts, realms } = this.#services;
    const query = accountQuery(claim.user, claim.realm, realms);
    return withAccount(accounts, query, account => {
      const ha1 = checkPassword(claim, account);
      // The realm that the account was looked for in: the one of the response can be another, which the name overrules.
      if (ha1 && account) return this.#accept(response, agreement, claim, clientToken(account, query.realm), ha1);
      return this.#logOn(response, agreement, others);
    });
  }

  #accept(response: Response, agreement: Agreement, claim: Claim, client: SecurityToken, ha1: Uint8Array): LegResult {
    const { cipher, qop } = agreement;
    const { rspauth } = new Proofs(ha1, claim);
    const { domain, name } = client.user;
    const contextAttr = serverAttributes(qop) | ASC_RET.MUTUAL_AUTH;
    this.session = new DigestSession({
      role: 'server',
      ha1,
      qop,
      cipher,
      contextAttr,
      ownMaxBuffer: this.#ownMaxBuffer,
      peerMaxBuffer: response.maxBuffer,
      userName: domain === '' ? name : `${domain}\\${name}`,
      clientName: claim.user,
      digestUri: response.digestUri,
      authzid: response.authzid,
      start: this.#services.environment.now(),
    });
    this.#client = client;
    return { status: SEC_E.OK, output: [tokenBuffer(buildRspauth(rspauth))], contextAttr };
  }
}

function clientToken({ user, domain, sid, groups }: Account, realm = ''): SecurityToken {
  return {
    user: { name: user, domain: domain ?? realm, ...(sid !== undefined && { sid }) },
    ...(groups !== undefined && { groups }),
  };
}

/** Answering as though they had been checked would be a lie: a response of RFC 2831 has no place for them. */
function refuseBindings({ input }: ContextLegInput): void {
  if (!findBuffer(input, SECBUFFER.CHANNEL_BINDINGS)) return;
  throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'DIGEST-MD5 cannot check channel bindings', {
    hint: 'Leave the bindings out, or use a mechanism that has them: GSSAPI or GSS-SPNEGO.',
  });
}

const NONCE_LENGTH = 16;
