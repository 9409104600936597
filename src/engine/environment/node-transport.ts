import { httpsExchange } from './https-exchange.js';
import { tcpExchange } from './tcp-exchange.js';
import type { Endpoint, ExchangeOptions, HttpsExchangeOptions, Transport } from './transport.js';
import { udpExchange } from './udp-exchange.js';

/** Sockets of Node, one for each exchange. */
export class NodeTransport implements Transport {
  udp(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array> {
    return udpExchange(server, request, options);
  }

  tcp(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array> {
    return tcpExchange(server, request, options);
  }

  https(url: string, request: Uint8Array, options: HttpsExchangeOptions): Promise<Uint8Array> {
    return httpsExchange(url, request, options);
  }
}
