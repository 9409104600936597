import { decodeUtf8, encodeUtf8 } from '../../bytes/text.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import { findBuffer, SECBUFFER, tokenBuffer } from '../../sspi/buffers.js';
import type { CertificateIdentity } from '../../sspi/credentials.js';
import { SspiError } from '../../sspi/error.js';
import { ASC_REQ, ASC_RET, ISC_REQ } from '../../sspi/flags.js';
import type { SecurityFunctionTable } from '../../sspi/function-table.js';
import { SCH_CRED, SP_PROT } from '../../sspi/schannel.js';
import { decodeTlsRecords } from '../decode/tls-records.js';
import { decodeToken } from '../decode/token-decoders.js';
import { describeCall } from '../trace/describe-call.js';
import { traceTable } from '../trace/trace-table.js';
import { demoCertificates, rsaServerCertificate } from './demo-certificates.js';
import type { ScenePlan } from './plan.js';
import { TlsSide } from './tls-side.js';
import type { DemoEvent, OutcomeEvent, Side } from './transcript.js';

/** What is played inside TLS, and what must come of it. */
export interface TlsScene extends ScenePlan {
  readonly protocols: number;
  readonly identity: CertificateIdentity;
  readonly server: CertificateIdentity;
  /** The server asks for the client's certificate and logs its owner on. */
  readonly logsOn: boolean;
}

/** The scenes of EXTERNAL: TLS by the documented loops of client and server, and the logon inside of it. */
export function planTlsScenes(profile: string, packageName: string): TlsScene[] {
  const certificates = demoCertificates();
  const roots = [certificates.server.pem];
  const identity: CertificateIdentity = { kind: 'certificate', certificates: [certificates.client], roots };
  const server: CertificateIdentity = {
    kind: 'certificate',
    certificates: [certificates.server],
    roots: [certificates.client.pem],
  };
  const common = { profile, package: packageName, identity, server, logsOn: true, protocols: 0 } as const;
  const tls12 = SP_PROT.TLS1_2_CLIENT;
  return [
    { ...common, variant: 'inside TLS 1.3', detail: 'whole', expected: { kind: 'logon' } },
    { ...common, variant: 'inside TLS 1.2', detail: 'brief', protocols: tls12, expected: { kind: 'logon' } },
    {
      ...common,
      variant: 'no client certificate',
      detail: 'brief',
      identity: { kind: 'certificate', roots },
      expected: { kind: 'refusal', code: 'SEC_E_LOGON_DENIED' },
    },
    {
      ...common,
      variant: 'a tampered message',
      detail: 'brief',
      expected: { kind: 'tampering', code: 'SEC_E_MESSAGE_ALTERED' },
    },
  ];
}

/** The scenes of Schannel by itself, whose clients take the server's certificate as it is. */
export function planConnections(): TlsScene[] {
  const flags = SCH_CRED.MANUAL_CRED_VALIDATION | SCH_CRED.NO_DEFAULT_CREDS;
  const common = {
    ...{ profile: 'TLS', package: 'Schannel', logsOn: false, protocols: 0 },
    identity: { kind: 'certificate', flags },
    server: { kind: 'certificate', certificates: [rsaServerCertificate()] },
  } as const;
  const tls12 = SP_PROT.TLS1_2_CLIENT;
  const altered = { kind: 'tampering', code: 'SEC_E_MESSAGE_ALTERED', otherCode: 'SEC_E_DECRYPT_FAILURE' } as const;
  return [
    { ...common, variant: 'as new as both sides can', detail: 'whole', expected: { kind: 'connection' } },
    { ...common, variant: '1.2', detail: 'brief', protocols: tls12, expected: { kind: 'connection' } },
    { ...common, variant: 'a tampered message', detail: 'brief', expected: altered },
  ];
}

/** Plays one of them, in memory. A surprise is an outcome, too: this never rejects. */
export async function playTlsScene(
  sspi: SecurityFunctionTable,
  scene: TlsScene,
  record: (event: DemoEvent) => void,
): Promise<OutcomeEvent> {
  const { profile, package: packageName, variant, detail } = scene;
  record({ type: 'scene', profile, package: packageName, variant, detail });
  const play = new TlsPlay(sspi, scene, record);
  let outcome: OutcomeEvent;
  try {
    outcome = await play.run();
  } catch (error) {
    outcome = { type: 'outcome', asExpected: false, text: describeError(error) };
  }
  await play.close();
  record(outcome);
  return outcome;
}

class TlsPlay {
  readonly #scene: TlsScene;
  readonly #record: (event: DemoEvent) => void;
  readonly #tables: Readonly<Record<Side, SecurityFunctionTable>>;
  readonly #sides: TlsSide[] = [];
  readonly #toServer: Uint8Array[] = [];
  readonly #toClient: Uint8Array[] = [];

  constructor(sspi: SecurityFunctionTable, scene: TlsScene, record: (event: DemoEvent) => void) {
    this.#scene = scene;
    this.#record = record;
    const traced = (side: Side): SecurityFunctionTable =>
      traceTable(sspi, call => record({ type: 'call', side, ...describeCall(call) }));
    this.#tables = { client: traced('client'), server: traced('server') };
  }

  async run(): Promise<OutcomeEvent> {
    const { identity, server: serverIdentity, protocols, package: packageName, expected, logsOn } = this.#scene;
    const server = await this.#side('server', packageName, serverIdentity);
    const client = await this.#side('client', packageName, { ...identity, protocols });
    await this.#shakeHands(client, server);
    const outcome = logsOn ? await this.#logOn(client, server) : undefined;
    if (outcome || expected.kind === 'refusal') return outcome ?? surprise('the server let the logon pass');
    if (expected.kind === 'tampering') return this.#tamper(client, server, [expected.code, expected.otherCode]);
    await this.#talk(client, server);
    const logon = logsOn ? 'alice was logged on by her certificate, and ' : '';
    return { type: 'outcome', asExpected: true, text: `${logon}every message encrypted` };
  }

  async close(): Promise<void> {
    for (const side of this.#sides) {
      try {
        await side.delete();
        await side.sspi.freeCredentialsHandle(side.credential);
      } catch {
        // It has been ended already.
      }
    }
  }

  async #side(role: Side, packageName: string, authData: CertificateIdentity): Promise<TlsSide> {
    const sspi = this.#tables[role];
    const credentialUse = role === 'client' ? 'outbound' : 'inbound';
    const { credential } = await sspi.acquireCredentialsHandle({ package: packageName, credentialUse, authData });
    const queue = role === 'client' ? this.#toServer : this.#toClient;
    const send = (bytes: Uint8Array): void => {
      queue.push(bytes);
      const decoded = decodeTlsRecords(bytes) ?? { name: 'bytes', fields: [] };
      this.#record({ type: 'token', from: role, prefix: 'TLS:', bytes, decoded });
    };
    const mutual = this.#scene.logsOn ? ASC_REQ.MUTUAL_AUTH : 0;
    const side = new TlsSide({ role, sspi, credential, serverReq: mutual, send });
    this.#sides.push(side);
    return side;
  }

  async #shakeHands(client: TlsSide, server: TlsSide): Promise<void> {
    await client.handshake();
    for (;;) {
      const toServer = this.#toServer.shift();
      if (toServer && !server.done) {
        await server.handshake(toServer);
        continue;
      }
      if (client.done) return;
      const toClient = this.#toClient.shift();
      if (!toClient) throw new Error('the handshake does not come to an end');
      await client.handshake(toClient);
    }
  }

  /** The SASL exchange, inside of TLS. An outcome only where the server refuses. */
  async #logOn(client: TlsSide, server: TlsSide): Promise<OutcomeEvent | undefined> {
    const { profile, expected } = this.#scene;
    const initial = await client.sspi.saslInitializeSecurityContext({
      credential: client.credential,
      contextReq: ISC_REQ.CONNECTION,
      targetName: 'imap/localhost',
      options: { authzString: encodeUtf8('alice') },
    });
    const response = findBuffer(initial.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
    this.#record({
      type: 'token',
      from: 'client',
      prefix: `${profile}:`,
      bytes: response,
      decoded: decodeToken(profile, response),
    });
    const inside = (await server.decrypt(await client.encrypt(response))) ?? new Uint8Array(0);
    const externalCertificate = await verifiedCertificate(server);
    try {
      const { context } = await server.sspi.saslAcceptSecurityContext({
        credential: server.credential,
        contextReq: ASC_REQ.CONNECTION,
        input: [tokenBuffer(inside)],
        options: { externalCertificate },
      });
      const { user } = await server.sspi.querySecurityContextToken(context);
      await server.sspi.deleteSecurityContext(context);
      this.#record({ type: 'logon', user: user.name, layer: 'that of TLS' });
      return undefined;
    } catch (error) {
      if (!(error instanceof SspiError) || expected.kind !== 'refusal') throw error;
      if (error.code !== expected.code) return surprise(`${error.code} where ${expected.code} was due`);
      return { type: 'outcome', asExpected: true, text: `${error.code}: nobody is logged on` };
    } finally {
      await client.sspi.deleteSecurityContext(initial.context);
    }
  }

  async #talk(client: TlsSide, server: TlsSide): Promise<void> {
    for (const [from, to, text] of [
      [client, server, 'a1 NOOP'],
      [server, client, 'a1 OK done'],
    ] as const) {
      const wire = await from.encrypt(encodeUtf8(text));
      this.#record({ type: 'message', from: from.role, plain: text, wire: wire.slice() });
      const received = await to.decrypt(this.#inOrder(to, wire));
      if (!received || decodeUtf8(received) !== text) throw new Error('the message did not come back as it was');
    }
    if ((await server.decrypt(await client.shutDown())) !== undefined) throw new Error('the end was not heard');
  }

  /** What was sent to a side before and not taken yet, such as tickets, stands before what is sent now. */
  #inOrder(to: TlsSide, wire: Uint8Array): Uint8Array {
    const queue = to.role === 'client' ? this.#toClient : this.#toServer;
    return new Uint8Array(Buffer.concat([...queue.splice(0), wire]));
  }

  async #tamper(client: TlsSide, server: TlsSide, codes: readonly (string | undefined)[]): Promise<OutcomeEvent> {
    const wire = await client.encrypt(encodeUtf8('a1 NOOP'));
    const offset = 8;
    const before = wire[offset] ?? 0;
    wire[offset] = before ^ 1;
    this.#record({ type: 'tamper', offset, before, after: before ^ 1 });
    try {
      await server.decrypt(wire);
    } catch (error) {
      if (error instanceof SspiError && codes.includes(error.code)) {
        return {
          type: 'outcome',
          asExpected: true,
          text: `${error.code}: the server ends the connection, with an alert`,
        };
      }
      throw error;
    }
    return surprise('the server took a message that was tampered with');
  }
}

/** Schannel lets a client pass whose certificate is not trusted: MUTUAL_AUTH says whether it is. */
async function verifiedCertificate({ sspi, context, contextAttr }: TlsSide): Promise<Uint8Array | undefined> {
  if (!(contextAttr & ASC_RET.MUTUAL_AUTH)) return undefined;
  return (await sspi.queryContextAttributes(context, SECPKG_ATTR.REMOTE_CERT_CONTEXT)).certificate;
}

function surprise(text: string): OutcomeEvent {
  return { type: 'outcome', asExpected: false, text };
}

function describeError(error: unknown): string {
  if (error instanceof SspiError) return `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
