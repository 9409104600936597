import type { Protection } from '../../context/protection.js';
import type { AuthData } from '../../sspi/credentials.js';

/** What the demo does with one SASL profile. */
export interface ProfileScript {
  readonly identity: AuthData;
  /** The same user with a password that is wrong; absent where the profile has no password. */
  readonly wrongIdentity?: AuthData;
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

/** The account that the demo's server knows. */
export const DEMO_ACCOUNT = { user: 'alice', password: 'open sesame' } as const;

/** Whether a profile can be shown by one process alone: Kerberos needs a KDC. */
export function isPlayable(profile: string): boolean {
  return profile !== 'GSSAPI';
}

/** What to do with a profile: its own script, or one that asks for as much protection as there is. */
export function profileScript(profile: string): ProfileScript {
  return SCRIPTS[profile] ?? PASSWORD_SCRIPT;
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

const SCRIPTS: Readonly<Record<string, ProfileScript>> = {
  'DIGEST-MD5': {
    ...PASSWORD_SCRIPT,
    variants: [
      { name: 'auth-conf', layer: 'confidentiality' },
      { name: 'auth-int', request: ['integrity'], layer: 'integrity' },
      { name: 'auth', request: [], layer: 'none' },
    ],
  },
  'GSS-SPNEGO': {
    ...PASSWORD_SCRIPT,
    variants: [
      { name: 'sealed', layer: 'confidentiality' },
      { name: 'signed', request: ['integrity'], layer: 'integrity' },
      { name: 'logon only', request: [], layer: 'none' },
    ],
  },
};
