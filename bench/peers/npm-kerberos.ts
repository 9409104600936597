/** The package `kerberos` of npm, which calls the system's libgssapi from threads of its own: whole AP exchanges with mutual authentication. */
import { createRequire } from 'node:module';
import type { Work } from '../measure.js';
import { kerberosFiles } from '../ours/kerberos-files.js';

/** The part of the package that is used here. */
interface NpmKerberos {
  initializeClient(service: string, options: { mechOID: number; gssFlags: number }): Promise<Side>;
  initializeServer(service: string): Promise<Side>;
  readonly GSS_C_MUTUAL_FLAG: number;
  readonly GSS_C_REPLAY_FLAG: number;
  readonly GSS_C_SEQUENCE_FLAG: number;
  readonly GSS_C_CONF_FLAG: number;
  readonly GSS_C_INTEG_FLAG: number;
  readonly GSS_MECH_OID_KRB5: number;
}

interface Side {
  readonly contextComplete: boolean;
  readonly response: string | null;
  step(token: string): Promise<string | null>;
}

const BATCH = 128;
const SERVICE = 'HTTP@localhost';
/** Exit code of a peer that is not there. */
const LEFT_OUT = 3;

export async function createWork(enctype: string): Promise<Work> {
  const { ccache, config, keytab } = kerberosFiles(enctype);
  // libkrb5 reads them when it is loaded; replays are not noticed, as a file of them would be most of the time.
  Object.assign(process.env, {
    KRB5_CONFIG: config,
    KRB5CCNAME: `FILE:${ccache}`,
    KRB5_KTNAME: `FILE:${keytab}`,
    KRB5RCACHENAME: 'none:',
  });
  const kerberos = load();
  const gssFlags =
    kerberos.GSS_C_MUTUAL_FLAG |
    kerberos.GSS_C_REPLAY_FLAG |
    kerberos.GSS_C_SEQUENCE_FLAG |
    kerberos.GSS_C_CONF_FLAG |
    kerberos.GSS_C_INTEG_FLAG;

  async function logOn(): Promise<void> {
    const client = await kerberos.initializeClient(SERVICE, { mechOID: kerberos.GSS_MECH_OID_KRB5, gssFlags });
    const server = await kerberos.initializeServer(SERVICE);
    await client.step('');
    await server.step(client.response ?? '');
    await client.step(server.response ?? '');
    if (!client.contextComplete || !server.contextComplete) throw new Error('no logon');
  }

  return {
    batch: BATCH,
    scale: 1,
    async run(): Promise<void> {
      for (let i = 0; i < BATCH; i++) await logOn();
    },
  };
}

function load(): NpmKerberos {
  try {
    return createRequire(import.meta.url)('kerberos');
  } catch {
    process.stderr.write('the package kerberos is not installed, or not built: see bench/README.md\n');
    process.exit(LEFT_OUT);
  }
}
