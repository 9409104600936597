import type { SecurityFunctionTable } from '../../sspi/function-table.js';
import { TLS_PROFILES } from '../imap/start-sasl-server.js';
import { planScenes, type ScenePlan } from './plan.js';
import { CURRENT_USER_SCRIPT } from './profiles.js';
import { planConnections, planTlsScenes, type TlsScene } from './tls-scenes.js';

/** What the demo plays with a provider. */
export interface Programme {
  readonly profiles: readonly string[];
  /** Over IMAP. */
  readonly logons: readonly ScenePlan[];
  /** In TLS. */
  readonly tls: readonly TlsScene[];
  readonly leftOut: readonly LeftOut[];
}

/** A profile that is not played. */
export interface LeftOut {
  readonly profile: string;
  readonly why: string;
}

/** Everything that one process can show by itself: the engine brings its own accounts, Windows has those that it has. */
export async function chooseProgramme(sspi: SecurityFunctionTable): Promise<Programme> {
  const profiles = await sspi.saslEnumerateProfiles();
  return sspi.provider === 'native' ? ofWindows(sspi, profiles) : ofEngine(sspi, profiles);
}

async function ofEngine(sspi: SecurityFunctionTable, profiles: readonly string[]): Promise<Programme> {
  const logons: ScenePlan[] = [];
  const tls: TlsScene[] = [];
  for (const profile of profiles) {
    const { name } = await sspi.saslGetProfilePackage(profile);
    if (TLS_PROFILES.has(profile)) tls.push(...planTlsScenes(profile, name));
    else logons.push(...planScenes(profile, name));
  }
  return { profiles, logons, tls, leftOut: [] };
}

/** On a machine that stands alone the user who runs this can log on, by NTLM inside Negotiate, and Schannel can talk to itself. */
async function ofWindows(sspi: SecurityFunctionTable, all: readonly string[]): Promise<Programme> {
  const profiles = all.filter(profile => !(profile in LEFT_OUT_ON_WINDOWS));
  const logons: ScenePlan[] = [];
  for (const profile of profiles) {
    const { name } = await sspi.saslGetProfilePackage(profile);
    logons.push(...planScenes(profile, name, CURRENT_USER_SCRIPT));
  }
  const leftOut = all.flatMap(profile => {
    const why = LEFT_OUT_ON_WINDOWS[profile];
    return why === undefined ? [] : [{ profile, why }];
  });
  return { profiles, logons, tls: planConnections(), leftOut };
}

const LEFT_OUT_ON_WINDOWS: Readonly<Record<string, string>> = {
  'DIGEST-MD5': 'Windows has accounts for it in domains only, and only with passwords that can be decrypted',
  EXTERNAL: 'Windows leaves it to the TLS underneath',
  GSSAPI: 'it needs a domain',
};
