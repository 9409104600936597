import type { Duplex } from 'node:stream';

/** Milliseconds that a peer has to take the last bytes. */
const PATIENCE = 1000;

/** Ends a connection behind what was written to it, also where the peer does not read. */
export function closeSoon(wire: Duplex): void {
  if (wire.destroyed) return;
  // Without a listener an error of the connection, which ends anyway, would end the process.
  wire.on('error', () => {});
  const timer = setTimeout(() => wire.destroy(), PATIENCE);
  timer.unref();
  wire.once('close', () => clearTimeout(timer));
  wire.end(() => wire.destroy());
}
