import assert from 'node:assert/strict';
import { explainKrbError, krbErrorByName } from '#dist/cli/kerberos/error-explanations.js';
import { KRB_ERROR } from '#dist/engine/kerberos/constants/error-code.js';
import { runCli } from './run-cli.js';

interface Answer {
  asked: string;
  known: boolean;
  name?: string;
  status?: number;
  hex?: string;
  signed?: number;
  message?: string;
  hint?: string;
  similar?: string[];
}

async function ask(...statuses: string[]): Promise<{ code: number | null; answers: Answer[] }> {
  const { code, stdout } = await runCli(['explain', '--json', ...statuses]);
  return { code, answers: JSON.parse(stdout) as Answer[] };
}

describe('secur32 explain', () => {
  it('knows the errors of Kerberos by their names', async () => {
    const { code, stdout } = await runCli(['explain', 'kdc_err_s_principal_unknown', 'KRB_AP_ERR_BADKEYVER']);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^KDC_ERR_S_PRINCIPAL_UNKNOWN {2}KRB-ERROR 7\n\n {2}There is no such service\.\n\n {2}.*setspn -Q/,
    );
    assert.match(stdout, /KRB-ERROR 44[\s\S]*secur32 spn check/);
    for (const [name, number] of Object.entries(KRB_ERROR)) {
      assert.equal(krbErrorByName(name), number);
      const explanation = explainKrbError(number);
      if (explanation) assert.ok(explanation.hint.endsWith('.') && !explanation.meaning.endsWith('.'), name);
    }
  });

  it('takes a status in every notation, in any order', async () => {
    const asked = [
      '0x80090308',
      '0X80090308',
      '0x80090308L',
      '-2146893048',
      '2148074248',
      'SEC_E_INVALID_TOKEN',
      'sec_e_invalid_token',
      'invalid_token',
    ];
    const { code, answers } = await ask(...asked);
    assert.equal(code, 0);
    assert.deepEqual(
      answers.map(answer => answer.asked),
      asked,
    );
    for (const answer of answers) {
      assert.equal(answer.name, 'SEC_E_INVALID_TOKEN');
      assert.deepEqual([answer.status, answer.hex, answer.signed], [0x80090308, '0x80090308', -2146893048]);
    }
  });

  it('tells a person the name, the numbers, what it means and what to do', async () => {
    const { code, stdout } = await runCli(['explain', '0x8009030c']);
    const { answers } = await ask('0x8009030c');
    const [{ message = '', hint = '' }] = answers as [Answer];
    assert.equal(code, 0);
    assert.match(stdout, /^SEC_E_LOGON_DENIED {2}0x8009030C {2}-2146893044\n/);
    const flat = stdout.replace(/\s+/g, ' ');
    assert.ok(flat.includes(message) && flat.includes(hint));
    assert.deepEqual(
      stdout.split('\n').filter(line => line.length > 100),
      [],
    );
  });

  it('fails for a number that SSPI does not define, and still says where to look', async () => {
    const { code, answers } = await ask('0x80070005', 'SEC_E_OK');
    assert.equal(code, 1);
    assert.deepEqual(
      answers.map(({ known, name }) => [known, name]),
      [
        [false, '0x80070005'],
        [true, 'SEC_E_OK'],
      ],
    );
    assert.match(answers[0]?.hint ?? '', /Win32 error 5/);
  });

  it('fails for a name that is none, and says what looks like it', async () => {
    const { code, answers } = await ask('SEC_E_LOGIN_DENIED', 'xyzzy');
    assert.equal(code, 1);
    assert.deepEqual(answers, [
      { asked: 'SEC_E_LOGIN_DENIED', known: false, similar: ['SEC_E_LOGON_DENIED'] },
      { asked: 'xyzzy', known: false, similar: [] },
    ]);
    const { stdout } = await runCli(['explain', 'SEC_E_LOGIN_DENIED']);
    assert.equal(stdout, 'SEC_E_LOGIN_DENIED is no status that secur32 knows.\nDid you mean SEC_E_LOGON_DENIED?\n');
  });
});
