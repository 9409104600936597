import assert from 'node:assert/strict';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ISC_REQ, initSecurityInterface, type SecurityFunctionTable } from 'secur32/raw';
import { demoEngine } from '#dist/cli/demo/demo-engine.js';
import { playDemo } from '#dist/cli/demo/play.js';
import type { DemoEvent, SceneEvent } from '#dist/cli/demo/transcript.js';
import { runCli } from './run-cli.js';

interface Play {
  readonly events: DemoEvent[];
  readonly asExpected: boolean;
  readonly summary: string;
  /** Each scene with how it ended. */
  readonly scenes: string[];
}

async function play(sspi: SecurityFunctionTable): Promise<Play> {
  const events: DemoEvent[] = [];
  const { asExpected, text } = await playDemo(sspi, event => events.push(event));
  const titles = events.filter((event): event is SceneEvent => event.type === 'scene');
  const outcomes = events.filter(event => event.type === 'outcome');
  const scenes = titles.map(
    ({ profile, variant }, index) =>
      `${profile} ${variant}: ${outcomes[index]?.asExpected ? '' : 'NOT '}${outcomes[index]?.text}`,
  );
  return { events, asExpected, summary: text, scenes };
}

const DEMO = ['demo', '--provider', 'engine'];

const engine = (): SecurityFunctionTable => createEngine(demoEngine());

describe('secur32 demo', () => {
  it('shows every profile of the provider, a wrong password and a tampered message, and exits with 0', async () => {
    const { code, stdout, stderr } = await runCli(DEMO);
    assert.deepEqual([code, stderr], [0, '']);
    const profiles = await initSecurityInterface({ provider: 'engine' }).saslEnumerateProfiles();
    for (const profile of profiles) {
      assert.match(stdout, new RegExp(`^ ${profile}, `, 'm'));
    }
    for (const text of [
      /^ client {6}SaslInitializeSecurityContext .*SEC_I_CONTINUE_NEEDED$/m,
      /^ {4} server {2}SaslAcceptSecurityContext .*SEC_E_OK$/m,
      /^ client ──▶ {2}a1 AUTHENTICATE DIGEST-MD5$/m,
      /^ ◀── server {2}\+ challenge, \d+ bytes$/m,
      /^ {13}digest-uri {2}imap\/localhost {2,}the service/m,
      /alice@example\.com is logged on, layer: confidentiality/,
      /^ client {6}DeleteSecurityContext +SEC_E_OK$/m,
      /SaslAcceptSecurityContext .*SEC_E_LOGON_DENIED$/m,
      /on the wire, byte 12 turns from 0x/,
      /DecryptMessage .*SEC_E_MESSAGE_ALTERED$/m,
    ]) {
      assert.match(stdout, text);
    }
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines.at(-1)!, /^ ✓ 11 logons, .*: all as it should be$/);
    assert.deepEqual(
      lines.filter(line => line.length > 100),
      [],
    );
  });

  it('adds the bytes with --verbose', async () => {
    const [brief, verbose] = await Promise.all([runCli(DEMO), runCli([...DEMO, '--verbose'])]);
    const dump = /^ {13}0000 {2}72 65 61 6c 6d 3d 22 {2}|^ {13}0000 {2}72 65 61 6c 6d 3d 22 /m;
    assert.doesNotMatch(brief.stdout, dump);
    assert.match(verbose.stdout, dump);
    assert.match(verbose.stdout, /QueryContextAttributes +SIZES/);
  });

  it('prints the whole transcript with --json', async () => {
    const { code, stdout } = await runCli([...DEMO, '--json']);
    const { asExpected, events } = JSON.parse(stdout) as { asExpected: boolean; events: Record<string, unknown>[] };
    assert.deepEqual([code, asExpected], [0, true]);
    assert.deepEqual([events[0]?.['type'], events.at(-1)?.['type']], ['opening', 'summary']);
    const token = events.find(({ type }) => type === 'token') as { bytes: string; decoded: { name: string } };
    assert.match(Buffer.from(token.bytes, 'hex').toString(), /^realm="example\.com",nonce="/);
    assert.equal(token.decoded.name, 'challenge');
  });

  it('shows TLS by the documented loops, and EXTERNAL inside of it', async () => {
    const { scenes } = await play(engine());
    assert.deepEqual(
      scenes.filter(scene => scene.startsWith('EXTERNAL')),
      [
        'EXTERNAL inside TLS 1.3: alice was logged on by her certificate, and every message encrypted',
        'EXTERNAL inside TLS 1.2: alice was logged on by her certificate, and every message encrypted',
        'EXTERNAL no client certificate: SEC_E_LOGON_DENIED: nobody is logged on',
        'EXTERNAL a tampered message: SEC_E_MESSAGE_ALTERED: the server ends the connection, with an alert',
      ],
    );
  });

  it('comes to what it should for every qop, and for what must fail', async () => {
    const { scenes, asExpected } = await play(engine());
    assert.equal(asExpected, true);
    assert.deepEqual(
      scenes.filter(scene => scene.startsWith('DIGEST-MD5')),
      [
        'DIGEST-MD5 auth-conf: alice@example.com was logged on, with every message sealed and signed',
        'DIGEST-MD5 auth-int: alice@example.com was logged on, with every message signed',
        'DIGEST-MD5 auth: alice@example.com was logged on, with no protection after the logon',
        'DIGEST-MD5 a wrong password: SEC_E_LOGON_DENIED: nobody is logged on',
        'DIGEST-MD5 a tampered message: SEC_E_MESSAGE_ALTERED: the server ends the connection',
      ],
    );
  });

  it('shows GSSAPI with tickets of its own making: every layer, a forged ticket, a tampered message', async () => {
    const { scenes, events } = await play(engine());
    assert.deepEqual(
      scenes.filter(scene => scene.startsWith('GSSAPI')),
      [
        'GSSAPI sealed: alice@EXAMPLE.COM was logged on, with every message sealed and signed',
        'GSSAPI signed: alice@EXAMPLE.COM was logged on, with every message signed',
        'GSSAPI logon only: alice@EXAMPLE.COM was logged on, with no protection after the logon',
        'GSSAPI a forged ticket: SEC_E_LOGON_DENIED: nobody is logged on',
        'GSSAPI a tampered message: SEC_E_MESSAGE_ALTERED: the server ends the connection',
      ],
    );
    const scene = events.find(event => event.type === 'scene' && event.profile === 'GSSAPI') as SceneEvent;
    assert.match(scene.note!, /no KDC here: the demo mints alice's ticket itself/);
  });

  it('shows the suspended round trip of GSSAPI, and the cookies of both sides', async () => {
    const { stdout } = await runCli(DEMO);
    const shown = stdout.slice(stdout.indexOf('\n GSSAPI, sealed'), stdout.indexOf('\n GSSAPI, signed'));
    assert.match(
      shown,
      /AP-REP[\s\S]*client ──▶ {2}\(an empty line\)\n {13}The last token of Kerberos was the server's/,
    );
    assert.match(
      shown,
      /server {2}SaslAcceptSecurityContext {6}no token +SEC_I_CONTINUE_NEEDED\n ◀── server {2}\+ cookie, \d+ bytes\n {13}layers {6}none, integrity, confidentiality +on offer\n/,
    );
    assert.match(
      shown,
      /client ──▶ {2}cookie, \d+ bytes\n {13}layer {7}confidentiality +the one that the client chose\n/,
    );
  });

  it('shows on the wire what a layer hides and what it does not', async () => {
    const { events } = await play(engine());
    const wires = events.flatMap(event =>
      event.type === 'message' && event.from === 'client' ? [Buffer.from(event.wire).toString('latin1')] : [],
    );
    const [sealed, signed, plain] = wires as [string, string, string];
    assert.ok(!sealed.includes('LOGOUT') && signed.includes('a2 LOGOUT\r\n'));
    assert.equal(plain, 'a2 LOGOUT\r\n');
  });

  it('leaves no context and no credential behind', async () => {
    const all = (await play(engine())).events;
    const inTls = all.findIndex(event => event.type === 'scene' && event.profile === 'EXTERNAL');
    const credentials = (name: string): number =>
      all.filter(event => event.type === 'call' && event.name === name && event.status === 'SEC_E_OK').length;
    assert.equal(credentials('AcquireCredentialsHandle'), credentials('FreeCredentialsHandle'));
    const events = all.slice(0, inTls);
    const count = (name: string): number =>
      events.filter(event => event.type === 'call' && event.name === name && event.status === 'SEC_E_OK').length;
    const scenes = events.filter(event => event.type === 'scene').length;
    // A forged ticket is refused before the server has a context.
    assert.equal(count('DeleteSecurityContext'), 2 * scenes - 1);
    const deletedInTls = all
      .slice(inTls)
      .filter(({ type, ...event }) => type === 'call' && 'name' in event && event.name === 'DeleteSecurityContext');
    // Four connections with two ends each, and a logon with two, of which a server refuses one.
    assert.equal(deletedInTls.length, 4 * 2 + 4 * 2 - 1);
  });

  it('shows a profile that it has no script for by itself', async () => {
    const base = engine();
    const sspi: SecurityFunctionTable = {
      ...base,
      saslEnumerateProfiles: async () => ['DIGEST-MD5', 'X-NEW'],
      saslGetProfilePackage: name => base.saslGetProfilePackage(name === 'X-NEW' ? 'DIGEST-MD5' : name),
    };
    const { scenes, asExpected } = await play(sspi);
    assert.equal(asExpected, true);
    assert.deepEqual(
      scenes.filter(scene => scene.startsWith('X-NEW')).map(scene => scene.split(':')[0]),
      ['X-NEW strongest protection', 'X-NEW a wrong password', 'X-NEW a tampered message'],
    );
  });

  describe('is not content with', () => {
    it('a logon that fails', async () => {
      const sspi = createEngine({
        ...demoEngine(),
        accounts: memoryAccounts([{ user: 'alice', password: 'something else' }]),
      });
      const { asExpected, summary, scenes } = await play(sspi);
      assert.equal(asExpected, false);
      assert.match(summary, /not as it should be: DIGEST-MD5 \(auth-conf\)/);
      assert.match(scenes[0]!, /^DIGEST-MD5 auth-conf: NOT /);
    });

    it('a wrong password that passes', async () => {
      const sspi = createEngine({
        ...demoEngine(),
        accounts: memoryAccounts([{ user: 'alice', password: 'open barley' }]),
      });
      const { scenes } = await play(sspi);
      assert.ok(scenes.includes('DIGEST-MD5 a wrong password: NOT the server let the logon pass'));
    });

    it('a tampered message that passes', async () => {
      const base = engine();
      const pass: SecurityFunctionTable['decryptMessageSync'] = (context, message) => {
        try {
          return base.decryptMessageSync(context, message);
        } catch {
          const buffers = [{ type: 1, data: Buffer.from('a2 LOGOUT\r\n') }, ...message.buffers.slice(1)];
          return Object.assign(buffers, { status: 0, qop: 0 });
        }
      };
      const { scenes, asExpected } = await play({ ...base, decryptMessageSync: pass });
      assert.equal(asExpected, false);
      assert.match(scenes.find(scene => scene.startsWith('DIGEST-MD5 a tampered message'))!, /: NOT /);
    });

    it('a layer that is weaker than the one that was due', async () => {
      const base = engine();
      const weaker: SecurityFunctionTable['saslInitializeSecurityContext'] = call =>
        base.saslInitializeSecurityContext({ ...call, contextReq: call.contextReq & ~ISC_REQ.CONFIDENTIALITY });
      const { scenes } = await play({ ...base, saslInitializeSecurityContext: weaker });
      assert.equal(scenes[0], 'DIGEST-MD5 auth-conf: NOT layer integrity, not confidentiality');
      assert.match(scenes[1]!, /^DIGEST-MD5 auth-int: alice/);
    });

    it('a provider without a profile', async () => {
      const { asExpected, summary } = await play({ ...engine(), saslEnumerateProfiles: async () => [] });
      assert.deepEqual([asExpected, summary], [false, 'the provider has no SASL profile']);
    });
  });
});
