import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { NodeResolver } from './environment/node-resolver.js';
import { NodeTransport } from './environment/node-transport.js';
import type { Resolver } from './environment/resolver.js';
import type { Transport } from './environment/transport.js';

/** The names of the machine that the engine speaks for. */
export interface HostNames {
  /** Up to 15 characters, upper case: `SERVER`. */
  readonly netbiosName: string;
  /** Fully qualified where the machine knows it: `server.example.com`. */
  readonly dnsName: string;
  readonly netbiosDomain: string;
  /** `example.com`; empty where the machine is in no domain. */
  readonly dnsDomain: string;
}

/**
 * All that the engine takes from outside: replace a part to replay an exchange byte for byte.
 * Random bytes are asked for once per value, in the size of the value.
 */
export interface EngineEnvironment {
  /** Milliseconds since 1970. */
  now(): number;
  /** Cryptographically random bytes. */
  randomBytes(size: number): Uint8Array;
  readFile(path: string): Promise<Uint8Array>;
  /** The names of what is in a folder. */
  readDirectory(path: string): Promise<string[]>;
  /** Carries requests to Kerberos servers. */
  readonly transport: Transport;
  /** Finds them in the DNS. */
  readonly resolver: Resolver;
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly host: HostNames;
  /** The number of the user that the process runs as; undefined where the system has none. */
  readonly userId: number | undefined;
}

/** Node's own clock, randomness, files and variables, with the given parts in their place. */
export function nodeEnvironment(parts: Partial<EngineEnvironment> = {}): EngineEnvironment {
  const environment: EngineEnvironment = {
    now: Date.now,
    randomBytes: pooledRandomBytes,
    readFile,
    readDirectory: path => readdir(path),
    transport: new NodeTransport(),
    resolver: new NodeResolver(),
    variables: process.env,
    host: parts.host ?? hostNames(hostname()),
    userId: process.getuid?.(),
  };
  return Object.freeze({ ...environment, ...parts });
}

/** Names of a machine out of its host name, qualified or not. */
export function hostNames(name: string): HostNames {
  const dot = name.indexOf('.');
  const label = dot < 0 ? name : name.slice(0, dot);
  const dnsDomain = dot < 0 ? '' : name.slice(dot + 1);
  const domainLabel = dnsDomain.split('.', 1)[0] ?? '';
  return {
    netbiosName: label.slice(0, 15).toUpperCase(),
    dnsName: name,
    netbiosDomain: (domainLabel || 'WORKGROUP').slice(0, 15).toUpperCase(),
    dnsDomain,
  };
}

const POOL_SIZE = 4096;
let pool: Uint8Array = new Uint8Array(0);
let poolOffset = 0;

/** A call of the system's generator costs far more than the few bytes of a nonce: ask for many, hand out copies, wipe what was used. */
function pooledRandomBytes(size: number): Uint8Array {
  if (size > POOL_SIZE / 8) return new Uint8Array(randomBytes(size));
  if (poolOffset + size > pool.length) {
    pool = randomBytes(POOL_SIZE);
    poolOffset = 0;
  }
  const bytes = Uint8Array.prototype.slice.call(pool, poolOffset, poolOffset + size);
  pool.fill(0, poolOffset, poolOffset + size);
  poolOffset += size;
  return bytes;
}
