import { createSocket } from 'node:dgram';
import { type LookupAddress, lookup } from 'node:dns';
import { boundedExchange, type Settle } from './settle.js';
import type { Endpoint, ExchangeOptions } from './transport.js';

/** RFC 4120 7.2.1. Of the addresses that a name has the next one is tried where nobody listens at the one before. */
export function udpExchange(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array> {
  return boundedExchange(`UDP to ${server.host}:${server.port}`, options, ({ resolve, reject }) => {
    let close = (): void => undefined;
    let stopped = false;
    const tryAddress = ([address, ...others]: readonly LookupAddress[]): void => {
      if (stopped || !address) return;
      const next = (cause: Error): void => {
        close();
        if (others.length === 0) reject(cause);
        else tryAddress(others);
      };
      close = ask(address, server.port, request, options.maxLength, { resolve, reject: cause => next(cause as Error) });
    };
    lookup(server.host, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else tryAddress(addresses);
    });
    return () => {
      stopped = true;
      close();
    };
  });
}

/** The socket is connected, so that it takes answers of this server only, and learns at once that nobody is there. Answers what closes it. */
function ask(
  { address, family }: LookupAddress,
  port: number,
  request: Uint8Array,
  maxLength: number,
  { resolve, reject }: Settle,
): () => void {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let closed = false;
  socket.on('error', cause => {
    if (!closed) reject(cause);
  });
  socket.on('message', message => {
    if (message.length <= maxLength) resolve(Uint8Array.from(message));
    else reject(new Error(`the answer is longer than ${maxLength} bytes`));
  });
  socket.connect(port, address, () => {
    if (!closed) socket.send(request);
  });
  return () => {
    if (closed) return;
    closed = true;
    socket.close();
  };
}
