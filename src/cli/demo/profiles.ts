import type { Protection } from '../../context/protection.js';
import type { AuthData } from '../../sspi/credentials.js';
import { DEMO_ACCOUNT } from './demo-account.js';
import { demoKerberos } from './demo-kerberos.js';

/** What the demo does with one SASL profile. */
export interface ProfileScript {
  readonly identity: AuthData;
  /** The same user with a password that is wrong; absent where the profile has nothing that could be wrong. */
  readonly wrongIdentity?: AuthData;
  /** What is wrong with it; `a wrong password` where absent. */
  readonly wrongName?: string;
  /** The status that a client ends with which was told so by the server's token; absent where only the server knows. */
  readonly wrongCode?: string;
  /** What one should know before the first scene. */
  readonly note?: string;
  readonly variants: readonly Variant[];
}

/** One way to log on with a profile. */
export interface Variant {
  readonly name: string;
  /** What the client asks for; absent: all that there is. */
  readonly request?: readonly Protection[];
  /** The layer that must come out; absent: any. */
  readonly layer?: 'none' | 'integrity' | 'confidentiality';
}

/** What to do with a profile: its own script, or one that asks for as much protection as there is. */
export function profileScript(profile: string): ProfileScript {
  return SCRIPTS[profile]?.() ?? PASSWORD_SCRIPT;
}

/** For accounts that are not the demo's own. */
export const CURRENT_USER_SCRIPT: ProfileScript = {
  identity: { kind: 'current' },
  wrongIdentity: { kind: 'password', user: DEMO_ACCOUNT.user, password: 'open barley' },
  variants: [{ name: 'as the user who runs this' }],
};

const PASSWORD_SCRIPT: ProfileScript = {
  identity: { kind: 'password', ...DEMO_ACCOUNT },
  wrongIdentity: { kind: 'password', user: DEMO_ACCOUNT.user, password: 'open barley' },
  variants: [{ name: 'strongest protection' }],
};

const GSS_VARIANTS: readonly Variant[] = [
  { name: 'sealed', layer: 'confidentiality' },
  { name: 'signed', request: ['integrity'], layer: 'integrity' },
  { name: 'logon only', request: [], layer: 'none' },
];

const SCRIPTS: Readonly<Record<string, () => ProfileScript>> = {
  'DIGEST-MD5': () => ({
    ...PASSWORD_SCRIPT,
    variants: [
      { name: 'auth-conf', layer: 'confidentiality' },
      { name: 'auth-int', request: ['integrity'], layer: 'integrity' },
      { name: 'auth', request: [], layer: 'none' },
    ],
  }),
  'GSS-SPNEGO': () => ({
    ...PASSWORD_SCRIPT,
    variants: GSS_VARIANTS,
  }),
  GSSAPI: () => ({
    identity: { kind: 'ccache', ccache: demoKerberos().ticket },
    wrongIdentity: { kind: 'ccache', ccache: demoKerberos().forgedTicket },
    wrongName: 'a forged ticket',
    wrongCode: 'SEC_E_WRONG_PRINCIPAL',
    note: "There is no KDC here: the demo mints alice's ticket itself, in its place. The server looks into it with its keytab.",
    variants: GSS_VARIANTS,
  }),
};
