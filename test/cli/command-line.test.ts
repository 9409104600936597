import assert from 'node:assert/strict';
import { readProjectFile } from '../docs/source-files.js';
import { runCli } from './run-cli.js';

const ENGINE = ['--provider', 'engine'];
const NAMES = 'demo serve packages profiles explain decode kinit klist kdestroy keytab spn'.split(' ');

describe('secur32, the command line', () => {
  it('shows the commands, on stderr and as a wrong command line where none is given', async () => {
    const help = await runCli(['--help']);
    assert.equal(help.code, 0);
    for (const name of NAMES) {
      assert.match(help.stdout, new RegExp(`^ {2}${name}\\b`, 'm'));
    }
    const nothing = await runCli([]);
    assert.deepEqual([nothing.code, nothing.stdout, nothing.stderr], [2, '', help.stdout]);
  });

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readProjectFile('package.json')) as { version: string };
    assert.deepEqual(await runCli(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  for (const name of NAMES) {
    it(`has help for ${name}, both ways, within 100 columns`, async () => {
      const [option, command] = await Promise.all([runCli([name, '--help']), runCli(['help', name])]);
      assert.equal(option.code, 0);
      assert.deepEqual(option, command);
      assert.match(option.stdout, /--json/);
      assert.match(option.stdout, /Exit codes:/);
      assert.deepEqual(
        option.stdout.split('\n').filter(line => line.length > 100),
        [],
      );
    });
  }

  for (const { args, message } of [
    { args: ['demos'], message: /no command "demos"/ },
    { args: ['help', 'demos'], message: /no command "demos"/ },
    { args: ['packages', '--wrong'], message: /--wrong/ },
    { args: ['packages', 'extra'], message: /takes no argument/ },
    { args: ['packages', '--json=yes'], message: /--json/ },
    { args: ['packages', '--provider', 'windows'], message: /auto, native, engine/ },
    { args: ['explain'], message: /wants a status/ },
    { args: ['explain', '0x123456789'], message: /32 bits/ },
    { args: ['serve', '--port', '65536'], message: /65535/ },
    { args: ['serve', '--port', '-1'], message: /65535/ },
    { args: ['demo', '--port', '1143'], message: /--serve/ },
  ]) {
    it(`calls this wrong: secur32 ${args.join(' ')}`, async () => {
      const { code, stdout, stderr } = await runCli(args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
      assert.match(stderr, /--help/);
      assert.doesNotMatch(stderr, /^ +at /m);
    });
  }

  it('says what cannot be done, with a hint, and shows the stack only when asked', async () => {
    const missing = ['serve', '--accounts', 'there-is-no-such-file'];
    const plain = await runCli(missing);
    assert.equal(plain.code, 1);
    assert.match(plain.stderr, /^secur32: The accounts cannot be read\. .*there-is-no-such-file/);
    assert.equal(plain.stderr.trimEnd().split('\n').length, 2);
    assert.match((await runCli([...missing, '--debug'])).stderr, /^ +at /m);
  });

  it('colours its output when FORCE_COLOR says so, and not otherwise', async () => {
    const plain = await runCli(['packages', ...ENGINE]);
    const forced = await runCli(['packages', ...ENGINE], { FORCE_COLOR: '1' });
    assert.ok(!plain.stdout.includes('\u001b'));
    assert.ok(forced.stdout.includes('\u001b['));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are made of
    assert.equal(forced.stdout.replace(/\u001b\[\d+m/g, ''), plain.stdout);
    assert.equal((await runCli(['packages', ...ENGINE], { FORCE_COLOR: '0' })).stdout, plain.stdout);
  });
});
