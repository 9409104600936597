import assert from 'node:assert/strict';
import * as codes from '#dist/sspi/status/codes.js';
import { explainAllStatuses, explainStatus } from '#dist/sspi/status/explanations.js';
import {
  carriesData,
  DATA_STATUSES,
  isFailure,
  SEC_E,
  SEC_I,
  type SspiErrorCode,
  STATUS,
  type StatusName,
  statusByName,
  statusEntries,
  statusName,
  toStatus,
} from '#dist/sspi/status.js';

const ALIASES = ['SEC_E_NOT_SUPPORTED', 'SEC_E_NO_SPM'];

/** Every official name with its value, the aliases included. */
const named = Object.entries(codes).flatMap(([space, members]) =>
  Object.entries(members).map(([key, value]) => ({ name: `${space}_${key}`, value })),
);
const statuses = named.filter(({ name }) => !ALIASES.includes(name));
const explanations = explainAllStatuses();

describe('status codes', () => {
  it('have one value each and are unsigned', () => {
    assert.equal(new Set(statuses.map(({ value }) => value)).size, statuses.length);
    for (const { name, value } of named) assert.equal(value, value >>> 0, name);
  });

  it('lead from the value to the name and back', () => {
    for (const { name, value } of statuses) {
      assert.equal(statusName(value), name);
      assert.equal(statusName(value | 0), name, 'as a signed number');
      assert.equal(statusByName(name), value);
      assert.equal(statusByName(name.toLowerCase()), value);
    }
    assert.deepEqual(new Map(statusEntries()), new Map(statuses.map(({ name, value }) => [value, name])));
  });

  it('answer to their aliases, which never come back as names', () => {
    assert.equal(statusByName('SEC_E_NOT_SUPPORTED'), SEC_E.UNSUPPORTED_FUNCTION);
    assert.equal(statusByName('no_spm'), SEC_E.INTERNAL_ERROR);
    assert.equal(statusName(SEC_E.NOT_SUPPORTED), 'SEC_E_UNSUPPORTED_FUNCTION');
    assert.equal(statusName(SEC_E.NO_SPM), 'SEC_E_INTERNAL_ERROR');
  });

  it('are found without their prefix, SEC_E before the other spaces', () => {
    assert.equal(statusByName('logon_denied'), SEC_E.LOGON_DENIED);
    assert.equal(statusByName('CONTINUE_NEEDED'), SEC_I.CONTINUE_NEEDED);
    assert.equal(statusByName('CONTEXT_EXPIRED'), SEC_E.CONTEXT_EXPIRED);
    assert.equal(statusByName('LOGON_FAILURE'), STATUS.LOGON_FAILURE);
  });

  for (const name of ['', 'SEC_E_', 'SEC_E_NOTHING', 'SEC_E', 'toString', '__proto__', 'constructor']) {
    it(`do not know ${JSON.stringify(name)}`, () => assert.equal(statusByName(name), undefined));
  }

  it('that have no name are written in eight upper-case digits', () => {
    assert.equal(statusName(0x80070005), '0x80070005');
    assert.equal(statusName(0xc00000bb), '0xC00000BB');
    assert.equal(statusName(-1), '0xFFFFFFFF');
    assert.equal(statusName(0xa), '0x0000000A');
  });

  it('fail when their sign bit is set', () => {
    for (const { name, value } of statuses) {
      assert.equal(isFailure(value), name !== 'SEC_E_OK' && !name.startsWith('SEC_I_'), name);
      assert.equal(isFailure(value | 0), isFailure(value), name);
    }
  });

  it('become unsigned', () => {
    assert.equal(toStatus(-2146893044), SEC_E.LOGON_DENIED);
    assert.equal(toStatus(SEC_E.LOGON_DENIED), SEC_E.LOGON_DENIED);
  });

  it('carry data in nine cases', () => {
    const carrying = statuses.filter(({ value }) => carriesData(value)).map(({ name }) => name);
    assert.deepEqual(carrying.sort(), [
      'SEC_E_INCOMPLETE_MESSAGE',
      'SEC_E_OK',
      'SEC_I_COMPLETE_AND_CONTINUE',
      'SEC_I_COMPLETE_NEEDED',
      'SEC_I_CONTEXT_EXPIRED',
      'SEC_I_CONTINUE_NEEDED',
      'SEC_I_INCOMPLETE_CREDENTIALS',
      'SEC_I_MESSAGE_FRAGMENT',
      'SEC_I_RENEGOTIATE',
    ]);
    assert.equal(DATA_STATUSES.size, 9);
    assert.ok(carriesData(SEC_E.INCOMPLETE_MESSAGE | 0), 'as a signed number');
  });

  it('narrow by name', () => {
    const failure: SspiErrorCode = 'SEC_E_LOGON_DENIED';
    const name: StatusName = failure;
    // @ts-expect-error SEC_I_CONTINUE_NEEDED resolves, so it is no error code
    const wrong: SspiErrorCode = 'SEC_I_CONTINUE_NEEDED';
    // @ts-expect-error an alias is never the name of a status
    const alias: StatusName = 'SEC_E_NO_SPM';
    assert.deepEqual(
      [name, wrong, alias].map(each => typeof statusByName(each)),
      ['number', 'number', 'number'],
    );
  });
});

describe('status explanations', () => {
  it('exist for every status, by its official name', () => {
    const told = new Map(explanations.map(({ name, status }) => [name, status]));
    assert.equal(told.size, explanations.length);
    assert.deepEqual(told, new Map(statuses.map(({ name, value }) => [name, value])));
  });

  it('say different things', () => {
    for (const part of ['message', 'hint'] as const) {
      const seen = explanations.map(explanation => explanation[part].toLowerCase());
      assert.deepEqual(
        seen.filter((text, index) => seen.indexOf(text) !== index),
        [],
      );
    }
  });

  for (const { name, message, hint } of explanations) {
    it(`are sentences about ${name}`, () => {
      assert.notEqual(message, hint);
      for (const text of [message, hint]) {
        assert.match(text, /^["'`A-Z].{14,}[.]$/, 'starts large, ends with a full stop, one line');
        assert.doesNotMatch(text, / {2}|\t|please|successfully/i);
        assert.equal((text.match(/`/g)?.length ?? 0) % 2, 0, 'commands stand between backquotes');
        assert.match(text, /^[\x20-\x7e]+$/, 'ASCII, as a console of any code page prints it');
      }
      assert.ok(message.length <= 140, `${message.length} characters`);
      assert.ok(hint.length <= 250, `${hint.length} characters`);
      assert.ok(!message.includes(name) && !hint.includes(name), 'does not explain the name by itself');
    });
  }

  it('cannot be changed', () => {
    assert.ok(explanations.every(explanation => Object.isFrozen(explanation)));
    assert.throws(() => Object.assign(explainStatus(SEC_E.OK), { hint: '' }), TypeError);
  });

  it('take signed numbers', () => {
    assert.equal(explainStatus(SEC_E.TIME_SKEW | 0), explainStatus(SEC_E.TIME_SKEW));
    assert.match(explainStatus(SEC_E.TIME_SKEW).hint, /w32tm/);
  });

  for (const [status, name, where] of [
    [0x80070005, '0x80070005', /Win32 error 5: `net helpmsg 5`/],
    [0xc00000bb, '0xC00000BB', /NTSTATUS.*0xC00000BB/],
    [0x80090399, '0x80090399', /\[MS-ERREF\] 2\.1\.1/],
    [0x00090399, '0x00090399', /\[MS-ERREF\] 2\.1\.1/],
    [-1, '0xFFFFFFFF', /NTSTATUS/],
  ] as const) {
    it(`say where to look up ${name}`, () => {
      const explanation = explainStatus(status);
      assert.equal(explanation.name, name);
      assert.equal(explanation.status, status >>> 0);
      assert.match(explanation.message, /status that SSPI does not define/);
      assert.match(explanation.hint, where);
    });
  }
});
