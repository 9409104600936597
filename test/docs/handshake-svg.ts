import { printable } from '#dist/cli/demo/byte-text.js';
import type { CallEvent, DemoEvent, LogonEvent, Side } from '#dist/cli/demo/transcript.js';
import { shorten } from '#dist/cli/text-layout.js';

/** What one side does and then sends, if anything: a row of the picture. */
interface Turn {
  readonly calls: CallEvent[];
  logon?: LogonEvent;
  sent?: Sent;
}

/** What travels: an arrow with a title, and lines of two parts under it. */
interface Sent {
  readonly from: Side;
  readonly title: string;
  readonly note: string;
  readonly lines: readonly (readonly [name: string, value: string])[];
  readonly sealed: boolean;
}

const WIDTH = 960;
const MARGIN = 24;
/** Where the lifelines of the two sides stand. */
const LIFELINE: Readonly<Record<Side, number>> = { client: 284, server: WIDTH - 284 };
const LINE = 17;
const GAP = 18;
/** A call: its name and its status. */
const BLOCK = 2 * LINE + 6;
const TOP = 104;

/** A sequence diagram of one logon, out of the transcript of the demo. Colours follow the reader's light or dark scheme. */
export function renderHandshake(events: readonly DemoEvent[]): string {
  const scene = events.find(event => event.type === 'scene');
  const parts: string[] = [];
  let y = TOP;
  for (const turn of takeTurns(events)) {
    const row = renderTurn(turn, y);
    parts.push(...row.parts);
    y = row.bottom + GAP;
  }
  const height = y + MARGIN - GAP;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(`A logon with ${scene?.profile ?? ''}, ${scene?.variant ?? ''}, through SSPI`)}</title>`,
    STYLE,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>`,
    ...renderHeader(scene?.profile ?? '', scene?.variant ?? ''),
    ...(['client', 'server'] as const).map(side => {
      const x = LIFELINE[side];
      return `<line class="life" x1="${x}" y1="76" x2="${x}" y2="${height - MARGIN}"/>`;
    }),
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

function takeTurns(events: readonly DemoEvent[]): Turn[] {
  const turns: Turn[] = [];
  let turn: Turn = { calls: [] };
  for (const event of events) {
    if (event.type === 'call' && !LEFT_OUT.has(event.name)) turn.calls.push(event);
    if (event.type === 'logon') turn.logon = event;
    const sent = sentBy(event);
    if (!sent) continue;
    turns.push({ ...turn, sent });
    turn = { calls: [] };
  }
  return [...turns, turn];
}

function sentBy(event: DemoEvent): Sent | undefined {
  switch (event.type) {
    case 'line': {
      // The greeting has the version in it, and is no part of the logon.
      if (event.text.startsWith('* OK')) return undefined;
      return { from: event.from, title: event.text || '(an empty line)', note: '', lines: [], sealed: false };
    }
    case 'token': {
      const { name, fields } = event.decoded;
      const lines = fields.map(field => [field.name, shorten(field.value, 26)] as const);
      return { from: event.from, title: name, note: `${event.bytes.length} bytes`, lines, sealed: false };
    }
    case 'message': {
      const [title = '', ...more] = event.plain.split('\n');
      const lines = [
        ...more.map(line => ['', line] as const),
        ['on the wire', shorten(printable(event.wire), 26)] as const,
      ];
      return { from: event.from, title, note: `${event.wire.length} bytes`, lines, sealed: true };
    }
    default:
      return undefined;
  }
}

function renderHeader(profile: string, variant: string): string[] {
  const side = (name: Side, title: string, note: string): string[] => {
    const x = LIFELINE[name];
    return [
      `<text class="${name} head" x="${x}" y="44" text-anchor="middle">${title}</text>`,
      `<text class="quiet" x="${x}" y="62" text-anchor="middle">${note}</text>`,
    ];
  };
  return [
    ...side('client', 'SaslClient', 'initializes'),
    ...side('server', 'SaslServer', 'accepts'),
    `<text class="head" x="${WIDTH / 2}" y="44" text-anchor="middle">${escapeXml(`${profile}, ${variant}`)}</text>`,
    `<text class="quiet" x="${WIDTH / 2}" y="62" text-anchor="middle">over IMAP</text>`,
  ];
}

function renderTurn({ calls, logon, sent }: Turn, top: number): { parts: string[]; bottom: number } {
  const parts: string[] = [];
  const bottoms: Record<Side, number> = { client: top, server: top };
  for (const call of calls) {
    parts.push(...renderCall(call, bottoms[call.side]));
    bottoms[call.side] += BLOCK;
  }
  if (logon) {
    parts.push(...renderLogon(logon, bottoms.server));
    bottoms.server += BLOCK;
  }
  // What is sent stands beside the last thing that was done for it.
  const middle = sent ? renderSent(sent, Math.max(top, bottoms[sent.from] - BLOCK)) : { parts: [], bottom: top };
  return { parts: [...parts, ...middle.parts], bottom: Math.max(bottoms.client, bottoms.server, middle.bottom) };
}

function renderCall({ side, name, status }: CallEvent, top: number): string[] {
  return [
    beside(side, top + 12, name, 'name'),
    beside(side, top + 12 + LINE, status, status === 'SEC_E_OK' ? 'good' : 'wait'),
    `<circle class="${side} dot" cx="${LIFELINE[side]}" cy="${top + 8}" r="4"/>`,
  ];
}

function renderLogon({ user, layer }: LogonEvent, top: number): string[] {
  return [
    beside('server', top + 12, `${user} is logged on`, 'name good'),
    beside('server', top + 12 + LINE, `layer: ${layer}`, 'quiet'),
  ];
}

function renderSent({ from, title, note, lines, sealed }: Sent, top: number): { parts: string[]; bottom: number } {
  const start = LIFELINE[from];
  const end = LIFELINE[from === 'client' ? 'server' : 'client'];
  const direction = Math.sign(end - start);
  const left = LIFELINE.client + 20;
  const arrow = top + 20;
  const tip = end - direction * 2;
  const parts = [
    text(left, top + 12, title, 'strong'),
    `<text class="quiet" x="${LIFELINE.server - 20}" y="${top + 12}" text-anchor="end">${escapeXml(note)}</text>`,
    `<line class="${from} arrow${sealed ? ' sealed' : ''}" x1="${start + direction * 6}" y1="${arrow}" x2="${tip - direction * 8}" y2="${arrow}"/>`,
    `<path class="${from} tip" d="M${tip} ${arrow} l${-direction * 10} -5 v10 z"/>`,
  ];
  let y = arrow + 4;
  for (const [name, value] of lines) {
    y += LINE;
    if (name) parts.push(text(left, y, name, 'quiet'));
    parts.push(text(name ? left + 100 : left, y, value, name ? 'value' : 'strong'));
  }
  return { parts, bottom: y + 4 };
}

/** Text on the outer side of a lifeline. */
function beside(side: Side, y: number, content: string, style: string): string {
  const x = LIFELINE[side] + (side === 'client' ? -16 : 16);
  const anchor = side === 'client' ? ' text-anchor="end"' : '';
  return `<text class="${style}" x="${x}" y="${y}"${anchor}>${escapeXml(content)}</text>`;
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text class="${style}" x="${x}" y="${y}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Calls that are no part of this story. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'QuerySecurityPackageInfo',
  'QueryContextAttributes',
  'QuerySecurityContextToken',
  'SaslGetContextOption',
  'SaslSetContextOption',
  'SaslEnumerateProfiles',
  'SaslGetProfilePackage',
  'FreeCredentialsHandle',
]);

const STYLE = `<style>
.card { fill: #ffffff; stroke: #d0d7de }
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre }
.head { font-size: 15px; font-weight: 600 }
.name, .strong { font-weight: 600 }
.quiet { fill: #656d76 }
.good { fill: #1a7f37 }
.wait { fill: #9a6700 }
.life { stroke: #d0d7de; stroke-width: 2 }
.client { fill: #0969da; stroke: #0969da }
.server { fill: #8250df; stroke: #8250df }
text.client, text.server { stroke: none }
.dot, .tip { stroke: none }
.arrow { stroke-width: 1.5; fill: none }
.sealed { stroke-width: 4 }
@media (prefers-color-scheme: dark) {
.card { fill: #0d1117; stroke: #30363d }
text { fill: #e6edf3 }
.quiet { fill: #8d96a0 }
.good { fill: #3fb950 }
.wait { fill: #d29922 }
.life { stroke: #30363d }
.client { fill: #4493f8; stroke: #4493f8 }
.server { fill: #ab7df8; stroke: #ab7df8 }
}
</style>`;
