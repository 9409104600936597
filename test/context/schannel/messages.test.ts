import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { type SchannelStream, schannelAccept, schannelConnect } from 'secur32';
import { createEngine } from 'secur32/engine';
import { SEC_E, type SecurityFunctionTable, SspiError } from 'secur32/raw';
import { withoutPrivateParts } from '#dist/engine/schannel/tls/private-parts.js';
import { identity } from '../../engine/schannel/certificates.js';
import { memoryPair } from './memory-pair.js';

const MESSAGE_FUNCTIONS = ['encryptMessage', 'decryptMessage', 'encryptMessageSync', 'decryptMessageSync'] as const;

type Calls = Record<(typeof MESSAGE_FUNCTIONS)[number], number>;

/** The engine, and how often each of its message functions has done its work. */
function counted(): { sspi: SecurityFunctionTable; calls: Calls } {
  const engine = createEngine();
  const calls: Calls = { encryptMessage: 0, decryptMessage: 0, encryptMessageSync: 0, decryptMessageSync: 0 };
  const sspi: SecurityFunctionTable = { ...engine };
  for (const name of ['encryptMessage', 'decryptMessage'] as const) {
    sspi[name] = async (context, message) => {
      calls[name] += 1;
      return engine[name](context, message);
    };
    sspi[`${name}Sync`] = (context, message) => {
      const done = engine[`${name}Sync`](context, message);
      calls[`${name}Sync`] += 1;
      return done;
    };
  }
  return { sspi, calls };
}

async function streams(sspi: SecurityFunctionTable): Promise<[SchannelStream, SchannelStream]> {
  const [a, b] = memoryPair();
  return Promise.all([
    schannelConnect(a, { serverName: 'localhost', identity: identity(), sspi }),
    schannelAccept(b, { identity: identity(['server']), sspi }),
  ]);
}

const DATA = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7 + (n >> 8)) & 0xff));

/** Through an echo and back, in pieces that are no records. */
async function echoed([client, server]: [SchannelStream, SchannelStream]): Promise<Buffer> {
  server.pipe(server);
  for (let at = 0; at < DATA.length; at += 30_000) client.write(DATA.subarray(at, at + 30_000));
  client.end();
  return buffer(client);
}

describe('SchannelStream: its messages', () => {
  it('are done at once where the provider can', async () => {
    const { sspi, calls } = counted();
    const back = await echoed(await streams(sspi));
    assert.ok(back.equals(DATA));
    assert.deepEqual([calls.encryptMessage, calls.decryptMessage], [0, 0]);
    assert.ok(calls.encryptMessageSync >= 26 && calls.decryptMessageSync >= 26, JSON.stringify(calls));
  });

  it('go by promises where it cannot, in their order', async () => {
    const end = withoutPrivateParts();
    try {
      const { sspi, calls } = counted();
      const back = await echoed(await streams(sspi));
      assert.ok(back.equals(DATA));
      assert.deepEqual([calls.encryptMessageSync, calls.decryptMessageSync], [0, 0]);
    } finally {
      end();
    }
  });

  it('wait for a call of the context that somebody else has begun', async () => {
    const { sspi, calls } = counted();
    const [client, server] = await streams(sspi);
    const { encryptMessageSync } = sspi;
    sspi.encryptMessageSync = () => {
      sspi.encryptMessageSync = encryptMessageSync;
      throw new SspiError({ status: SEC_E.OUT_OF_SEQUENCE, syscall: 'EncryptMessage', provider: sspi.provider });
    };
    client.write('one');
    client.end('two');
    server.end();
    assert.equal(String(await buffer(server)), 'onetwo');
    assert.equal(calls.encryptMessage, 1, 'only the first has waited');
    client.destroy();
  });

  it('can be written by whoever reads, in the same turn', async () => {
    const { sspi, calls } = counted();
    const [client, server] = await streams(sspi);
    server.on('data', (chunk: Buffer) => server.write(chunk));
    server.on('end', () => server.end());
    for (let n = 0; n < 100; n++) client.write(`${n};`);
    client.end();
    const numbers = Array.from({ length: 100 }, (_, n) => `${n};`);
    assert.equal(String(await buffer(client)), numbers.join(''));
    assert.equal(calls.encryptMessage, 0);
  });
});
