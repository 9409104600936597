import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const live = new Set<string>();
process.on('exit', () => {
  for (const folder of live) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own for a peer's files; removed with the peer, at the latest when the process exits. */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;

  constructor(purpose: string) {
    this.path = mkdtempSync(join(tmpdir(), `secur32-${purpose}-`));
    // A server that drops root for a user of its own must still reach its files.
    chmodSync(this.path, 0o755);
    live.add(this.path);
  }

  /** Writes a text file and answers its absolute name. */
  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    live.delete(this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.remove();
  }
}
