import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { boundedExchange } from './settle.js';
import type { Endpoint, ExchangeOptions } from './transport.js';

/** RFC 4120 7.2.1. The socket is connected, so that it takes answers of this server only, and learns at once that nobody is there. */
export function udpExchange(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array> {
  return boundedExchange(`UDP to ${server.host}:${server.port}`, options, ({ resolve, reject }) => {
    let close: (() => void) | undefined;
    let stopped = false;
    lookup(server.host, (error, address, family) => {
      if (stopped) return;
      if (error) {
        reject(error);
        return;
      }
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      close = () => socket.close();
      socket.on('error', reject);
      socket.on('message', message => {
        if (message.length <= options.maxLength) resolve(Uint8Array.from(message));
        else reject(new Error(`the answer is longer than ${options.maxLength} bytes`));
      });
      socket.connect(server.port, address, () => {
        if (!stopped) socket.send(request);
      });
    });
    return () => {
      stopped = true;
      close?.();
    };
  });
}
