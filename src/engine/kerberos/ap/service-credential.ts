import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { KdcServices } from '../kdc/services.js';
import type { Keytab } from '../keytab/keytab.js';
import type { Ticket } from '../messages/ticket.js';
import { type OpenedTicket, openTicket, type ServiceName } from './service-keys.js';

/** Milliseconds between two looks at a keytab file for keys that are not there. */
const RELOAD_AFTER = 10_000;

export interface ServiceKeysParts {
  readonly kdc: KdcServices;
  readonly keytab: Keytab;
  /** The one name that the credential is for; undefined: all of the keytab. */
  readonly own: ServiceName;
  /** Reads the keytab again; absent for one that is no file. */
  reload?(): Promise<Keytab>;
}

/** The keys of a service. A keytab file that has changed is read again when a ticket comes that no key opens. */
export class ServiceKeys {
  readonly #parts: ServiceKeysParts;
  #keytab: Keytab;
  #loaded: number;
  #reloading: Promise<void> | undefined;

  constructor(parts: ServiceKeysParts) {
    this.#parts = parts;
    this.#keytab = parts.keytab;
    this.#loaded = parts.kdc.clock.now();
  }

  /** Throws what `openTicket` throws. */
  async open(ticket: Ticket): Promise<OpenedTicket> {
    const { kdc, own } = this.#parts;
    const before = this.#keytab;
    try {
      return openTicket(kdc, before, own, ticket);
    } catch (error) {
      if (!(error instanceof PackageError) || error.status === SEC_E.INVALID_TOKEN) throw error;
      await this.#reload();
      if (this.#keytab === before) throw error;
      return openTicket(kdc, this.#keytab, own, ticket);
    }
  }

  wipe(): void {
    this.#keytab.wipe();
  }

  async #reload(): Promise<void> {
    const { kdc, reload } = this.#parts;
    const now = kdc.clock.now();
    if (!reload || (!this.#reloading && Math.abs(now - this.#loaded) < RELOAD_AFTER)) return;
    this.#loaded = now;
    this.#reloading ??= this.#replace(reload).finally(() => {
      this.#reloading = undefined;
    });
    await this.#reloading;
  }

  /** Contexts that are being made may use the old keys still: those are left to the garbage collector. */
  async #replace(reload: () => Promise<Keytab>): Promise<void> {
    try {
      this.#keytab = await reload();
    } catch {
      // It is being written, or gone: what was read before is good until there is another.
    }
  }
}
