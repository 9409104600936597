import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Credential, SaslServer } from 'secur32';
import { memoryAccounts } from 'secur32/engine';
import { initSecurityInterface } from 'secur32/raw';

const accounts = memoryAccounts([{ user: 'alice', password: 'open sesame' }]);
const sspi = initSecurityInterface({ engine: { accounts } }); // Windows has accounts of its own
const credential = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });

async function serve(socket: Socket): Promise<void> {
  const options = { mechanism: 'DIGEST-MD5', service: 'greeter', host: 'localhost', credential };
  const sasl = await SaslServer.create({ ...options, require: ['confidentiality'] });
  socket.once('close', () => sasl.close());
  const send = (bytes?: Uint8Array) => socket.write(`${Buffer.from(bytes ?? []).toString('base64')}\n`);
  send((await sasl.step()).token); // the challenge
  for await (const line of createInterface({ input: socket })) {
    const received = Buffer.from(line, 'base64');
    if (!sasl.complete) send((await sasl.step(received)).token);
    else send(sasl.wrap(Buffer.from(`Hello ${sasl.identity.name}. You said: ${Buffer.from(sasl.unwrap(received))}`)));
  }
}

createServer(socket => {
  socket.on('error', () => socket.destroy());
  serve(socket).catch(error => {
    console.error(error.message);
    socket.destroy();
  });
}).listen(4711, 'localhost');
