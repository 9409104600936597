import { type PrincipalName, samePrincipal } from '../messages/principal-name.js';
import type { KeytabEntry } from './keytab-entry.js';
import { encodeKeytab, parseKeytab } from './keytab-file.js';

/** What is looked for in a keytab; parts that are left out match all. */
export interface KeytabQuery {
  readonly principal?: PrincipalName | undefined;
  readonly realm?: string | undefined;
  readonly etype?: number | undefined;
  readonly kvno?: number | undefined;
}

/** Keys of principals: a keytab file in memory. */
export class Keytab {
  readonly entries: readonly KeytabEntry[];

  constructor(entries: readonly KeytabEntry[]) {
    this.entries = entries;
  }

  /** Throws SEC_E_NO_CREDENTIALS for what is no keytab. */
  static parse(bytes: Uint8Array): Keytab {
    return new Keytab(parseKeytab(bytes));
  }

  /** The file; its bytes are secret. */
  toBytes(): Uint8Array {
    return encodeKeytab(this.entries);
  }

  /**
   * The entries that fit, the highest key version first. Old keytabs hold the lowest 8 bits of a version, and a read-only domain controller
   * puts its number into the upper 16 ([MS-KILE] 3.1.5.8): a kvno matches by its low 8 or 16 bits, too.
   */
  find({ principal, realm, etype, kvno }: KeytabQuery): KeytabEntry[] {
    return this.entries
      .filter(
        entry =>
          (principal === undefined || samePrincipal(entry.principal, principal)) &&
          (realm === undefined || entry.realm === realm) &&
          (etype === undefined || entry.etype === etype) &&
          (kvno === undefined || sameVersion(entry.kvno, kvno)),
      )
      .sort((a, b) => b.kvno - a.kvno);
  }

  /** The encryption types of a principal's newest keys, in the order of the file. */
  encryptionTypes(principal: PrincipalName, realm?: string): number[] {
    const entries = this.find({ principal, realm });
    const [newest] = entries;
    return entries.filter(({ kvno }) => kvno === newest?.kvno).map(({ etype }) => etype);
  }

  wipe(): void {
    for (const entry of this.entries) entry.wipe();
  }
}

function sameVersion(kept: number, wanted: number): boolean {
  return kept === wanted || kept === (wanted & 0xff) || kept === (wanted & 0xffff);
}
