import { SECPKG_ATTR } from '../../sspi/attributes.js';
import { findBuffer, tokenBuffer } from '../../sspi/buffers.js';
import { SASL_PARAMETER } from '../../sspi/sasl.js';
import type { SecurityToken } from '../../sspi/security-token.js';
import { SEC_E } from '../../sspi/status.js';
import type { Account } from '../accounts/account-store.js';
import { PackageError } from '../package-error.js';
import type { ContextLegInput, FirstLeg, LegResult, PackageContext } from '../security-package.js';
import { accountToken } from './account-token.js';
import type { SchannelServices } from './services.js';

/**
 * A context of SASL EXTERNAL (RFC 4422 appendix A): who the client is was proven by the TLS underneath, and there is nothing left to say.
 * The SASL layer brings the client's certificate in a buffer of its own.
 */
export class ExternalContext implements PackageContext {
  readonly #account: Account | undefined;

  private constructor(account: Account | undefined) {
    this.#account = account;
  }

  /** Whether a leg is one of SASL EXTERNAL. */
  static isMeant({ input }: ContextLegInput): boolean {
    return findBuffer(input, SASL_PARAMETER.EXTERNAL) !== undefined;
  }

  static initialize(): FirstLeg {
    return { ...DONE, context: new ExternalContext(undefined) };
  }

  /** Throws SEC_E_LOGON_DENIED for a client that has proven nothing, or that no account belongs to. */
  static async accept({ accounts }: SchannelServices, { input }: ContextLegInput): Promise<FirstLeg> {
    const certificate = findBuffer(input, SASL_PARAMETER.EXTERNAL)?.data;
    if (!certificate?.length) {
      throw new PackageError(SEC_E.LOGON_DENIED, 'the client has proven no identity in TLS', {
        hint: 'EXTERNAL needs a client certificate that the server trusts: ask for it in the handshake.',
      });
    }
    const account = await findAccount(accounts, certificate);
    if (!account || account.disabled === true) {
      throw new PackageError(SEC_E.LOGON_DENIED, "no account belongs to the client's certificate");
    }
    return { ...DONE, context: new ExternalContext(account) };
  }

  step(): LegResult {
    throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the logon is complete already');
  }

  queryAttribute(attribute: number): unknown {
    if (attribute !== SECPKG_ATTR.NAMES) return undefined;
    const { user = '', domain } = this.#account ?? {};
    return { userName: domain ? `${domain}\\${user}` : user };
  }

  securityToken(): SecurityToken {
    return accountToken(this.#account);
  }

  close(): void {}
}

async function findAccount(
  accounts: SchannelServices['accounts'],
  certificate: Uint8Array,
): Promise<Account | undefined> {
  try {
    return await accounts.findByCertificate?.(certificate);
  } catch (cause) {
    throw new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, 'the account store failed', { cause });
  }
}

const DONE = { status: SEC_E.OK, output: [tokenBuffer(new Uint8Array(0))], contextAttr: 0 };
