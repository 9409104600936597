import { styleText } from 'node:util';

/** Styles by what they mean; each leaves the text alone where no colour is wanted. */
export interface Palette {
  /** Headings and names. */
  strong(text: string): string;
  /** What can be passed over. */
  quiet(text: string): string;
  client(text: string): string;
  server(text: string): string;
  good(text: string): string;
  /** Not finished yet. */
  pending(text: string): string;
  bad(text: string): string;
}

/** A place to write lines to, with the width and the colours that it has. */
export interface Terminal {
  readonly palette: Palette;
  /** Columns. */
  readonly width: number;
  /** Whether a person is watching. */
  readonly interactive: boolean;
  line(text?: string): void;
  /** Writes without ending the line. */
  write(text: string): void;
}

/** What of a stream a terminal needs; `process.stdout` is one. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

const MAX_WIDTH = 100;
const MIN_WIDTH = 60;

/** A terminal over a stream: plain text unless the stream is a TTY, or FORCE_COLOR or NO_COLOR say otherwise. */
export function openTerminal(stream: TextStream, variables: NodeJS.ProcessEnv): Terminal {
  const columns = stream.columns ?? MAX_WIDTH;
  return {
    palette: wantsColor(stream, variables) ? COLORED : PLAIN,
    width: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns)),
    interactive: stream.isTTY === true,
    line: (text = '') => void stream.write(`${text}\n`),
    write: text => void stream.write(text),
  };
}

/** FORCE_COLOR decides where it is set (https://force-color.org), then NO_COLOR (https://no-color.org), then the stream. */
function wantsColor(stream: TextStream, variables: NodeJS.ProcessEnv): boolean {
  const force = variables['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (variables['NO_COLOR']) return false;
  return stream.isTTY === true && (stream.hasColors?.() ?? true);
}

type Format = Parameters<typeof styleText>[0];

function painter(format: Format): (text: string) => string {
  return text => styleText(format, text, { validateStream: false });
}

const asIs = (text: string): string => text;

const COLORED: Palette = {
  strong: painter('bold'),
  quiet: painter('dim'),
  client: painter('cyan'),
  server: painter('magenta'),
  good: painter('green'),
  pending: painter('yellow'),
  bad: painter('red'),
};

const PLAIN: Palette = {
  strong: asIs,
  quiet: asIs,
  client: asIs,
  server: asIs,
  good: asIs,
  pending: asIs,
  bad: asIs,
};
