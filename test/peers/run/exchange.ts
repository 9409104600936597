/** One end of an exchange of tokens, whoever's it is. */
export interface Party {
  step(token?: Uint8Array): Promise<{ readonly done: boolean; readonly token?: Uint8Array }>;
}

/** Carries tokens between two ends, the client's first, until both are done. Answers them in their order. */
export async function exchangeTokens(client: Party, server: Party): Promise<Uint8Array[]> {
  const tokens: Uint8Array[] = [];
  let clientDone = false;
  let serverDone = false;
  let token: Uint8Array | undefined;
  while (!clientDone || !serverDone) {
    if (!clientDone) {
      const step = await client.step(token);
      ({ token } = step);
      clientDone = step.done;
      if (token) tokens.push(token);
    }
    if (!serverDone) {
      if (!token) throw new Error('the client has nothing to say, and the server is not done');
      const step = await server.step(token);
      ({ token } = step);
      serverDone = step.done;
      if (token) tokens.push(token);
    }
    if (serverDone && !token && !clientDone)
      throw new Error('the server has nothing to say, and the client is not done');
  }
  return tokens;
}
