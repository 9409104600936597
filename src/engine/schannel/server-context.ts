import { ASC_REQ, ASC_RET } from '../../sspi/flags.js';
import { SCH_CRED } from '../../sspi/schannel.js';
import type { SecurityToken } from '../../sspi/security-token.js';
import { SEC_E } from '../../sspi/status.js';
import type { Account } from '../accounts/account-store.js';
import { PackageError } from '../package-error.js';
import type { ContextLegInput, FirstLeg, InitializeLeg } from '../security-package.js';
import { accountToken } from './account-token.js';
import { PeerCertificates } from './attributes/certificate-contexts.js';
import type { CredentialSettings } from './credential/settings.js';
import { inputProtocols } from './leg-buffers.js';
import { SchannelContext } from './schannel-context.js';
import type { SchannelServices } from './services.js';
import type { TlsAcceptor } from './tls/tls-server.js';
import { chainVerdict } from './validation.js';

/** What a server's context takes of its credential. */
export interface ServerCredential {
  readonly services: SchannelServices;
  readonly settings: CredentialSettings;
  acceptor(clientCertificate: 'asked-for' | 'not-asked-for'): TlsAcceptor;
}

/** A server's side of TLS. Source: Microsoft Learn, "AcceptSecurityContext (Schannel)", "Mapping Certificates". */
export class ServerContext extends SchannelContext {
  protected override readonly role: 'server' = 'server' as const;
  readonly #credential: ServerCredential;
  #trustedClient = false;
  #account: Account | undefined;

  private constructor(credential: ServerCredential, leg: ContextLegInput) {
    const acceptor = credential.acceptor(leg.contextReq & ASC_REQ.MUTUAL_AUTH ? 'asked-for' : 'not-asked-for');
    super(acceptor.open(inputProtocols(leg.input)));
    this.#credential = credential;
  }

  static async begin(credential: ServerCredential, leg: ContextLegInput): Promise<FirstLeg> {
    const context = new ServerContext(credential, leg);
    try {
      return { ...(await context.step({ ...leg, targetName: undefined })), context };
    } catch (error) {
      context.close();
      throw error;
    }
  }

  /** Source: Microsoft Learn, "Mapping Certificates". Throws SEC_E_NO_IMPERSONATION for a client that no account was found for. */
  securityToken(): SecurityToken {
    return accountToken(this.#account);
  }

  protected override release(): 'go' {
    return 'go';
  }

  /** Whether the client's certificate is to be trusted is not decided here: MUTUAL_AUTH says that it is (Learn, "Context Requirements"). */
  protected override async conclude(_leg: InitializeLeg): Promise<void> {
    const { leaf } = this.peerCertificates();
    if (!leaf || chainVerdict(this.end.chainError)) return;
    this.#trustedClient = true;
    if (this.#credential.settings.flags & SCH_CRED.NO_SYSTEM_MAPPER) return;
    try {
      const account = await this.#credential.services.accounts.findByCertificate?.(new Uint8Array(leaf.raw));
      if (account && account.disabled !== true) this.#account = account;
    } catch (cause) {
      throw new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, 'the account store failed', { cause });
    }
  }

  protected override shown(): PeerCertificates {
    return PeerCertificates.shownTo(this.socket);
  }

  protected override reconnects(wish: 'enable-reconnects' | 'disable-reconnects'): void {
    const disabled = (this.#credential.settings.flags & SCH_CRED.DISABLE_RECONNECTS) !== 0;
    if (disabled === (wish === 'disable-reconnects')) return;
    throw new PackageError(
      SEC_E.UNSUPPORTED_FUNCTION,
      'a server cannot take its tickets back, nor give some of its own accord',
      {
        hint: 'Say with SCH_CRED.DISABLE_RECONNECTS whether the sessions of a credential can be resumed.',
      },
    );
  }

  protected override attributes(contextReq: number, complete: boolean): number {
    const mutual = complete && this.#trustedClient ? ASC_RET.MUTUAL_AUTH : 0;
    return (ALWAYS | (contextReq & ECHOED) | mutual) >>> 0;
  }
}

const ALWAYS =
  ASC_RET.REPLAY_DETECT | ASC_RET.SEQUENCE_DETECT | ASC_RET.CONFIDENTIALITY | ASC_RET.INTEGRITY | ASC_RET.STREAM;

const ECHOED = ASC_RET.EXTENDED_ERROR | ASC_RET.ALLOCATED_MEMORY;
