import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Credential, SaslServer } from 'secur32';
import { memoryAccounts } from 'secur32/engine';
import { initSecurityInterface } from 'secur32/raw';

const accounts = memoryAccounts([{ user: 'alice', password: 'open sesame' }]);
const sspi = initSecurityInterface({ engine: { accounts } }); // Windows has accounts of its own
const credential = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
const names = { mechanism: 'DIGEST-MD5', service: 'greeter', host: 'localhost' };

async function* greet(lines: AsyncIterable<string>): AsyncGenerator<string> {
  await using sasl = await SaslServer.create({ ...names, credential, require: ['confidentiality'] });
  yield base64((await sasl.step()).token); // the challenge
  for await (const line of lines) {
    const received = Buffer.from(line, 'base64');
    const greeting = () => `Hello ${sasl.identity.name}. You said: ${Buffer.from(sasl.unwrap(received))}`;
    yield base64(sasl.established ? sasl.wrap(Buffer.from(greeting())) : (await sasl.step(received)).token);
  }
}

const base64 = (bytes?: Uint8Array) => `${Buffer.from(bytes ?? []).toString('base64')}\n`;
createServer(socket => {
  pipeline(createInterface({ input: socket }), greet, socket).catch(error => console.error(error.message));
}).listen(4711, 'localhost');
