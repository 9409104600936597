import type { Buffer } from 'node:buffer';
import type { SecBuffer } from 'secur32/raw';

/** What is alive, or was misused, of each kind. */
export interface AuditCounts {
  readonly credentials: number;
  readonly contexts: number;
  /** Memory that FreeContextBuffer takes. */
  readonly buffers: number;
  /** Handles of access tokens. */
  readonly tokens: number;
  /** Threads that impersonate. */
  readonly impersonations: number;
}

export interface AuditMisuse extends AuditCounts {
  /** Calls on one context at the same time that the documentation forbids. */
  readonly concurrent: number;
  /** Credentials that were freed before their contexts. */
  readonly orphaned: number;
}

export interface AuditCall {
  readonly count: number;
  /** Calls on a thread that runs JavaScript. */
  readonly onLoop: number;
}

/** What a structure of an identity said; null for a null pointer. */
export interface AuditIdentity {
  /** 0 for none, 1 for SEC_WINNT_AUTH_IDENTITY, else the version of the extended structure. */
  readonly version: number;
  readonly flags: number;
  readonly user: string | null;
  readonly domain: string | null;
  readonly packageList: string | null;
  /** In characters, -1 for a null pointer. */
  readonly passwordLength: number;
}

/**
 * The DLL that the test build of the addon loads instead of secur32.dll. Its counts are those of the process: all
 * environments and workers together.
 */
export interface Audit {
  /** What was handed out and not given back yet. */
  live(): AuditCounts;
  /** What was handed out since the last reset. */
  total(): AuditCounts;
  /** What was freed twice, used after it was freed, or never handed out. */
  misuse(): AuditMisuse;
  /** By official name, as far as called. */
  calls(): Readonly<Record<string, AuditCall>>;
  /** The next call but `skip` of a function answers this status and does nothing. Once. False: too many at a time. */
  failNext(name: string, status: number, skip: number): boolean;
  /** The next call of a function waits until `release`. False: another hold is still to come. */
  hold(name: string): boolean;
  /** How many calls wait. */
  held(): number;
  release(): void;
  /** Lets the process's own token stand in where a package has none to impersonate or to query (as in Wine). */
  supplyTokens(on: boolean): void;
  /** Whether nothing was written beyond a block of memory. Says more where `SECUR32_HEAP_CHECK` is set. */
  heapIsSound(): boolean;
  /** The same while one byte is written beyond a block: false, where the check works. */
  spoilHeap(): boolean;
  /** Whether nothing was written beyond a block, at any time while another thread frees memory. */
  heapStaysSound(): boolean;
  /** The input of the last leg of a package; of long buffers the beginning. */
  lastInput(): readonly SecBuffer[];
  /** The user that the last credential was acquired for. */
  lastIdentity(): AuditIdentity;
  /** How often a text lies in the memory of the process as UTF-16. The text in ASCII, with a NUL. */
  countWideText(text: Buffer): number;
  /** Puts the certificate of a PKCS #12 file into the store "My" of the user. */
  addCertificate(pfx: Buffer, password: string): boolean;
  removeCertificate(thumbprint: Buffer): boolean;
  /** Forgets all counts, faults and holds; what is alive then is no longer known. */
  reset(): void;
}

/** Loads the audit DLL that stands beside the test build of the addon. */
export function loadAudit(): Audit {
  // Node ends a process in which one thread loads it twice.
  loaded ??= load();
  return loaded;
}

let loaded: Audit | undefined;

function load(): Audit {
  const addon = process.env['SECUR32_TEST_ADDON'];
  if (addon === undefined) throw new Error('SECUR32_TEST_ADDON names the test build of the addon; run.js sets it');
  const module: { exports: Partial<Audit> } = { exports: {} };
  process.dlopen(module, addon.replace(/secur32\.node$/, 'secur32-audit.dll'));
  // The shape is what control.c of the DLL makes.
  return module.exports as Audit;
}
