/** `npm run bench`: our figures beside those of the peers. See README.md in this directory. */
import { type Options, parseOptions, USAGE, UsageError } from './options.js';
import { createPaint, formatFamily, formatFigure, formatHeader, formatList, toDocument } from './report.js';
import { type Figure, runFigure } from './runner.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n\n${USAGE}`);
  process.exitCode = EXIT_USAGE;
}

async function main(options: Options): Promise<number> {
  if (options.help || options.list) {
    process.stdout.write(options.help ? USAGE : formatList(options.cases));
    return 0;
  }
  const figures = await runAll(options);
  if (options.json) process.stdout.write(`${JSON.stringify(toDocument(figures, options), null, 2)}\n`);
  const failed = figures.flatMap(({ ours, peers }) => [ours, ...peers]).some(outcome => outcome.state === 'failed');
  return failed ? EXIT_FAILED : 0;
}

async function runAll(options: Options): Promise<Figure[]> {
  const paint = createPaint(process.stdout.isTTY === true && !process.env['NO_COLOR']);
  const print = (text: string) => {
    if (!options.json) process.stdout.write(text);
  };
  const figures: Figure[] = [];
  print(formatHeader(paint));
  let family = '';
  for (const [index, figure] of options.cases.entries()) {
    if (figure.family !== family) print(formatFamily(figure, paint));
    family = figure.family;
    const progress = (label: string) => showProgress(`${index + 1}/${options.cases.length} ${figure.name}: ${label}`);
    const outcome = await runFigure(figure, { ...options, onStart: (_, contender) => progress(contender.label) });
    showProgress('');
    figures.push(outcome);
    print(formatFigure(outcome, paint));
    warnOfSkipped(outcome, options);
  }
  return figures;
}

/** With `--json` the table that names a missing peer is not printed: say it where a person sees it. */
function warnOfSkipped({ case: figure, ours, peers }: Figure, { json }: Options): void {
  if (!json) return;
  for (const outcome of [ours, ...peers]) {
    if (outcome.state === 'measured') continue;
    process.stderr.write(`bench: ${figure.name}: ${outcome.label} ${outcome.state.toUpperCase()}: ${outcome.reason}\n`);
  }
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
