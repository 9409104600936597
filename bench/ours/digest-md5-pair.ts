/** What our DIGEST-MD5 figures share: one engine with a user store in memory, and one logon from memory to memory. */
import { Credential, SaslClient, SaslServer } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';

const MECHANISM = 'DIGEST-MD5';
const USER = 'alice';
const PASSWORD = 'correct horse';
const HOST = 'localhost';
const SERVICE = 'imap';

const QOPS = {
  auth: { layer: 'none', require: [] },
  'auth-int': { layer: 'integrity', require: ['integrity'] },
  'auth-conf': { layer: 'confidentiality', require: ['confidentiality'] },
} as const;

export interface Pair {
  readonly client: SaslClient;
  readonly server: SaslServer;
}

/** Answers a function that does a whole logon: challenge, response, rspauth, with the layer of `qop` on both sides. */
export async function prepareLogon(qop: string): Promise<() => Promise<Pair>> {
  if (!Object.hasOwn(QOPS, qop)) throw new RangeError(`no qop '${qop}'`);
  const { layer, require } = QOPS[qop as keyof typeof QOPS];
  const accounts = memoryAccounts([{ user: USER, password: PASSWORD }]);
  const sspi = createEngine({ accounts, digest: { realms: [HOST] } });
  const identity = { kind: 'password', user: USER, domain: HOST, password: PASSWORD } as const;
  const inbound = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
  const outbound = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
  const common = { mechanism: MECHANISM, service: SERVICE, host: HOST, require } as const;

  return async () => {
    const server = await SaslServer.create({ ...common, credential: inbound });
    const client = await SaslClient.create({ ...common, credential: outbound });
    const challenge = await server.step();
    const response = await client.step(challenge.token);
    const proof = await server.step(response.token);
    const end = await client.step(proof.token);
    if (!proof.done || !end.done) throw new Error('the logon did not end with rspauth');
    if (server.layer !== layer || client.layer !== layer) throw new Error(`layer ${server.layer}, ${client.layer}`);
    return { client, server };
  };
}

export async function closePair({ client, server }: Pair): Promise<void> {
  await client[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
}
