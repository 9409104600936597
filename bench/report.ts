/** What the bench prints: lines for people, a document for machines. */
import { cpus } from 'node:os';
import { FAMILIES } from './cases/all.js';
import type { BenchCase, Unit } from './cases/case.js';
import type { Options } from './options.js';
import type { Figure, Measured, Outcome } from './runner.js';

/** The style of a terminal, or none. */
export type Paint = (style: keyof typeof STYLES, text: string) => string;

export function createPaint(colour: boolean): Paint {
  return (style, text) => (colour ? `\x1b[${STYLES[style]}m${text}\x1b[0m` : text);
}

export function formatHeader(paint: Paint): string {
  const columns = row('', 'secur32', '', 'peer', '', 'ratio', 'memory: ours, peer');
  return `${describeMachine()}\n\n${paint('dim', columns)}\n`;
}

export function formatFamily(figure: BenchCase, paint: Paint): string {
  const family = FAMILIES.find(candidate => candidate.family === figure.family);
  return `\n${paint('bold', figure.family)}  ${paint('dim', family?.title ?? '')}\n`;
}

/** One line per peer, ours beside it. */
export function formatFigure({ case: figure, ours, peers }: Figure, paint: Paint): string {
  const name = figure.name.slice(figure.family.length + 1);
  const lines = peers.map((peer, index) => {
    const first = index === 0;
    const ratio = ratioOf(figure, ours, peer);
    const shown = ratio === undefined ? '' : `${ratio.toFixed(2)}x`.padStart(RATIO_WIDTH);
    return row(
      first ? name : '',
      first ? formatOutcome(figure, ours) : '',
      first ? figure.unit : '',
      formatOutcome(figure, peer),
      peer.label,
      ratio === undefined ? '' : paint(ratio >= 1 ? 'green' : ratio >= 0.8 ? 'yellow' : 'red', shown),
      figure.unit === 'MiB' ? '' : paint('dim', [ours, peer].map(formatGrowth).join(', ')),
    );
  });
  if (peers.length === 0) lines.push(row(name, formatOutcome(figure, ours), figure.unit, '', '', '', ''));
  const notes = [ours, ...peers].flatMap(outcome =>
    outcome.state === 'measured'
      ? []
      : [
          paint(
            outcome.state === 'failed' ? 'red' : 'yellow',
            `  ${outcome.label} ${outcome.state.toUpperCase()}: ${firstLine(outcome.reason)}`,
          ),
        ],
  );
  return `${[...lines, ...notes].join('\n')}\n`;
}

export function formatList(cases: readonly BenchCase[]): string {
  const width = Math.max(...cases.map(figure => figure.name.length));
  const names = cases.map(figure => {
    const contenders = [figure.ours, ...figure.peers].map(contender => contender.label).join(', ');
    return `${figure.name.padEnd(width)} ${figure.unit.padEnd(5)} ${contenders}\n`;
  });
  return names.join('');
}

/** The document of `--json`. */
export function toDocument(figures: readonly Figure[], options: Options): object {
  const { plan, passes } = options;
  return {
    schema: 'secur32-bench/1',
    machine: { cpu: cpus()[0]?.model.trim(), cpuCount: cpus().length, platform: process.platform, arch: process.arch },
    versions: { node: process.versions.node, openssl: process.versions.openssl },
    plan: { ...plan, passes },
    figures: figures.map(({ case: figure, ours, peers }) => ({
      family: figure.family,
      name: figure.name,
      unit: figure.unit,
      ours,
      peers: peers.map(peer => ({ ...peer, ratio: ratioOf(figure, ours, peer) })),
    })),
  };
}

/** Ours over theirs; none for memory, where a peer's growth may be zero. */
function ratioOf(figure: BenchCase, ours: Outcome, peer: Outcome): number | undefined {
  if (figure.unit === 'MiB' || ours.state !== 'measured' || peer.state !== 'measured') return undefined;
  return ours.value / peer.value;
}

function formatOutcome(figure: BenchCase, outcome: Outcome): string {
  return outcome.state === 'measured' ? formatValue(outcome.value, figure.unit) : outcome.state;
}

function formatValue(value: number, unit: Unit): string {
  const digits = unit === '/s' || value >= 1000 ? 0 : 1;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function formatGrowth(outcome: Outcome): string {
  return outcome.state === 'measured' ? signedMebibytes(outcome) : '-';
}

function signedMebibytes({ rssGrowth }: Measured): string {
  return `${rssGrowth < 0 ? '' : '+'}${(rssGrowth / 2 ** 20).toFixed(1)} MiB`;
}

/** The whole of it, a stack for instance, stands in the document of `--json`. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function describeMachine(): string {
  const [cpu] = cpus();
  return `Per second of CPU time, median of slices. Node.js ${process.versions.node}, ${cpu?.model.trim()} x${cpus().length}`;
}

function row(
  name: string,
  ours: string,
  unit: string,
  peer: string,
  label: string,
  ratio: string,
  memory: string,
): string {
  const cells = [
    `  ${name.padEnd(30)}`,
    ours.padStart(10),
    unit.padEnd(5),
    peer.padStart(10),
    label.padEnd(29),
    ratio.padStart(RATIO_WIDTH),
    ` ${memory}`,
  ];
  return cells.join(' ').trimEnd();
}

const RATIO_WIDTH = 7;
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
