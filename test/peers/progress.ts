import type { WriteStream } from 'node:tty';

export interface Progress {
  readonly report: (percent: number, what: string) => void;
  readonly finish: (message: string) => void;
  readonly fail: (message: string) => void;
}

/** Shows how a piece of work goes: in one line that changes on a terminal, in a line per quarter elsewhere. */
export function createProgress(stream: WriteStream): Progress {
  const started = Date.now();
  let quarters = 0;
  const clearLine = stream.isTTY ? '\r\x1b[K' : '';

  return {
    report(percent, what) {
      const text = `${String(Math.round(percent)).padStart(3)} %  ${what}`;
      if (stream.isTTY) return void stream.write(clearLine + text.slice(0, stream.columns - 1));
      if (percent < quarters * 25) return;
      quarters = Math.floor(percent / 25) + 1;
      stream.write(`${text}\n`);
    },
    finish(message) {
      stream.write(`${clearLine}${message} in ${Math.round((Date.now() - started) / 1000)} s.\n`);
    },
    fail(message) {
      stream.write(`${clearLine}${message}\n`);
    },
  };
}
