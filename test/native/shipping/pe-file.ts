import { readFileSync } from 'node:fs';

/** The names of the bits in DllCharacteristics (PE format, "Optional Header Windows-Specific Fields"). */
export const DLL_CHARACTERISTIC = {
  HIGH_ENTROPY_VA: 0x0020,
  DYNAMIC_BASE: 0x0040,
  NX_COMPAT: 0x0100,
} as const;
Object.freeze(DLL_CHARACTERISTIC);

export const MACHINE = { i386: 0x014c, x64: 0x8664, arm64: 0xaa64 } as const;
Object.freeze(MACHINE);

export interface PeFile {
  readonly machine: number;
  readonly timeDateStamp: number;
  readonly dllCharacteristics: number;
  /** The DLLs of the import table, in lower case. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/** Reads the headers of a Windows DLL ("PE Format" on Learn). */
export function readPeFile(file: string): PeFile {
  const bytes = readFileSync(file);
  const coff = bytes.readUInt32LE(0x3c) + 4;
  const optional = coff + 20;
  const wide = bytes.readUInt16LE(optional) === 0x20b;
  const directories = optional + (wide ? 112 : 96);
  const sections = optional + bytes.readUInt16LE(coff + 16);

  const offsetOf = (address: number): number => {
    for (let i = 0; i < bytes.readUInt16LE(coff + 2); i++) {
      const section = sections + i * 40;
      const start = bytes.readUInt32LE(section + 12);
      if (address >= start && address < start + bytes.readUInt32LE(section + 16)) {
        return address - start + bytes.readUInt32LE(section + 20);
      }
    }
    throw new RangeError(`no section holds the address ${address}`);
  };
  const textAt = (address: number): string => {
    const start = offsetOf(address);
    return bytes.toString('latin1', start, bytes.indexOf(0, start));
  };
  const directory = (index: number): number => offsetOf(bytes.readUInt32LE(directories + index * 8));

  const imports: string[] = [];
  for (let at = directory(1); bytes.readUInt32LE(at + 12) !== 0; at += 20) {
    imports.push(textAt(bytes.readUInt32LE(at + 12)).toLowerCase());
  }
  const table = directory(0);
  const names = offsetOf(bytes.readUInt32LE(table + 32));
  const exports = Array.from({ length: bytes.readUInt32LE(table + 24) }, (_, i) =>
    textAt(bytes.readUInt32LE(names + i * 4)),
  );
  return {
    machine: bytes.readUInt16LE(coff),
    timeDateStamp: bytes.readUInt32LE(coff + 4),
    dllCharacteristics: bytes.readUInt16LE(optional + 70),
    imports,
    exports,
  };
}
