import assert from 'node:assert/strict';
import { openTerminal, type TextStream } from '#dist/cli/terminal.js';
import { shorten, wrapText } from '#dist/cli/text-layout.js';

const stream = (parts: Partial<TextStream>): TextStream => ({ write: () => true, ...parts });
const tty = stream({ isTTY: true, hasColors: () => true });

describe('terminal', () => {
  for (const { what, on, variables, colored } of [
    { what: 'a TTY', on: tty, variables: {}, colored: true },
    {
      what: 'a TTY without colours',
      on: stream({ isTTY: true, hasColors: () => false }),
      variables: {},
      colored: false,
    },
    { what: 'a pipe', on: stream({}), variables: {}, colored: false },
    { what: 'a TTY with NO_COLOR', on: tty, variables: { NO_COLOR: '1' }, colored: false },
    { what: 'a TTY with an empty NO_COLOR', on: tty, variables: { NO_COLOR: '' }, colored: true },
    { what: 'a pipe with FORCE_COLOR', on: stream({}), variables: { FORCE_COLOR: '1' }, colored: true },
    {
      what: 'a pipe with FORCE_COLOR and NO_COLOR',
      on: stream({}),
      variables: { FORCE_COLOR: '', NO_COLOR: '1' },
      colored: true,
    },
    { what: 'a TTY with FORCE_COLOR=0', on: tty, variables: { FORCE_COLOR: '0' }, colored: false },
  ]) {
    it(`${colored ? 'has' : 'has no'} colours on ${what}`, () => {
      const { good } = openTerminal(on, variables).palette;
      assert.equal(good('x'), colored ? '\u001b[32mx\u001b[39m' : 'x');
    });
  }

  it('is as wide as the stream, within 60 and 100 columns', () => {
    const width = (columns?: number): number =>
      openTerminal(stream(columns === undefined ? {} : { columns }), {}).width;
    assert.deepEqual([width(), width(80), width(20), width(300)], [100, 80, 60, 100]);
  });

  it('wraps text at spaces and keeps every word', () => {
    const text = 'a bb ccc dddd eeeee ffffffffffff g';
    const lines = wrapText(text, 8);
    assert.deepEqual(lines, ['a bb ccc', 'dddd', 'eeeee', 'ffffffffffff', 'g']);
    assert.equal(lines.join(' '), text);
  });

  it('shortens text to a width', () => {
    assert.deepEqual([shorten('12345', 5), shorten('123456', 5)], ['12345', '1234…']);
  });
});
