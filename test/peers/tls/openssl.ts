import { LineProcess } from '../run/line-process.js';
import { freePort } from '../run/port.js';

/** `openssl s_client` with a connection to a port of 127.0.0.1; lines of its input are data, or commands such as `R`, `k`, `Q`. */
export function openClient(port: number, args: readonly string[]): LineProcess {
  return new LineProcess('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args]);
}

/** `openssl s_server`: lines of its input are data, or commands such as `r`, `K`. Resolves when it listens. */
export async function openServer(args: readonly string[]): Promise<{ peer: LineProcess; port: number }> {
  const port = await freePort();
  const peer = new LineProcess('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, ...args]);
  await peer.readUntil(line => line === 'ACCEPT');
  return { peer, port };
}
