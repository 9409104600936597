import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Credential, SaslClient } from 'secur32';

const identity = { kind: 'password', user: 'alice', password: 'open sesame' } as const;
const credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity });
const names = { mechanism: 'DIGEST-MD5', service: 'greeter', host: 'localhost' };
const sasl = await SaslClient.create({ ...names, credential, require: ['confidentiality'] });

const socket = connect(4711, 'localhost');
for await (const line of createInterface({ input: socket })) {
  const received = Buffer.from(line, 'base64');
  if (sasl.established) {
    console.log(`${Buffer.from(sasl.unwrap(received))}`);
    break;
  }
  const { token, done } = await sasl.step(received);
  const answer = done ? sasl.wrap(Buffer.from('nobody else can read this')) : token;
  socket.write(`${Buffer.from(answer ?? []).toString('base64')}\n`);
}
socket.end();
if (!sasl.established) throw new Error('the server has refused the logon');
