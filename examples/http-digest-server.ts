import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createEngine, type EngineOptions } from 'secur32/engine';
import { ASC_REQ, SEC_I, SECBUFFER, type SecBuffer, SspiError } from 'secur32/raw';

/** A web server that greets its users by name: HTTP Digest (RFC 7616) over AcceptSecurityContext and CompleteAuthToken. */
export async function digestServer(options: EngineOptions): Promise<Server> {
  const sspi = createEngine(options);
  const { credential } = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
  const accept = (input: SecBuffer[]) => sspi.acceptSecurityContext({ credential, contextReq: ASC_REQ.HTTP, input });

  /** The user of a request, or the challenges for one that has none yet. */
  async function authenticate(input: SecBuffer[]): Promise<{ user: string } | { challenges: Uint8Array[] }> {
    const leg = await accept(input);
    if (leg.status === SEC_I.CONTINUE_NEEDED) {
      await sspi.deleteSecurityContext(leg.context);
      return { challenges: leg.output.map(({ data }) => data) };
    }
    // The client has come back to a context that stands: only now is its request checked.
    if (leg.status === SEC_I.COMPLETE_NEEDED) await sspi.completeAuthToken(leg.context, input);
    const { user } = await sspi.querySecurityContextToken(leg.context);
    return { user: user.name };
  }

  /** A request that was refused may try again, unless it makes no sense at all. */
  async function challengeAgain(error: unknown): Promise<{ challenges: Uint8Array[] }> {
    if (!(error instanceof SspiError) || error.code === 'SEC_E_INVALID_TOKEN') throw error;
    if (error.token) return { challenges: [error.token] };
    const leg = await accept([]);
    await sspi.deleteSecurityContext(leg.context);
    return { challenges: leg.output.map(({ data }) => data) };
  }

  return createServer(async (request, response) => {
    try {
      const result = await authenticate(buffersOf(request)).catch(challengeAgain);
      if ('user' in result) {
        response.setHeader('content-type', 'text/plain; charset=utf-8').end(`hello ${result.user}\n`);
      } else {
        const fields = result.challenges.map(challenge => `Digest ${Buffer.from(challenge).toString('latin1')}`);
        response.writeHead(401, { 'www-authenticate': fields }).end();
      }
    } catch (error) {
      response.writeHead(error instanceof SspiError ? 400 : 500).end();
    }
  });
}

function buffersOf({ headers, method = '', url = '' }: IncomingMessage): SecBuffer[] {
  const [scheme, parameters = ''] = (headers.authorization ?? '').split(/ (.*)/s, 2);
  const token = scheme?.toLowerCase() === 'digest' ? parameters : '';
  return [
    { type: SECBUFFER.TOKEN, data: Buffer.from(token, 'latin1') },
    { type: SECBUFFER.PKG_PARAMS, data: Buffer.from(method) },
    { type: SECBUFFER.PKG_PARAMS, data: Buffer.from(url, 'latin1') },
  ];
}
