import assert from 'node:assert/strict';
import { type NtlmLogon, winbindAccounts } from 'secur32/engine';
import { nodeEnvironment, type Program } from '#dist/engine/environment.js';

const KEY = '00112233445566778899aabbccddeeff';
const LOGON: NtlmLogon = {
  user: 'alice',
  domain: 'EXAMPLE',
  workstation: 'CLIENT',
  serverChallenge: Buffer.from('0123456789abcdef', 'hex'),
  ntResponse: new Uint8Array(80).fill(7),
  lmResponse: new Uint8Array(24).fill(0xaa),
  extendedSessionSecurity: true,
};

/** Programs that do to every question what `answer`, a function of JavaScript, says. */
function programs(answer: string): {
  started: number;
  startProgram(command: string, args: readonly string[]): Program;
} {
  const script = `
    let question = '';
    process.stdin.setEncoding('utf8').on('data', text => {
      question += text;
      if (!question.endsWith('\\n.\\n')) return;
      const asked = question;
      question = '';
      const say = text => process.stdout.write(text);
      (${answer})(asked, say);
    });`;
  const { startProgram } = nodeEnvironment();
  return {
    started: 0,
    startProgram() {
      this.started += 1;
      return startProgram(process.execPath, ['-e', script]);
    },
  };
}

const yes = `Authenticated: Yes\\nUser-Session-Key: ${KEY.toUpperCase()}\\n.\\n`;

describe('accounts by winbindd', () => {
  it('ask for a user by name, challenge and response, and get the key', async () => {
    const access = programs(
      `(asked, say) => say(asked === ${JSON.stringify(QUESTION)} ? '${yes}' : 'Authenticated: No\\n.\\n')`,
    );
    const result = await winbindAccounts({}, access).checkNtlm!(LOGON);
    assert.deepEqual(result, {
      user: 'alice',
      domain: 'EXAMPLE',
      sessionBaseKey: new Uint8Array(Buffer.from(KEY, 'hex')),
    });
  });

  it('ask about the one challenge that NTLMv1 with extended session security answers', async () => {
    const access = programs(
      `(asked, say) => say('Authenticated: No\\nAuthentication-Error: ' + asked.split('\\n')[2] + '\\n.\\n')`,
    );
    const logon = { ...LOGON, ntResponse: new Uint8Array(24) };
    assert.equal(await winbindAccounts({}, access).checkNtlm!(logon), undefined);
  });

  it('find nothing by themselves', () => {
    assert.equal(winbindAccounts({}, programs('() => {}')).find({ user: 'alice' }), undefined);
  });

  it('refuse what the domain refuses', async () => {
    const access = programs(`(asked, say) => say('Authenticated: No\\nAuthentication-Error: no such user\\n.\\n.\\n')`);
    const accounts = winbindAccounts({ programs: 1 }, access);
    for (let i = 0; i < 3; i++) assert.equal(await accounts.checkNtlm!(LOGON), undefined);
    assert.equal(access.started, 1);
  });

  it('take answers in pieces, with a second period behind them', async () => {
    const access = programs(`(asked, say) => {
      setTimeout(() => say('Authentic'), 30);
      setTimeout(() => say('ated: Yes\\nUser-Session-Key: ${KEY}\\n'), 40);
      setTimeout(() => say('.\\n'), 50);
      setTimeout(() => say('.\\n'), 60);
    }`);
    const accounts = winbindAccounts({ programs: 1 }, access);
    for (let i = 0; i < 3; i++) assert.equal((await accounts.checkNtlm!(LOGON))?.sessionBaseKey.length, 16);
  });

  it('do not ask about names that would not arrive as they are', async () => {
    const access = programs(`(asked, say) => say('${yes}')`);
    const accounts = winbindAccounts({}, access);
    for (const user of ['', 'alice\0', '\ud800'])
      assert.equal(await accounts.checkNtlm!({ ...LOGON, user }), undefined);
    assert.equal(access.started, 0);
    // Line breaks are no harm in base64.
    assert.equal(
      (await accounts.checkNtlm!({ ...LOGON, user: 'alice\nNT-Domain: OTHER' }))?.user,
      'alice\nNT-Domain: OTHER',
    );
  });

  for (const [name, answer] of Object.entries({
    'winbindd is not there': `(asked, say) => say('Authenticated: No\\nAuthentication-Error: Reading winbind reply failed!\\n.\\n')`,
    'no domain controller answers': `(asked, say) => say('Authenticated: No\\nAuthentication-Error: No logon servers are currently available\\n.\\n')`,
    'the question is not understood': `(asked, say) => say('Error: No password supplied!\\n.\\n')`,
    'the program ends': `() => process.exit(1)`,
    'nothing comes back': `() => {}`,
  })) {
    it(`fail where ${name}, and start a new program the next time`, async () => {
      const access = programs(answer);
      const accounts = winbindAccounts({ timeLimit: 0.3 }, access);
      await assert.rejects(async () => accounts.checkNtlm!(LOGON), Error);
      await assert.rejects(async () => accounts.checkNtlm!(LOGON), Error);
      assert.equal(access.started, 2);
    });
  }

  it('fail where there is no such program', async () => {
    const accounts = winbindAccounts({ command: 'no-such-program-of-secur32' });
    await assert.rejects(async () => accounts.checkNtlm!(LOGON), /did not start/);
  });

  it('use no more programs than they may, and those again', async () => {
    const access = programs(`(asked, say) => setTimeout(() => say('${yes}'), 20)`);
    const accounts = winbindAccounts({ programs: 2 }, access);
    await Promise.all(Array.from({ length: 8 }, () => accounts.checkNtlm!(LOGON)));
    assert.equal(access.started, 2);
  });
});

const QUESTION = [
  `Username:: ${Buffer.from('alice').toString('base64')}`,
  `NT-Domain:: ${Buffer.from('EXAMPLE').toString('base64')}`,
  'LANMAN-Challenge: 0123456789abcdef',
  `NT-Response: ${'07'.repeat(80)}`,
  'Request-User-Session-Key: Yes',
  '.',
  '',
].join('\n');
