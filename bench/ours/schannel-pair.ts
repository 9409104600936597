/** Schannel from memory to memory, by the raw calls. */
import { createEngine } from 'secur32/engine';
import {
  ASC_REQ,
  type CtxtHandle,
  findBuffer,
  ISC_REQ,
  SEC_E,
  SEC_I,
  SECBUFFER,
  SECPKG_ATTR,
  SP_PROT,
} from 'secur32/raw';
import { tlsText } from './tls-files.js';

const EMPTY = { type: SECBUFFER.EMPTY, data: new Uint8Array(0) };
const NOTHING = new Uint8Array(0);

export interface SchannelPair {
  readonly client: CtxtHandle;
  readonly server: CtxtHandle;
}

export interface Schannel {
  connect(): Promise<SchannelPair>;
  close(pair: SchannelPair): Promise<void>;
  /** Sends `message` from the client to the server, in place, each time that it is called. Returns how many bytes have come. */
  sender(pair: SchannelPair, message: Uint8Array): Promise<() => number>;
  resumed(pair: SchannelPair): Promise<boolean>;
}

export async function schannel(version: string, certificate: string, mode: string): Promise<Schannel> {
  const sspi = createEngine();
  const protocols =
    version === 'TLSv1.3'
      ? SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER
      : SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;
  const { credential: outbound } = await sspi.acquireCredentialsHandle({
    package: 'Schannel',
    credentialUse: 'outbound',
    authData: { kind: 'certificate', roots: [tlsText('ca.pem')], protocols },
  });
  const { credential: inbound } = await sspi.acquireCredentialsHandle({
    package: 'Schannel',
    credentialUse: 'inbound',
    authData: {
      kind: 'certificate',
      certificates: [{ pem: tlsText(`${certificate}.pem`), key: tlsText(`${certificate}.key`) }],
      protocols,
    },
  });
  let name = 0;

  async function connect(): Promise<SchannelPair> {
    // Another name is another session: localhost is in the certificate, and the case of a name does not matter.
    const targetName = mode === 'resumed' ? 'localhost' : caseOf('localhost', name++);
    let client: CtxtHandle | undefined;
    let server: CtxtHandle | undefined;
    let token: Uint8Array | undefined;
    for (;;) {
      const input = token ? [{ type: SECBUFFER.TOKEN, data: token }, EMPTY] : [];
      const forth = await sspi.initializeSecurityContext({
        credential: outbound,
        context: client,
        targetName,
        input,
        contextReq: ISC,
      });
      client = forth.context;
      const toServer = findBuffer(forth.output, SECBUFFER.TOKEN)?.data;
      if (!toServer) break;
      const back = await sspi.acceptSecurityContext({
        credential: inbound,
        context: server,
        input: [{ type: SECBUFFER.TOKEN, data: toServer }, EMPTY],
        contextReq: ASC,
      });
      server = back.context;
      token = findBuffer(back.output, SECBUFFER.TOKEN)?.data;
      if (forth.status === SEC_E.OK || !token) break;
    }
    const pair = { client: client!, server: server! };
    await takeTickets(pair, version === 'TLSv1.3' ? (token ?? NOTHING) : NOTHING);
    return pair;
  }

  async function takeTickets({ client }: SchannelPair, received: Uint8Array): Promise<void> {
    let pending = received;
    while (pending.length > 0) {
      const opened = await sspi.decryptMessage(client, {
        buffers: [{ type: SECBUFFER.DATA, data: pending }, EMPTY, EMPTY, EMPTY],
      });
      if (opened.status !== SEC_I.RENEGOTIATE) throw new Error('not a ticket');
      const { input } = await sspi.initializeSecurityContext({
        credential: outbound,
        context: client,
        input: [{ type: SECBUFFER.TOKEN, data: findBuffer(opened, SECBUFFER.EXTRA)!.data }, EMPTY],
        contextReq: ISC,
      });
      pending = findBuffer(input, SECBUFFER.EXTRA)?.data ?? NOTHING;
    }
  }

  return {
    connect,
    async close({ client, server }) {
      await sspi.deleteSecurityContext(client);
      await sspi.deleteSecurityContext(server);
    },
    async sender({ client, server }, message) {
      const { header, trailer } = await sspi.queryContextAttributes(client, SECPKG_ATTR.STREAM_SIZES);
      // One block of memory for all messages, as in the sample code of Microsoft Learn, "EncryptMessage (Schannel)".
      const end = header + message.length;
      const room = new Uint8Array(end + trailer);
      const data = room.subarray(header, end);
      const sealing = {
        buffers: [
          { type: SECBUFFER.STREAM_HEADER, data: room.subarray(0, header) },
          { type: SECBUFFER.DATA, data },
          { type: SECBUFFER.STREAM_TRAILER, data: room.subarray(end) },
          EMPTY,
        ],
      };
      data.set(message);
      return () => {
        const sealed = sspi.encryptMessageSync(client, sealing);
        const received = room.subarray(0, end + sealed[2]!.data.length);
        const opened = sspi.decryptMessageSync(server, {
          buffers: [{ type: SECBUFFER.DATA, data: received }, EMPTY, EMPTY, EMPTY],
        });
        // In place: what was opened stands where it was sealed, and is the next message.
        if (opened[1]!.data.byteOffset !== data.byteOffset) throw new Error('the message is not in place');
        return opened[1]!.data.length;
      };
    },
    async resumed({ client }) {
      return (await sspi.queryContextAttributes(client, SECPKG_ATTR.SESSION_INFO)).reconnected;
    },
  };
}

/** A spelling of a name, one of 512. */
function caseOf(name: string, n: number): string {
  return [...name].map((letter, at) => ((n >> at) & 1 ? letter.toUpperCase() : letter)).join('');
}

const ISC = ISC_REQ.CONFIDENTIALITY | ISC_REQ.STREAM;
const ASC = ASC_REQ.CONFIDENTIALITY | ASC_REQ.STREAM;
