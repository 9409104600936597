import { ByteReader } from '../../../bytes/reader.js';
import type { EngineEnvironment } from '../../environment.js';

/** A first sequence number. Below 2^30, as peers differ in how they read larger ones (RFC 4120 5.5.1). */
export function newSequenceNumber(environment: EngineEnvironment): number {
  return new ByteReader(environment.randomBytes(4)).u32be() & 0x3fff_ffff;
}
