import type { Terminal } from '../terminal.js';
import { shorten, wrapText } from '../text-layout.js';
import type { TokenField } from './decoded-token.js';

/** Writes the parts of a token as a tree. Long values are cut unless `verbose`. */
export function printFields(out: Terminal, fields: readonly TokenField[], verbose: boolean | undefined): void {
  printLevel(out, fields, '  ', verbose === true);
}

function printLevel(out: Terminal, fields: readonly TokenField[], indent: string, verbose: boolean): void {
  const column = Math.min(MOST_NAME, Math.max(0, ...fields.map(({ name }) => visible(name).length)));
  for (const { name, value, meaning, parts } of fields) {
    const paint = name === PROBLEM ? out.palette.bad : out.palette.strong;
    const label = paint(visible(name).padEnd(column));
    const start = `${indent}${column > 0 ? `${label}  ` : ''}`;
    const room = Math.max(MIN_ROOM, out.width - indent.length - column - 2);
    printText(out, start, indent.length + (column > 0 ? column + 2 : 0), room, visible(value), meaning, verbose);
    if (parts) printLevel(out, parts, `${indent}  `, verbose);
  }
}

function printText(
  out: Terminal,
  start: string,
  margin: number,
  room: number,
  value: string,
  meaning: string,
  verbose: boolean,
): void {
  const { quiet } = out.palette;
  const shown = verbose ? value : shorten(value, Math.max(MIN_ROOM, room));
  if (shown.length + 2 + meaning.length <= room || meaning === '') {
    const gap = shown === '' ? '' : '  ';
    out.line(`${start}${shown}${meaning === '' ? '' : `${gap}${quiet(meaning)}`}`.trimEnd());
    return;
  }
  out.line(`${start}${shown}`.trimEnd());
  for (const line of wrapText(meaning, room)) out.line(`${' '.repeat(margin)}${quiet(line)}`);
}

/**
 * Text of others as a terminal may show it: characters that steer terminals, or turn the direction of what follows, are written as their
 * numbers.
 */
export function visible(text: string): string {
  let shown = '';
  for (const character of text) {
    shown += /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character)
      ? `\\u{${character.codePointAt(0)!.toString(16)}}`
      : character;
  }
  return shown;
}

/** The name of what says that something is wrong. */
const PROBLEM = '!';
const MOST_NAME = 24;
const MIN_ROOM = 30;
