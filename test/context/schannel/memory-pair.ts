import { Duplex } from 'node:stream';

/** Two ends of a connection in memory, with the usual high-water marks. */
export function memoryPair(): [Duplex, Duplex] {
  class End extends Duplex {
    other!: End;
    resumeOther: (() => void) | undefined;
    override _read(): void {
      const resume = this.resumeOther;
      this.resumeOther = undefined;
      resume?.();
    }
    override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
      if (this.other.push(chunk)) callback();
      else this.other.resumeOther = callback;
    }
    override _final(callback: () => void): void {
      this.other.push(null);
      callback();
    }
  }
  const [a, b] = [new End(), new End()];
  a.other = b;
  b.other = a;
  return [a, b];
}
