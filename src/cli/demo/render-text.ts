import type { TokenField } from '../decode/decoded-token.js';
import type { Palette } from '../terminal.js';
import { countOf, shorten, wrapText } from '../text-layout.js';
import { hexDump, printable } from './byte-text.js';
import type { CallEvent, DemoEvent, LineEvent, MessageEvent, SceneEvent, Side, TokenEvent } from './transcript.js';

/** How a transcript is written. */
export interface TextStyle {
  readonly palette: Palette;
  /** Columns. */
  readonly width: number;
  /** Everything whole, with the bytes of tokens and messages. */
  readonly verbose: boolean;
}

/** Columns of the margin that says who does something; what is done stands behind it. */
const MARGIN = 13;
const NAME_COLUMN = 31;
const FIELD_NAME_COLUMN = 12;
const FIELD_VALUE_COLUMN = 26;
/** Parts of parts are shown down to here; `--verbose` shows all. */
const MOST_DEPTH = 1;

/** Writes a transcript as text, one event at a time. */
export class TextRenderer {
  readonly #style: TextStyle;
  #scene: SceneEvent | undefined;
  #last: DemoEvent['type'] | undefined;
  /** Context requirements stay the same through a scene: each side shows them once. */
  readonly #flagsShown = new Set<Side>();

  constructor(style: TextStyle) {
    this.#style = style;
  }

  lines(event: DemoEvent): string[] {
    if (event.type === 'scene') {
      this.#scene = event;
      this.#flagsShown.clear();
    }
    const lines = this.#render(event);
    if (lines.length === 0) return [];
    const space = this.#spaceBefore(event);
    this.#last = event.type;
    return space ? ['', ...lines] : lines;
  }

  get #whole(): boolean {
    return this.#style.verbose || this.#scene?.detail !== 'brief';
  }

  /** An empty line between scenes, and in whole scenes between turns: a turn ends with what is sent. */
  #spaceBefore(event: DemoEvent): boolean {
    if (event.type === 'scene' || event.type === 'summary') return true;
    if (event.type === 'leftOut') return false;
    if (!this.#whole || event.type === 'tamper') return false;
    return event.type === 'outcome' || (this.#last !== undefined && TURN_ENDS.has(this.#last));
  }

  #render(event: DemoEvent): string[] {
    const { palette } = this.#style;
    switch (event.type) {
      case 'opening':
        return [
          ` ${palette.strong(`secur32 ${event.version}`)}  SASL over IMAP4rev2, on loopback`,
          palette.quiet(
            ` provider ${event.provider}, ${countOf(event.profiles.length, 'profile')}: ${event.profiles.join(', ')}`,
          ),
        ];
      case 'leftOut':
        return [palette.quiet(` not shown: ${event.profile}, as ${event.why}`)];
      case 'scene':
        return this.#heading(event);
      case 'call':
        return this.#call(event);
      case 'line':
        return this.#line(event);
      case 'token':
        return this.#token(event);
      case 'logon': {
        const size = event.sendSize === undefined ? '' : palette.quiet(`, up to ${event.sendSize} bytes in a message`);
        return [
          `${this.#side('server')}${palette.strong(event.user)} is logged on, layer: ${palette.strong(event.layer)}${size}`,
        ];
      }
      case 'message':
        return this.#message(event);
      case 'tamper':
        return [
          `${palette.bad('  ~~~~~~~~'.padEnd(MARGIN))}on the wire, byte ${event.offset} turns from ${hexByte(event.before)} to ${hexByte(event.after)}`,
        ];
      case 'outcome':
        return this.#outcome(event.asExpected, event.text);
      case 'summary':
        return [` ${this.#mark(event.asExpected)} ${palette.strong(event.text)}`];
    }
  }

  #heading({ note, profile, package: packageName, variant }: SceneEvent): string[] {
    const { palette, width } = this.#style;
    const title = `${profile}, ${variant}`;
    const right = `package ${packageName}`;
    const rule = '─'.repeat(Math.max(2, width - title.length - right.length - 3));
    const heading = ` ${palette.strong(title)} ${palette.quiet(`${rule} ${right}`)}`;
    if (!note) return [heading];
    return [heading, ...wrapText(note, width - 1).map(line => ` ${palette.pending(line)}`)];
  }

  #call(event: CallEvent): string[] {
    const { palette, width } = this.#style;
    if (!this.#whole && !ESSENTIAL.has(event.name)) return [];
    if (!this.#style.verbose && INCIDENTAL.has(event.name)) return [];
    const aboutWidth = width - MARGIN - NAME_COLUMN - event.status.length - 2;
    const about = shorten(event.about, aboutWidth).padEnd(aboutWidth);
    const row = `${this.#side(event.side)}${event.name.padEnd(NAME_COLUMN)}${palette.quiet(about)}  ${this.#status(event.status)}`;
    if (!this.#whole || event.flags.length === 0 || this.#flagsShown.has(event.side)) return [row];
    this.#flagsShown.add(event.side);
    const indent = ' '.repeat(MARGIN + NAME_COLUMN);
    return [row, ...wrapText(event.flags.join(' '), width - indent.length).map(line => palette.quiet(indent + line))];
  }

  #status(name: string): string {
    const { palette } = this.#style;
    if (name === 'SEC_E_OK') return palette.good(name);
    return name.startsWith('SEC_I_') ? palette.pending(name) : palette.bad(name);
  }

  #line({ from, remark, text }: LineEvent): string[] {
    const { palette, width } = this.#style;
    // The greeting is the same in every scene.
    if (!this.#whole && text.startsWith('* OK ')) return [];
    const [first = '', ...rest] = wrapText(text, width - MARGIN);
    const indent = ' '.repeat(MARGIN);
    const shown = [
      `${this.#arrow(from)}${first || palette.quiet('(an empty line)')}`,
      ...rest.map(line => indent + line),
    ];
    if (!remark || !this.#whole) return shown;
    return [...shown, ...wrapText(remark, width - MARGIN).map(line => `${indent}${palette.quiet(line)}`)];
  }

  #token({ from, bytes, decoded, prefix }: TokenEvent): string[] {
    const { palette, verbose } = this.#style;
    const size = palette.quiet(`, ${countOf(bytes.length, 'byte')}`);
    const first = `${this.#arrow(from)}${prefix && `${prefix} `}${palette.strong(decoded.name)}${size}`;
    if (!this.#whole) return [decoded.gist ? `${first}${palette.quiet(`: ${decoded.gist}`)}` : first];
    const indent = ' '.repeat(MARGIN);
    const fields = decoded.fields.length
      ? decoded.fields.flatMap(field => this.#field(field))
      : [palette.quiet(`${indent}${shorten(printable(bytes), this.#style.width - MARGIN)}`)];
    const dump = verbose ? hexDump(bytes).map(line => palette.quiet(`${indent}${line}`)) : [];
    return [first, ...fields, ...dump];
  }

  /** A part, and those of its parts that say something by themselves. */
  #field({ name, value, meaning, parts }: TokenField, depth = 0): string[] {
    const { palette, verbose, width } = this.#style;
    const start = `${' '.repeat(MARGIN + 2 * depth)}${`${name} `.padEnd(FIELD_NAME_COLUMN)}`;
    // Words may take the room that their meaning leaves; of bytes the beginning is enough.
    const free = value.includes(' ') ? width - start.length - meaning.length - 2 : 0;
    const shown = verbose || value.length <= free ? value : shorten(value, FIELD_VALUE_COLUMN);
    const before = `${start}${shown.padEnd(FIELD_VALUE_COLUMN)}  `;
    const remark = verbose ? meaning : shorten(meaning, Math.max(0, width - before.length));
    const row = `${before}${palette.quiet(remark)}`.trimEnd();
    if (depth === MOST_DEPTH && !verbose) return [row];
    return [row, ...(parts ?? []).filter(part => part.name !== '').flatMap(part => this.#field(part, depth + 1))];
  }

  #message({ from, plain, wire }: MessageEvent): string[] {
    const { palette, width, verbose } = this.#style;
    const indent = ' '.repeat(MARGIN);
    const [first = '', ...rest] = plain.split('\n');
    const said = [`${this.#arrow(from)}${first}`, ...rest.map(line => `${indent}${line}`)];
    const label = `${countOf(wire.length, 'byte')} on the wire  `;
    const seen = `${indent}${palette.quiet(label)}${shorten(printable(wire), width - MARGIN - label.length)}`;
    const dump = verbose ? hexDump(wire).map(line => palette.quiet(`${indent}${line}`)) : [];
    return [...said, seen, ...dump];
  }

  #outcome(asExpected: boolean, text: string): string[] {
    const { palette, width } = this.#style;
    const paint = asExpected ? palette.good : palette.bad;
    const [first = '', ...rest] = wrapText(text, width - MARGIN);
    const margin = `${' '.repeat(MARGIN - 3)}${this.#mark(asExpected)}  `;
    return [`${margin}${paint(first)}`, ...rest.map(line => `${' '.repeat(MARGIN)}${paint(line)}`)];
  }

  #mark(good: boolean): string {
    return good ? this.#style.palette.good('✓') : this.#style.palette.bad('✗');
  }

  #side(side: Side): string {
    const { palette } = this.#style;
    return ` ${side === 'client' ? palette.client('client    ') : palette.server('    server')}  `;
  }

  #arrow(from: Side): string {
    const { palette } = this.#style;
    return ` ${from === 'client' ? palette.client('client ──▶') : palette.server('◀── server')}  `;
  }
}

function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}

/** What a turn ends with. */
const TURN_ENDS: ReadonlySet<DemoEvent['type']> = new Set(['opening', 'scene', 'line', 'token', 'message', 'tamper']);

/** What a brief scene still shows. */
const ESSENTIAL: ReadonlySet<string> = new Set([
  'InitializeSecurityContext',
  'AcceptSecurityContext',
  'SaslInitializeSecurityContext',
  'SaslAcceptSecurityContext',
  'EncryptMessage',
  'DecryptMessage',
  'MakeSignature',
  'VerifySignature',
]);

/** What is shown with `--verbose` only: questions about a context that nothing depends on in the story. */
const INCIDENTAL: ReadonlySet<string> = new Set([
  'QuerySecurityPackageInfo',
  'QueryContextAttributes',
  'QuerySecurityContextToken',
  'SaslGetContextOption',
  'SaslSetContextOption',
  'SaslEnumerateProfiles',
  'SaslGetProfilePackage',
]);
