import type { SecurityFunctionTable } from '../../sspi/function-table.js';
import { packageVersion } from '../package-version.js';
import { countOf } from '../text-layout.js';
import type { ScenePlan } from './plan.js';
import { chooseProgramme } from './programme.js';
import { playScene } from './scene.js';
import { Stage } from './stage.js';
import { playTlsScene } from './tls-scenes.js';
import type { DemoEvent, OutcomeEvent, SummaryEvent } from './transcript.js';

/** Plays the whole demo: all that the provider can show here, every variant, a wrong password, a tampered message. */
export async function playDemo(sspi: SecurityFunctionTable, record: (event: DemoEvent) => void): Promise<SummaryEvent> {
  const { profiles, logons, tls, leftOut } = await chooseProgramme(sspi);
  record({ type: 'opening', version: packageVersion(), provider: sspi.provider, profiles });
  for (const { profile, why } of leftOut) record({ type: 'leftOut', profile, why });
  const played = await playScenes(sspi, logons, record);
  for (const plan of tls) played.push({ plan, outcome: await playTlsScene(sspi, plan, record) });
  const summary = summarize(played);
  record(summary);
  return summary;
}

interface Played {
  readonly plan: ScenePlan;
  readonly outcome: OutcomeEvent;
}

/** Plays scenes one after the other on one server. */
export async function playScenes(
  sspi: SecurityFunctionTable,
  plans: readonly ScenePlan[],
  record: (event: DemoEvent) => void,
): Promise<Played[]> {
  const profiles = [...new Set(plans.map(({ profile }) => profile))];
  await using stage = await Stage.open(sspi, record, profiles);
  const played: Played[] = [];
  for (const plan of plans) played.push({ plan, outcome: await playScene(stage, plan) });
  return played;
}

function summarize(played: readonly Played[]): SummaryEvent {
  const count = (kind: ScenePlan['expected']['kind']): number =>
    played.filter(({ plan, outcome }) => plan.expected.kind === kind && outcome.asExpected).length;
  const surprises = played.filter(({ outcome }) => !outcome.asExpected);
  const connections = count('connection');
  const parts = [
    countOf(count('logon'), 'logon'),
    ...(connections > 0 ? [countOf(connections, 'encrypted connection')] : []),
    `${countOf(count('refusal'), 'false logon')} refused`,
    `${countOf(count('tampering'), 'tampered message')} noticed`,
  ];
  if (played.length === 0) return { type: 'summary', asExpected: false, text: 'the provider has no SASL profile' };
  if (surprises.length === 0)
    return { type: 'summary', asExpected: true, text: `${parts.join(', ')}: all as it should be` };
  const names = surprises.map(({ plan }) => `${plan.profile} (${plan.variant})`).join(', ');
  return { type: 'summary', asExpected: false, text: `${parts.join(', ')}; not as it should be: ${names}` };
}
