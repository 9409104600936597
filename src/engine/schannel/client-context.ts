import { protocolNameList } from '../../sspi/application-protocols.js';
import { ISC_REQ, ISC_RET } from '../../sspi/flags.js';
import { SCH_CRED } from '../../sspi/schannel.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { FirstLeg, InitializeLeg, PackageCredential } from '../security-package.js';
import { PeerCertificates } from './attributes/certificate-contexts.js';
import type { ClientSession, NewSession, SessionOrigin } from './credential/session-cache.js';
import type { CredentialSettings } from './credential/settings.js';
import { inputProtocols } from './leg-buffers.js';
import { plainAlert } from './records.js';
import { SchannelContext } from './schannel-context.js';
import { openClient, type TlsClientOptions } from './tls/tls-client.js';
import { validateServer } from './validation.js';

/** What a client's context takes of its credential. */
export interface ClientCredential {
  readonly settings: CredentialSettings;
  readonly secureContext: TlsClientOptions['secureContext'];
  readonly hasCertificate: boolean;
  takeSession(serverName: string | undefined): ClientSession | undefined;
  keepSession(serverName: string | undefined, session: NewSession | ClientSession): void;
  /** Forgets the sessions that one context has kept. */
  dropSessions(serverName: string | undefined, origin: SessionOrigin): void;
}

/** A client's side of TLS. Source: Microsoft Learn, "InitializeSecurityContext (Schannel)". */
export class ClientContext extends SchannelContext {
  protected override readonly role: 'client' = 'client' as const;
  readonly #credential: ClientCredential;
  readonly #serverName: string | undefined;
  readonly #manual: boolean;
  readonly #resumed: ClientSession | undefined;
  readonly #origin: SessionOrigin;
  #checked = false;
  /** Whether the caller has been told that the server asks for a certificate, and has none. */
  #asked = false;
  #sentCertificate = false;

  private constructor(credential: ClientCredential, leg: InitializeLeg) {
    const serverName = leg.targetName || undefined;
    const protocols = inputProtocols(leg.input);
    const resumed = credential.takeSession(serverName);
    const origin: SessionOrigin = { keeps: true };
    const end = openClient({
      secureContext: credential.secureContext,
      serverName,
      protocols: protocols && protocolNameList(protocols),
      session: resumed?.state,
      keepSession: state => {
        if (!origin.keeps) return;
        credential.keepSession(serverName, { state, certificates: this.peerCertificates(), origin });
      },
    });
    super(end);
    this.#resumed = resumed;
    this.#origin = origin;
    this.#credential = credential;
    this.#serverName = serverName;
    this.#manual =
      (leg.contextReq & ISC_REQ.MANUAL_CRED_VALIDATION) !== 0 ||
      (credential.settings.flags & SCH_CRED.MANUAL_CRED_VALIDATION) !== 0;
  }

  static async begin(credential: ClientCredential, leg: InitializeLeg): Promise<FirstLeg> {
    const context = new ClientContext(credential, leg);
    try {
      return { ...(await context.step(leg)), context };
    } catch (error) {
      context.close();
      throw error;
    }
  }

  protected override async release(leg: InitializeLeg): Promise<'go' | 'ask-for-certificate'> {
    await this.#checkServer();
    if (this.#asked) {
      this.#refuseOtherCredential(leg.credential);
      return 'go';
    }
    // The server's list of signature algorithms comes with its request for a certificate (RFC 8446 4.3.2, RFC 5246 7.4.4).
    if (this.socket.getSharedSigalgs().length === 0) return 'go';
    this.#sentCertificate = this.#credential.hasCertificate;
    this.#asked = true;
    const content = this.#sentCertificate || (leg.contextReq & ISC_REQ.USE_SUPPLIED_CREDS) !== 0;
    return content ? 'go' : 'ask-for-certificate';
  }

  /**
   * A session of TLS 1.2 is good for more connections, and its server need not send a new ticket (RFC 5077 3.3). One of TLS 1.3 is used
   * once, lest connections be linked (RFC 8446 C.4).
   */
  protected override conclude(): void {
    if (!this.#resumed || this.isTls13 || !this.socket.isSessionReused() || !this.#origin.keeps) return;
    this.#credential.keepSession(this.#serverName, { ...this.#resumed, origin: this.#origin });
  }

  protected override reconnects(wish: 'enable-reconnects' | 'disable-reconnects'): void {
    this.#origin.keeps = wish === 'enable-reconnects';
    if (!this.#origin.keeps) this.#credential.dropSessions(this.#serverName, this.#origin);
  }

  /** In a resumed session those of the one that it goes back to. */
  protected override shown(): PeerCertificates {
    const { socket } = this;
    return (socket.isSessionReused() && this.#resumed?.certificates) || PeerCertificates.shownTo(socket);
  }

  protected override attributes(contextReq: number, complete: boolean): number {
    let flags = ALWAYS | (contextReq & ECHOED);
    if (this.#manual) flags |= ISC_RET.MANUAL_CRED_VALIDATION;
    else if (complete) flags |= contextReq & ISC_RET.MUTUAL_AUTH;
    if (this.#sentCertificate) flags |= ISC_RET.USED_SUPPLIED_CREDS;
    return flags >>> 0;
  }

  /**
   * TLS 1.3 lets a client check its server before it says anything that matters: what it would have said is dropped then, and an alert
   * goes in its place. In TLS 1.2 the handshake is through by the time that OpenSSL tells what it thinks of the chain.
   */
  async #checkServer(): Promise<void> {
    if (this.#checked || this.end.handshakes === 0) return;
    this.#checked = true;
    if (this.#manual) return;
    const verdict = validateServer(
      this.peerCertificates().leaf,
      this.end.chainError,
      this.#credential.settings,
      this.#serverName,
    );
    if (!verdict) return;
    const { status, detail, hint, alert } = verdict;
    if (!this.isTls13) await this.refuse(status, detail, hint);
    throw new PackageError(status, detail, { token: plainAlert(alert), ...(hint !== undefined && { hint }) });
  }

  #refuseOtherCredential(credential: PackageCredential | undefined): void {
    if (credential === undefined || (credential as object) === this.#credential) return;
    if (!(credential as Partial<ClientCredential>).hasCertificate) return;
    throw new PackageError(
      SEC_E.UNSUPPORTED_FUNCTION,
      // Its setKeyCert is for servers: on a client it changes nothing (Node.js 20, 22 and 24).
      'node:tls cannot be given a certificate in the middle of a handshake',
      { hint: 'Begin a new context, on a new connection, with the credential that has the certificate.' },
    );
  }
}

/** TLS always gives these; who asks for less gets them as well. */
const ALWAYS =
  ISC_RET.REPLAY_DETECT | ISC_RET.SEQUENCE_DETECT | ISC_RET.CONFIDENTIALITY | ISC_RET.INTEGRITY | ISC_RET.STREAM;

const ECHOED = ISC_RET.EXTENDED_ERROR | ISC_RET.ALLOCATED_MEMORY;
