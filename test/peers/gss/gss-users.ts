import { type Account, accounts as everybody } from '../accounts.js';
import { TemporaryFolder } from '../run/folder.js';

export interface GssUsersOptions {
  readonly accounts?: readonly Account[];
  /** NetBIOS domain of the accounts and of the server; `TESTDOM` when left out. */
  readonly domain?: string;
  /** NetBIOS name of the server; `TESTSRV` when left out. */
  readonly computer?: string;
  /** LMCompatibilityLevel as Windows counts it; 3, which is NTLMv2 only, when left out. */
  readonly lmCompatibility?: number;
}

/** The accounts that gss-ntlmssp logs on and checks, and an environment that has no Kerberos in it. */
export class GssUsers implements AsyncDisposable {
  readonly domain: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #folder = new TemporaryFolder('gss');

  private constructor(options: GssUsersOptions) {
    const { accounts = everybody, domain = 'TESTDOM', computer = 'TESTSRV', lmCompatibility } = options;
    const folder = this.#folder;
    this.domain = domain;
    const lines = accounts.map(({ user, password }) => `${domain}:${user}:${password}\n`);
    this.env = {
      KRB5_CONFIG: folder.write('krb5.conf', KRB5_CONF),
      KRB5CCNAME: `FILE:${folder.path}/ccache`,
      KRB5_KTNAME: `FILE:${folder.path}/keytab`,
      NTLM_USER_FILE: folder.write('users', lines.join('')),
      NETBIOS_COMPUTER_NAME: computer,
      NETBIOS_DOMAIN_NAME: domain,
      ...(lmCompatibility !== undefined && { LM_COMPAT_LEVEL: String(lmCompatibility) }),
    };
  }

  static async create(options: GssUsersOptions = {}): Promise<GssUsers> {
    return new GssUsers(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#folder.remove();
  }
}

const KRB5_CONF = `[libdefaults]
  default_realm = TEST.EXAMPLE
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
`;
