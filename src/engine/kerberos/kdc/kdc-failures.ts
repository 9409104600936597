/** Servers that a message names; of more there is only the number. */
const MOST_SERVERS = 4;

/** Why the servers of a realm did not answer: the last reason for each server and way to it. */
export class KdcFailures {
  readonly #servers = new Map<string, Map<string, string>>();

  /** @param way the protocol; empty where there is one way only. */
  add(server: string, way: string, reason: unknown): void {
    const ways = this.#servers.get(server) ?? new Map<string, string>();
    this.#servers.set(server, ways.set(way, reasonOf(reason)));
  }

  /** `a.example.com:88 (no answer), b.example.com:88 (UDP no answer, TCP connection refused)`. */
  toString(): string {
    const texts = [...this.#servers].map(([server, ways]) => `${server} (${describe(ways)})`);
    const rest = texts.length - MOST_SERVERS;
    return [...texts.slice(0, MOST_SERVERS), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
  }
}

function describe(ways: ReadonlyMap<string, string>): string {
  const reasons = new Set(ways.values());
  if (reasons.size === 1) return [...reasons].join();
  return [...ways].map(([way, reason]) => `${way} ${reason}`.trim()).join(', ');
}

/** In a few words: what the transport says before them is the address, which stands before the reason already. */
function reasonOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const code = codeOf(reason.cause) ?? codeOf(reason);
  const known = code === undefined ? undefined : CODES[code];
  if (known !== undefined) return known;
  if (reason.message.includes(': no answer within ')) return 'no answer';
  return reason.cause instanceof Error && reason.cause.message ? reason.cause.message : reason.message;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'the DNS knows no such host',
  EAI_AGAIN: 'the DNS does not answer',
};
