import type { BenchFamily } from './case.js';
import { digestMd5Handshake } from './digest-md5-handshake.js';
import { digestMd5Layer } from './digest-md5-layer.js';
import { httpDigest } from './http-digest.js';
import { kerberosHandshake, kerberosLayer } from './kerberos.js';
import { memory } from './memory.js';
import { ntlmHandshake } from './ntlm-handshake.js';
import { ntlmLayer } from './ntlm-layer.js';
import { schannelBulk, schannelHandshake, schannelMemory } from './schannel.js';

/** Every family of figures, in the order in which they run. */
export const FAMILIES: readonly BenchFamily[] = [
  digestMd5Handshake,
  digestMd5Layer,
  httpDigest,
  ntlmHandshake,
  ntlmLayer,
  kerberosHandshake,
  kerberosLayer,
  schannelHandshake,
  schannelBulk,
  schannelMemory,
  memory,
];
