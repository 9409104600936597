import { setImmediate as turn } from 'node:timers/promises';
import { type ByteStream, memoryPipe } from '../../native/windows/byte-stream.js';

/** A pipe in memory that ends for both of its readers. */
export interface EndablePipe {
  readonly near: ByteStream;
  readonly far: ByteStream;
  /** What was written before is read before. */
  end(): Promise<void>;
}

/** What one end writes the other reads in pieces of at most `piece` bytes. */
export function endablePipe(piece?: number): EndablePipe {
  const [near, far] = memoryPipe(piece);
  let end: (reason: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = reject;
  });
  ended.catch(() => {});
  const endable = ({ read, write }: ByteStream): ByteStream => ({ read: () => Promise.race([read(), ended]), write });
  return {
    near: endable(near),
    far: endable(far),
    async end() {
      await turn();
      end(new Error('the pipe has ended'));
    },
  };
}
