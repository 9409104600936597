/** An SRV record (RFC 2782). */
export interface ServiceRecord {
  readonly host: string;
  readonly port: number;
  /** The lowest is tried first. */
  readonly priority: number;
  /** Among equals, how often one is chosen before the others. */
  readonly weight: number;
}

/** Asks the DNS. */
export interface Resolver {
  /** The records of `_service._protocol.domain`; none where there are none. Rejects where nobody answers. */
  serviceRecords(name: string, signal?: AbortSignal): Promise<ServiceRecord[]>;
}
