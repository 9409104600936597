import type { Protection } from '../../context/protection.js';
import type { AuthData } from '../../sspi/credentials.js';
import { type ProfileScript, profileScript } from './profiles.js';

/** A logon to play, and what it must come to. */
export interface ScenePlan {
  readonly profile: string;
  readonly package: string;
  readonly variant: string;
  readonly detail: 'whole' | 'brief';
  readonly identity: AuthData;
  /** What one should know before it. */
  readonly note?: string;
  readonly request?: readonly Protection[];
  readonly expected: Expectation;
}

export type Expectation =
  | { readonly kind: 'logon'; readonly layer?: string }
  /** Client and server talk in TLS; nobody is logged on. */
  | { readonly kind: 'connection' }
  /** The server refuses the logon, with this status; the client's is another one where the server's token tells it more. */
  | { readonly kind: 'refusal'; readonly code: string; readonly clientCode?: string }
  /** One bit of a message changes on the wire, and the server notices, with this status. */
  | {
      readonly kind: 'tampering';
      readonly code: string;
      /** What some version of Windows answers instead. */
      readonly otherCode?: string;
    };

/** The scenes of one profile: what works, then what must not. */
export function planScenes(
  profile: string,
  packageName: string,
  script: ProfileScript = profileScript(profile),
): ScenePlan[] {
  const { identity, note, wrongIdentity, wrongName, wrongCode, variants } = script;
  const common = { profile, package: packageName, identity };
  const scenes = variants.map(
    ({ name, request, layer }, index): ScenePlan => ({
      ...common,
      variant: name,
      detail: index === 0 ? 'whole' : 'brief',
      ...(index === 0 && note && { note }),
      ...(request && { request }),
      expected: { kind: 'logon', ...(layer && { layer }) },
    }),
  );
  if (wrongIdentity) {
    scenes.push({
      ...common,
      variant: wrongName ?? 'a wrong password',
      detail: 'brief',
      identity: wrongIdentity,
      expected: { kind: 'refusal', code: 'SEC_E_LOGON_DENIED', ...(wrongCode && { clientCode: wrongCode }) },
    });
  }
  if (variants[0]?.layer !== 'none') {
    scenes.push({
      ...common,
      variant: 'a tampered message',
      detail: 'brief',
      expected: { kind: 'tampering', code: 'SEC_E_MESSAGE_ALTERED' },
    });
  }
  return scenes;
}
