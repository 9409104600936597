import type { AuthData, CredentialUse, CredHandle, SecBuffer, SecurityFunctionTable } from 'secur32/raw';
import { SCH_CRED } from 'secur32/raw';
import { type CertificateName, source } from '../../engine/schannel/certificates.js';
import { SchannelConnection, type SchannelSide } from '../../native/windows/schannel-loop.js';

import type { Pair } from '../pairs.js';
import { type EndablePipe, endablePipe } from './endable-pipe.js';

/**
 * The certificate of either side: of `localhost`, by itself. It is RSA throughout, as Wine takes no other keys and hashes no other
 * certificates for ENDPOINT_BINDINGS, and the same in every run.
 */
export const CERTIFICATE: CertificateName = 'self-signed-rsa';

export interface ConnectionTerms {
  /** SP_PROT bits of the client; the providers' own choice by default. */
  readonly protocols?: number;
  /** Bytes that arrive at a time; all that were sent by default. */
  readonly piece?: number;
  /** SCH_CRED bits of the client, which leaves the certificate to its caller by default. */
  readonly clientFlags?: number;
  /** Whom the client trusts, PEM. */
  readonly roots?: readonly string[];
  readonly clientCertificate?: CertificateName;
  readonly targetName?: string;
  /** ASC_REQ bits besides those of every connection. */
  readonly serverReq?: number;
  /** Input buffers of the legs of both sides besides the token. */
  readonly input?: readonly SecBuffer[];
}

/** Both sides of a TLS connection in one process, made by the loops of Microsoft Learn. */
export class Connection implements AsyncDisposable {
  readonly client: SchannelConnection;
  readonly server: SchannelConnection;
  readonly #close: () => Promise<void>;

  private constructor(client: SchannelConnection, server: SchannelConnection, close: () => Promise<void>) {
    this.client = client;
    this.server = server;
    this.#close = close;
  }

  /** Rejects with an AggregateError of what the sides say where there is no connection. */
  static async make(pair: Pair, terms: ConnectionTerms = {}): Promise<Connection> {
    const pipe = endablePipe(terms.piece);
    const client = await side(pair.clientTable, 'outbound', clientData(terms));
    const server = await side(pair.serverTable, 'inbound', serverData());
    const more = { input: terms.input ?? [] };
    const [connected, accepted] = await Promise.allSettled([
      ends(
        SchannelConnection.connect({ ...client, ...more, stream: pipe.near }, terms.targetName ?? 'localhost'),
        pipe,
      ),
      ends(SchannelConnection.accept({ ...server, ...more, stream: pipe.far, contextReq: terms.serverReq ?? 0 }), pipe),
    ]);
    const close = async (): Promise<void> => {
      for (const [result, { table, credential }] of [[connected, client] as const, [accepted, server] as const]) {
        if (result.status === 'fulfilled') await table.deleteSecurityContext(result.value.context);
        await table.freeCredentialsHandle(credential);
      }
    };
    if (connected.status === 'fulfilled' && accepted.status === 'fulfilled')
      return new Connection(connected.value, accepted.value, close);
    await close();
    throw new AggregateError([connected, accepted].flatMap(result => ('reason' in result ? [result.reason] : [])));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

async function side(
  table: SecurityFunctionTable,
  credentialUse: CredentialUse,
  authData: AuthData,
): Promise<Pick<SchannelSide, 'table'> & { readonly credential: CredHandle }> {
  const { credential } = await table.acquireCredentialsHandle({ package: 'Schannel', credentialUse, authData });
  return { table, credential };
}

/** Ends the pipe when the handshake fails, so that the peer does not wait for ever. */
async function ends<T>(handshake: Promise<T>, pipe: EndablePipe): Promise<T> {
  try {
    return await handshake;
  } catch (error) {
    await pipe.end();
    throw error;
  }
}

function clientData({ clientCertificate, clientFlags, protocols = 0, roots }: ConnectionTerms): AuthData {
  return {
    kind: 'certificate',
    certificates: clientCertificate ? [source(clientCertificate)] : [],
    flags: (clientFlags ?? SCH_CRED.MANUAL_CRED_VALIDATION) | SCH_CRED.NO_DEFAULT_CREDS,
    protocols,
    ...(roots && { roots }),
  };
}

export function serverData(): AuthData {
  return { kind: 'certificate', certificates: [source(CERTIFICATE)] };
}
