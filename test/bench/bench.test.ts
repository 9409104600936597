import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('../../bench/main.js', import.meta.url));
const run = promisify(execFile);

interface Entry {
  state: string;
  label: string;
  value?: number;
  ratio?: number;
  reason?: string;
}
interface Document {
  schema: string;
  figures: { name: string; unit: string; ours: Entry; peers: Entry[] }[];
}

describe('bench', () => {
  it('measures a figure on our side and says of each peer what came of it', async () => {
    const { stdout } = await run(process.execPath, [
      MAIN,
      '--quick',
      '--json',
      '--only',
      'digest-md5-handshake/auth-int/contexts',
    ]);
    const { schema, figures }: Document = JSON.parse(stdout);
    assert.equal(schema, 'secur32-bench/1');
    assert.deepEqual(
      figures.map(figure => figure.name),
      ['digest-md5-handshake/auth-int/contexts'],
    );
    const [{ unit, ours, peers }] = figures as [Document['figures'][number]];
    assert.equal(unit, '/s');
    assert.deepEqual([ours.state, ours.label], ['measured', 'secur32']);
    assert.ok(Number.isFinite(ours.value));
    assert.deepEqual(
      peers.map(peer => peer.label),
      ['libsasl2', 'libgsasl'],
    );
    for (const peer of peers) {
      if (peer.state === 'measured') assert.equal(peer.ratio, ours.value! / peer.value!);
      else assert.match(`${peer.state}: ${peer.reason}`, /^skipped: ./);
    }
  });

  it('lists the figures without running them', async () => {
    const { stdout } = await run(process.execPath, [MAIN, '--list', '--only', 'http-digest,memory']);
    assert.deepEqual(stdout.match(/^[a-z][\w/-]+/gm), [
      'http-digest/exchange',
      'memory/digest-md5-handshake',
      'memory/ntlm-handshake',
      'memory/kerberos-handshake',
    ]);
  });

  it('answers exit code 2 to a name that no figure has', async () => {
    await assert.rejects(
      run(process.execPath, [MAIN, '--only', 'nothing']),
      (error: { code: number; stderr: string }) => {
        assert.equal(error.code, 2);
        assert.match(error.stderr, /no figure begins with 'nothing'; there are: digest-md5-handshake/);
        return true;
      },
    );
  });
});
