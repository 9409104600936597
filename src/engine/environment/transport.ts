/** A server by its name or address. An IPv6 address has no brackets here. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ExchangeOptions {
  /** Milliseconds for all of it, connecting included. */
  readonly timeout: number;
  /** Bytes of a reply at most. */
  readonly maxLength: number;
  /** The exchange rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpsExchangeOptions extends ExchangeOptions {
  /** Trusted roots (PEM) instead of the system's. */
  readonly roots?: readonly string[] | undefined;
}

/**
 * Carries one request to a Kerberos server and its reply back. What goes wrong on the way rejects with an Error that says so in words,
 * and keeps no connection.
 */
export interface Transport {
  /** One datagram out, one in (RFC 4120 7.2.1). */
  udp(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array>;
  /** The length goes before each message, in four octets (RFC 4120 7.2.2); `request` and the reply are without it. */
  tcp(server: Endpoint, request: Uint8Array, options: ExchangeOptions): Promise<Uint8Array>;
  /** A POST of `application/kerberos` ([MS-KKDCP] 2.1), and the body of the answer. */
  https(url: string, request: Uint8Array, options: HttpsExchangeOptions): Promise<Uint8Array>;
}
