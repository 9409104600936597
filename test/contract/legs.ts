import { type ClientSide, Party, type Side } from '../native/windows/handshake.js';

/** What a leg of an exchange gave. */
export interface Leg {
  readonly side: 'client' | 'server';
  readonly status: number;
  readonly token: Uint8Array;
}

/** The legs of a whole exchange, in their order. */
export async function legsOf(clientSide: ClientSide, serverSide: Side): Promise<Leg[]> {
  const client = await open(clientSide);
  const server = await open(serverSide);
  const legs: Leg[] = [];
  const took = (side: Leg['side'], token: Uint8Array): Uint8Array => {
    legs.push({ side, status: (side === 'client' ? client : server).leg!.status, token });
    return token;
  };
  try {
    let token = took('client', await client.initialize(clientSide.targetName));
    while (token.length > 0) {
      const answer = took('server', await server.accept(token));
      if (answer.length === 0) break;
      token = took('client', await client.initialize(clientSide.targetName, answer));
    }
    return legs;
  } finally {
    await client.close();
    await server.close();
  }
}

async function open(side: Side): Promise<Party> {
  const { credential } = await side.table.acquireCredentialsHandle(side.credential);
  return new Party(side, credential);
}
