import { createServer, type Server } from 'node:http';
import { Credential, ServerContext, SspiError } from 'secur32';
import { createEngine, type EngineOptions } from 'secur32/engine';

/**
 * A web server for the users of a domain, by Kerberos alone: a ticket comes with each request, so that nothing has to be remembered about a
 * connection, and proxies in front do no harm. The keys are those of `HTTP/host`, in the keytab that the options or KRB5_KTNAME name.
 */
export async function domainServer(options: EngineOptions): Promise<Server> {
  const sspi = createEngine({ ...options, negotiate: { packages: ['Kerberos'] } });
  const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });

  const server = createServer(async ({ headers }, response) => {
    const [scheme = '', token = ''] = headers.authorization?.split(' ') ?? [];
    const challenge = (): unknown => response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end();
    if (scheme.toLowerCase() !== 'negotiate') return void challenge();
    try {
      await using context = new ServerContext(credential);
      const { token: answer, done } = await context.step(Buffer.from(token, 'base64'));
      // A client that has no ticket begins with something else, which takes more than one request.
      if (!done) return void challenge();
      // The answer proves to the client that this is the server which it meant.
      if (answer) response.setHeader('www-authenticate', `Negotiate ${Buffer.from(answer).toString('base64')}`);
      const { domain, groups = [], name, sid } = context.identity;
      const lines = [`You are ${name} of ${domain}.`, ...(sid ? [`SID ${sid}, in ${groups.length} groups`] : [])];
      response.setHeader('content-type', 'text/plain; charset=utf-8').end(`${lines.join('\n')}\n`);
    } catch (error) {
      if (!(error instanceof SspiError)) return void response.writeHead(500).end();
      // What was wrong is for the log of the server: the hint says what to do about it.
      console.error(`${error.message}\n  ${error.hint}`);
      challenge();
    }
  });
  return server.on('close', () => void credential.close());
}
