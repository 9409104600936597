import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Credential, SaslClient } from 'secur32';

const identity = { kind: 'password', user: 'alice', password: 'open sesame' } as const;
const credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity });
const options = { mechanism: 'DIGEST-MD5', service: 'greeter', host: 'localhost', credential };
const sasl = await SaslClient.create({ ...options, require: ['confidentiality'] });
await sasl.step(); // the server speaks first

const socket = connect(4711, 'localhost');
const send = (bytes?: Uint8Array) => socket.write(`${Buffer.from(bytes ?? []).toString('base64')}\n`);
for await (const line of createInterface({ input: socket })) {
  const received = Buffer.from(line, 'base64');
  if (sasl.complete) {
    console.log(`${Buffer.from(sasl.unwrap(received))}`);
    break;
  }
  const { token, done } = await sasl.step(received);
  send(done ? sasl.wrap(Buffer.from('nobody else can read this')) : token);
}
socket.end();
if (!sasl.complete) throw new Error('the server has refused the logon');
