import { ENCTYPES, kerberosFiles, writeKerberosFiles } from '../ours/kerberos-files.js';
import type { BenchCase, BenchFamily, Contender } from './case.js';
import { GSS_KRB5_HANDSHAKE, GSS_KRB5_LAYER } from './drivers.js';

const SIZES = ['64', '1024', '16384'];

export const kerberosHandshake: BenchFamily = {
  family: 'kerberos-handshake',
  title: 'Kerberos AP exchanges with mutual authentication and a ticket at hand, client and server in one thread',
  cases: ENCTYPES.map(enctype => ({
    family: 'kerberos-handshake',
    name: `kerberos-handshake/${enctype}`,
    unit: '/s',
    setUp: () => writeKerberosFiles(enctype),
    ours: { label: 'secur32', script: 'ours/kerberos-handshake', args: [enctype] },
    peers: [
      mitHandshake('MIT, files', enctype, 'files'),
      mitHandshake('MIT, memory', enctype, 'memory'),
      mitHandshake('MIT, memory, replay cache', enctype, 'replays'),
      { label: 'npm kerberos', script: 'peers/npm-kerberos', args: [enctype] },
    ],
  })),
};

export const kerberosLayer: BenchFamily = {
  family: 'kerberos-layer',
  title: 'Kerberos message protection, one way: encrypted and signed, or signed only',
  cases: ENCTYPES.flatMap(enctype =>
    ['sealed', 'signed'].flatMap(protection =>
      SIZES.flatMap(size => ['wrap', 'unwrap'].map(way => layer(enctype, protection, size, way))),
    ),
  ),
};

export const kerberosMemory: BenchCase = {
  family: 'memory',
  name: 'memory/kerberos-handshake',
  unit: 'MiB',
  count: 1_000_000,
  setUp: () => writeKerberosFiles('aes256-sha1'),
  ours: { label: 'secur32', script: 'ours/kerberos-handshake', args: ['aes256-sha1'] },
  peers: [mitHandshake('MIT, memory', 'aes256-sha1', 'memory')],
};

function layer(enctype: string, protection: string, size: string, way: string): BenchCase {
  const { folder } = kerberosFiles(enctype);
  return {
    family: 'kerberos-layer',
    name: `kerberos-layer/${enctype}/${protection}/${size}/${way}`,
    unit: 'MB/s',
    setUp: () => writeKerberosFiles(enctype),
    ours: { label: 'secur32', script: 'ours/kerberos-layer', args: [enctype, protection, way, size] },
    peers: [{ label: 'MIT', driver: GSS_KRB5_LAYER, args: [folder, protection, way, size] }],
  };
}

function mitHandshake(label: string, enctype: string, stores: string): Contender {
  return { label, driver: GSS_KRB5_HANDSHAKE, args: [kerberosFiles(enctype).folder, stores] };
}
