import type { SecurityFunctionTable } from '../../sspi/function-table.js';
import { packageVersion } from '../package-version.js';
import { countOf } from '../text-layout.js';
import { planScenes, type ScenePlan } from './plan.js';
import { playScene } from './scene.js';
import { Stage } from './stage.js';
import type { DemoEvent, OutcomeEvent, SummaryEvent } from './transcript.js';

/** Plays the whole demo: every profile, every variant, a wrong password, a tampered message. */
export async function playDemo(sspi: SecurityFunctionTable, record: (event: DemoEvent) => void): Promise<SummaryEvent> {
  const profiles = await sspi.saslEnumerateProfiles();
  record({ type: 'opening', version: packageVersion(), provider: sspi.provider, profiles });
  await using stage = await Stage.open(sspi, record);
  const played: { plan: ScenePlan; outcome: OutcomeEvent }[] = [];
  for (const profile of profiles) {
    const { name } = await sspi.saslGetProfilePackage(profile);
    for (const plan of planScenes(profile, name)) played.push({ plan, outcome: await playScene(stage, plan) });
  }
  const summary = summarize(played);
  record(summary);
  return summary;
}

function summarize(played: readonly { plan: ScenePlan; outcome: OutcomeEvent }[]): SummaryEvent {
  const count = (kind: ScenePlan['expected']['kind']): number =>
    played.filter(({ plan, outcome }) => plan.expected.kind === kind && outcome.asExpected).length;
  const surprises = played.filter(({ outcome }) => !outcome.asExpected);
  const parts = [
    countOf(count('logon'), 'logon'),
    `${countOf(count('refusal'), 'wrong password')} refused`,
    `${countOf(count('tampering'), 'tampered message')} noticed`,
  ];
  if (played.length === 0) return { type: 'summary', asExpected: false, text: 'the provider has no SASL profile' };
  if (surprises.length === 0)
    return { type: 'summary', asExpected: true, text: `${parts.join(', ')}: all as it should be` };
  const names = surprises.map(({ plan }) => `${plan.profile} (${plan.variant})`).join(', ');
  return { type: 'summary', asExpected: false, text: `${parts.join(', ')}; not as it should be: ${names}` };
}
