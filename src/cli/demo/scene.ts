import { Credential } from '../../context/credential.js';
import { SaslClient } from '../../context/sasl-client.js';
import { SspiError } from '../../sspi/error.js';
import { ImapClient, ImapRefusal } from '../imap/client.js';
import { ConnectionEnded } from '../imap/sasl-text.js';
import type { Expectation, ScenePlan } from './plan.js';
import type { Stage } from './stage.js';
import type { OutcomeEvent } from './transcript.js';

/** Milliseconds: both sides are in this process, and nobody is asked for anything. */
const PATIENCE = 10_000;

/** Plays one logon and says how it ended. A surprise is an outcome, too: this never rejects. */
export async function playScene(stage: Stage, plan: ScenePlan): Promise<OutcomeEvent> {
  stage.beginScene(plan);
  let outcome: OutcomeEvent;
  try {
    outcome = await logOn(stage, plan);
  } catch (error) {
    outcome = { type: 'outcome', asExpected: false, text: describeError(error) };
  }
  await stage.connectionsClosed();
  stage.record(outcome);
  return outcome;
}

async function logOn(stage: Stage, plan: ScenePlan): Promise<OutcomeEvent> {
  const { profile, identity, request, expected } = plan;
  const { clientSspi: sspi, port, witness } = stage;
  await using credential = await Credential.acquire({ package: plan.package, use: 'outbound', identity, sspi });
  const client = await ImapClient.connect({ port, patience: PATIENCE, sent: line => witness.said('client', line) });
  try {
    await using sasl = await SaslClient.create({
      mechanism: profile,
      credential,
      service: 'imap',
      host: 'localhost',
      ...(request && { request }),
    });
    if (expected.kind === 'refusal')
      return await expectRefusal(stage, expected, () => client.authenticate(profile, sasl));
    await client.authenticate(profile, sasl);
    if (expected.kind === 'tampering') return await expectAlarm(stage, expected.code, client);
    await client.command('LOGOUT');
    return compareLayers(stage, sasl.layer, expected.kind === 'logon' ? expected.layer : undefined);
  } finally {
    client.close();
  }
}

async function expectRefusal(
  stage: Stage,
  { clientCode, code }: Extract<Expectation, { kind: 'refusal' }>,
  attempt: () => Promise<void>,
): Promise<OutcomeEvent> {
  try {
    await attempt();
  } catch (error) {
    // Some mechanisms tell the client themselves.
    const told = error instanceof SspiError && error.code === (clientCode ?? code);
    if (!told && !(error instanceof ImapRefusal)) throw error;
    return compareStatus(stage, code, 'nobody is logged on');
  }
  return surprise('the server let the logon pass');
}

async function expectAlarm(stage: Stage, code: string, client: ImapClient): Promise<OutcomeEvent> {
  stage.flipNextBit();
  try {
    await client.command('LOGOUT');
  } catch (error) {
    if (!(error instanceof ConnectionEnded)) throw error;
    return compareStatus(stage, code, 'the server ends the connection');
  }
  return surprise('the server took a message that was tampered with');
}

function compareStatus(stage: Stage, expected: string, consequence: string): OutcomeEvent {
  const error = stage.serverError;
  const seen = error instanceof SspiError ? error.code : describeError(error);
  if (seen !== expected) return surprise(`${seen} where ${expected} was due`);
  return { type: 'outcome', asExpected: true, text: `${expected}: ${consequence}` };
}

function compareLayers(stage: Stage, clientLayer: string, expected: string | undefined): OutcomeEvent {
  const logon = stage.logon;
  if (!logon) return surprise('the server does not know who the client is');
  if (logon.layer !== clientLayer) return surprise(`the server has layer ${logon.layer}, the client ${clientLayer}`);
  if (expected !== undefined && expected !== clientLayer) return surprise(`layer ${clientLayer}, not ${expected}`);
  return { type: 'outcome', asExpected: true, text: `${logon.user} was logged on, with ${LAYERS[clientLayer]}` };
}

function surprise(text: string): OutcomeEvent {
  return { type: 'outcome', asExpected: false, text };
}

function describeError(error: unknown): string {
  if (error instanceof SspiError) return `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : 'no error was seen';
}

const LAYERS: Readonly<Record<string, string>> = {
  none: 'no protection after the logon',
  integrity: 'every message signed',
  confidentiality: 'every message sealed and signed',
};
