import { tlsFile } from '../ours/tls-files.js';
import type { BenchCase, BenchFamily, Contender } from './case.js';
import { OPENSSL_TLS } from './drivers.js';

const VERSIONS = ['TLSv1.3', 'TLSv1.2'];
const CERTIFICATES = { 'P-256': 'server', 'RSA-2048': 'server-rsa' } as const;

export const schannelHandshake: BenchFamily = {
  family: 'schannel-handshake',
  title: 'TLS handshakes, client and server in one thread, from memory to memory',
  cases: VERSIONS.flatMap(version =>
    Object.keys(CERTIFICATES).flatMap(key =>
      ['full', 'resumed'].map(mode => tls('schannel-handshake', 'handshake', version, key as KeyName, mode, '/s')),
    ),
  ),
};

export const schannelBulk: BenchFamily = {
  family: 'schannel-bulk',
  title: 'TLS messages, sealed and opened one at a time',
  cases: VERSIONS.flatMap(version =>
    ['64', '1024', '16384'].map(size => tls('schannel-bulk', 'bulk', version, 'P-256', size, 'MB/s')),
  ),
};

export const schannelMemory: BenchFamily = {
  family: 'schannel-memory',
  title: 'Growth of the resident set over 5,000 TLS connections that stand: 10,000 contexts, both ends in one process',
  cases: VERSIONS.map(version => ({
    ...tls('schannel-memory', 'contexts', version, 'P-256', 'kept', 'MiB'),
    name: `schannel-memory/${version}/10000-contexts`,
    count: 5_000,
  })),
};

type KeyName = keyof typeof CERTIFICATES;

function tls(
  family: string,
  kind: string,
  version: string,
  key: KeyName,
  mode: string,
  unit: BenchCase['unit'],
): BenchCase {
  const certificate = CERTIFICATES[key];
  const node: Contender = { label: 'node:tls', script: 'peers/node-tls', args: [kind, version, certificate, mode] };
  const openssl: Contender = {
    label: 'OpenSSL',
    driver: OPENSSL_TLS,
    args: [kind, version, tlsFile(`${certificate}.pem`), tlsFile(`${certificate}.key`), mode],
  };
  return {
    family,
    name: `${family}/${version}/${key}/${mode}`,
    unit,
    ours: { label: 'secur32', script: `ours/schannel-${kind}`, args: [version, certificate, mode] },
    peers: [node, openssl],
  };
}
