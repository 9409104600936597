import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Credential, ServerContext, SspiError } from 'secur32';
import type { SecurityFunctionTable } from 'secur32/raw';

/** A web server that says who you are. A logon is its connection's: no proxy in front may share connections among users. */
export async function whoAmIServer(sspi: SecurityFunctionTable): Promise<Server> {
  const schemes = ['Negotiate', 'NTLM'];
  const credentials = new Map<string, Credential>();
  for (const name of schemes)
    credentials.set(name.toLowerCase(), await Credential.acquire({ package: name, use: 'inbound', sspi }));
  const contexts = new WeakMap<Socket, ServerContext>();

  const server = createServer(async ({ headers, socket }, response) => {
    const [scheme = '', token = ''] = headers.authorization?.split(' ') ?? [];
    const credential = credentials.get(scheme.toLowerCase());
    let context = contexts.get(socket);
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    try {
      if (credential) {
        if (context?.complete) await context.close();
        if (!context || context.complete) context = new ServerContext(credential);
        contexts.set(socket, context);
        const { token: answer, done } = await context.step(Buffer.from(token, 'base64'));
        const field = `${scheme} ${Buffer.from(answer ?? []).toString('base64')}`;
        if (!done) return void response.writeHead(401, { 'www-authenticate': field }).end();
        if (answer) response.setHeader('www-authenticate', field);
      }
      if (context) return void response.end(`You are ${context.identity.name}, says ${context.packageName}.\n`);
    } catch (error) {
      if (!(error instanceof SspiError)) return void response.writeHead(500).end();
      contexts.delete(socket);
    }
    response.writeHead(401, { 'www-authenticate': schemes }).end();
  });
  return server.on('connection', socket => socket.once('close', () => contexts.get(socket)?.close()));
}
