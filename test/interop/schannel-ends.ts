import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import {
  type CertificateIdentity,
  Credential,
  type SchannelAcceptOptions,
  type SchannelConnectOptions,
  type SchannelStream,
  type SspiError,
  schannelAccept,
  schannelConnect,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR, type SecurityFunctionTable, SP_PROT } from 'secur32/raw';
import { type CertificateName, certificateFile, identity, pem } from '../engine/schannel/certificates.js';

/** An engine whose only account is alice, by her certificate. */
export const sspi: SecurityFunctionTable = createEngine({
  accounts: memoryAccounts([{ user: 'alice', certificates: [pem('alice.pem')] }]),
});

export const CA: string = certificateFile('ca.pem');

/** The files of a certificate as the tools of OpenSSL take them. */
export function opensslFiles(name: CertificateName): string[] {
  return ['-cert', certificateFile(`${name}.pem`), '-key', certificateFile(`${name}.key`)];
}

/** As OpenSSL, GnuTLS and credentials of ours ask for them, and as SchannelStream says them. */
export const VERSIONS: readonly {
  readonly version: string;
  readonly openssl: string;
  readonly gnutls: string;
  readonly protocols: number;
  readonly protocol: string;
}[] = [
  {
    version: 'TLS 1.2',
    openssl: '-tls1_2',
    gnutls: 'NORMAL:-VERS-ALL:+VERS-TLS1.2',
    protocols: SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
    protocol: 'TLSv1.2',
  },
  {
    version: 'TLS 1.3',
    openssl: '-tls1_3',
    gnutls: 'NORMAL:-VERS-ALL:+VERS-TLS1.3',
    protocols: SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
    protocol: 'TLSv1.3',
  },
];

/** Our server, with what has come of its connections so far. */
export interface Served extends AsyncDisposable {
  readonly port: number;
  /** The connections underneath, in the order in which they came. */
  readonly wires: readonly Socket[];
  readonly streams: readonly SchannelStream[];
  /** Of handshakes, and of streams. */
  readonly errors: readonly SspiError[];
}

/** A server by schannelAccept; it answers each line with the line in upper case unless `greet` does something else. */
export async function serve(
  serverIdentity: CertificateIdentity,
  options: Partial<SchannelAcceptOptions> = {},
  greet: (stream: SchannelStream) => void = shout,
): Promise<Served> {
  const credential = await Credential.acquire({ package: 'Schannel', use: 'inbound', identity: serverIdentity, sspi });
  const streams: SchannelStream[] = [];
  const errors: SspiError[] = [];
  const wires: Socket[] = [];
  const server: Server = createServer(socket => {
    wires.push(socket);
    schannelAccept(socket, { credential, ...options }).then(
      stream => {
        streams.push(stream);
        stream.on('error', (error: SspiError) => errors.push(error));
        greet(stream);
      },
      (error: SspiError) => errors.push(error),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    wires,
    streams,
    errors,
    async [Symbol.asyncDispose]() {
      for (const wire of wires) wire.destroy();
      server.close();
      await credential.close();
    },
  };
}

function shout(stream: SchannelStream): void {
  linesOf(stream).on('line', line => stream.write(`${line.toUpperCase()}\n`));
}

/** Errors of the stream are its listeners' business. */
export function linesOf(stream: SchannelStream): Interface {
  return createInterface({ input: stream }).on('error', () => {});
}

/** Our client by schannelConnect, to a port of 127.0.0.1. */
export async function dial(port: number, options: Partial<SchannelConnectOptions> = {}): Promise<SchannelStream> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return schannelConnect(socket, { serverName: 'localhost', identity: identity(), sspi, ...options });
}

/** Whether a connection went back to an earlier session, as this end says. */
export async function isResumed({ context }: SchannelStream): Promise<boolean> {
  return (await sspi.queryContextAttributes(context, SECPKG_ATTR.SESSION_INFO)).reconnected;
}

/** A client's credential for several connections: sessions are resumed within one. */
export function outbound(names: readonly CertificateName[] = []): Promise<Credential> {
  return Credential.acquire({ package: 'Schannel', use: 'outbound', identity: identity(names), sspi });
}
