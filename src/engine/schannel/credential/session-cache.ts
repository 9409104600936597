import type { PeerCertificates } from '../attributes/certificate-contexts.js';

/** What the sessions of one context have in common. */
export interface SessionOrigin {
  /** Whether the context lets later ones resume its session. */
  keeps: boolean;
}

/** A session of TLS, and whose it is. */
export interface ClientSession {
  /** In OpenSSL's form. */
  readonly state: Uint8Array;
  /** The server's: OpenSSL does not keep all of them. */
  readonly certificates: PeerCertificates;
  readonly origin: SessionOrigin;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** One whose time begins now. */
export type NewSession = Omit<ClientSession, 'until'>;

/** Sessions that a client's credential can resume, by the server's name: bounded in number and age. */
export class SessionCache {
  readonly #sessions = new Map<string, ClientSession[]>();

  add(serverName: string, session: ClientSession): void {
    const kept = this.#sessions.get(serverName) ?? [];
    kept.push(session);
    if (kept.length > MOST_TICKETS) kept.shift();
    // Names that were used last stand last.
    this.#sessions.delete(serverName);
    this.#sessions.set(serverName, kept);
    if (this.#sessions.size > MOST_NAMES) this.#dropOldest();
  }

  /** The newest session of a server. It is given once: whoever can use it again adds it again. */
  take(serverName: string, now: number): ClientSession | undefined {
    const kept = this.#sessions.get(serverName);
    const newest = kept?.pop();
    if (kept?.length === 0) this.#sessions.delete(serverName);
    return newest && newest.until > now ? newest : undefined;
  }

  drop(serverName: string, origin: SessionOrigin): void {
    const kept = this.#sessions.get(serverName)?.filter(session => session.origin !== origin);
    if (kept?.length) this.#sessions.set(serverName, kept);
    else this.#sessions.delete(serverName);
  }

  clear(): void {
    this.#sessions.clear();
  }

  #dropOldest(): void {
    for (const name of this.#sessions.keys()) {
      this.#sessions.delete(name);
      return;
    }
  }
}

/** A server of TLS 1.3 sends two tickets by default. */
const MOST_TICKETS = 4;
const MOST_NAMES = 256;
