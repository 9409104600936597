import assert from 'node:assert/strict';
import { playDemo } from '#dist/cli/demo/play.js';
import type { DemoEvent } from '#dist/cli/demo/transcript.js';
import { describeOnWindows } from '../describe-on-windows.js';
import { releaseTable } from './tables.js';
import { WINE } from './under-wine.js';

describeOnWindows('secur32 demo over the real Secur32.dll', () => {
  const sspi = releaseTable();
  const events: DemoEvent[] = [];
  before('play it', async () => {
    await playDemo(sspi, event => events.push(event));
  });

  it('says what it cannot show on this machine', async () => {
    const profiles = await sspi.saslEnumerateProfiles();
    const [opening] = events;
    assert.ok(opening?.type === 'opening' && opening.provider === 'native');
    const left = events.flatMap(event => (event.type === 'leftOut' ? [event.profile] : []));
    assert.deepEqual([...opening.profiles, ...left].sort(), [...profiles].sort());
  });

  it('shows TLS, and that a changed byte is noticed', function () {
    // Wine before 10 has no AcceptSecurityContext for Schannel.
    if (WINE !== undefined && Number.parseInt(WINE, 10) < 10) return this.skip();
    const said = events.flatMap(event => (event.type === 'message' ? [event.plain] : []));
    assert.deepEqual(said.slice(-4), ['a1 NOOP', 'a1 OK done', 'a1 NOOP', 'a1 OK done']);
    // Wine hears no close_notify, and has another status for what was changed.
    if (WINE !== undefined) return;
    const [newest, older, tampering] = outcomesOf('TLS');
    assert.deepEqual([newest, older], ['every message encrypted', 'every message encrypted']);
    assert.match(tampering!, /^SEC_E_(MESSAGE_ALTERED|DECRYPT_FAILURE): the server ends the connection/);
  });

  it('logs the user on who runs it', function () {
    if (WINE !== undefined) return this.skip();
    const [logon, refusal, tampering] = outcomesOf('GSS-SPNEGO');
    assert.match(logon!, /was logged on, with every message sealed and signed/);
    assert.match(refusal!, /^SEC_E_LOGON_DENIED: /);
    assert.match(tampering!, /^SEC_E_MESSAGE_ALTERED: /);
  });

  function outcomesOf(profile: string): string[] {
    const found: string[] = [];
    let scene = '';
    for (const event of events) {
      if (event.type === 'scene') scene = event.profile;
      if (event.type === 'outcome' && scene === profile) found.push(event.text);
    }
    return found;
  }
});
