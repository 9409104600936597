import { SP_PROT } from 'secur32/raw';
import type { PairEngines } from '../pairs.js';

/** The versions of TLS, with the bits of both directions. */
export const VERSIONS = [
  { name: 'TLS 1.2', client: SP_PROT.TLS1_2_CLIENT, server: SP_PROT.TLS1_2_SERVER },
  { name: 'TLS 1.3', client: SP_PROT.TLS1_3_CLIENT, server: SP_PROT.TLS1_3_SERVER },
] as const;
Object.freeze(VERSIONS);

/** Schannel needs nothing of its surroundings: the credentials have it all. */
export const NO_OPTIONS: PairEngines = { client: {}, server: {} };
