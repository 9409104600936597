/** node:tls doing the same work: a client and a server over a pair of streams in memory. */
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, createServer, type SecureVersion, type TLSSocket } from 'node:tls';
import type { Work } from '../measure.js';
import { tlsText } from '../ours/tls-files.js';

class End extends Duplex {
  other!: End;
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.other.push(chunk);
    callback();
  }
  override _final(callback: () => void): void {
    this.other.push(null);
    callback();
  }
}

type Pair = readonly [client: TLSSocket, server: TLSSocket];

function prepare(version: SecureVersion, certificate: string): (session?: Buffer) => Promise<Pair> {
  const versions = { minVersion: version, maxVersion: version };
  const server = createServer({ ...versions, cert: tlsText(`${certificate}.pem`), key: tlsText(`${certificate}.key`) });
  const secureContext = createSecureContext({ ...versions, ca: tlsText('ca.pem') });
  return async session => {
    const [a, b] = [new End(), new End()];
    a.other = b;
    b.other = a;
    const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    server.emit('connection', b);
    const client = connect({ socket: a, servername: 'localhost', secureContext, ...(session && { session }) });
    client.on('session', (fresh: Buffer) => {
      last = fresh;
    });
    const [[accepted]] = await Promise.all([secured, once(client, 'secureConnect')]);
    return [client, accepted];
  };
}

let last: Buffer | undefined;

export async function createWork(kind: string, version: string, certificate: string, mode: string): Promise<Work> {
  const open = prepare(version as SecureVersion, certificate);
  if (kind === 'bulk') return bulk(await open(), Number(mode));
  if (kind === 'contexts') return contexts(open);
  const handshake = async (): Promise<void> => {
    const [client, server] = await open(mode === 'resumed' ? last : undefined);
    // What is sent behind the handshake brings the client its tickets.
    server.write('x');
    await once(client, 'data');
    if (client.isSessionReused() !== (mode === 'resumed' && warm)) throw new Error(`the handshake is not ${mode}`);
    client.destroy();
    server.destroy();
  };
  let warm = false;
  await handshake();
  warm = true;
  return {
    batch: 8,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < 8; i++) await handshake();
    },
  };
}

function bulk([client, server]: Pair, size: number): Work {
  const message = Buffer.alloc(size, 0x6d);
  const batch = Math.max(16, Math.floor((256 * 1024) / size));
  let missing = 0;
  let arrived = (): void => {};
  server.on('data', (chunk: Buffer) => {
    missing -= chunk.length;
    if (missing === 0) arrived();
  });
  const send = (): Promise<void> =>
    new Promise(resolve => {
      missing = size;
      arrived = resolve;
      client.write(message);
    });
  return {
    batch,
    scale: size / 1e6,
    async run(): Promise<void> {
      for (let i = 0; i < batch; i++) await send();
    },
  };
}

/** Connections that stand and wait. */
function contexts(open: () => Promise<Pair>): Work {
  const kept: Pair[] = [];
  return {
    batch: 10,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < 10; i++) {
        const pair = await open();
        pair[1].write('x');
        await once(pair[0], 'data');
        kept.push(pair);
      }
    },
  };
}
