import { ByteWriter } from '../../../bytes/writer.js';

const LENGTH = 48;
/** Bytes of the random value that tells machines apart; here it is one process's. */
export const MACHINE_ID_LENGTH = 32;

/**
 * Single_Host_Data ([MS-NLMP] 2.2.2.2), the value of MsvAvSingleHost: Size u32, Z4 u32, CustomData 8 bytes, MachineID 32 bytes.
 * Whoever is on another machine ignores it.
 */
export function buildSingleHost(machineId: Uint8Array): Uint8Array {
  const writer = new ByteWriter(LENGTH).u32le(LENGTH);
  writer.reserve(12);
  return writer.bytes(machineId).toBytes();
}
