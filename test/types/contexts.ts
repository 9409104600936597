/** Types of `secur32` and `secur32/engine`: compiled with the tests, never run. */

import type { Duplex } from 'node:stream';
import {
  ClientContext,
  Credential,
  type PeerIdentity,
  type Protection,
  SaslClient,
  SaslServer,
  type SecurityLayer,
  type ServerContext,
  SspiError,
  type StepResult,
} from 'secur32';
import { type Account, type AccountStore, createEngine, memoryAccounts } from 'secur32/engine';
import type { SecurityFunctionTable } from 'secur32/raw';
import type { Assert, Equal, SignatureHasAny } from './assert-types.js';

declare const credential: Credential;
declare const server: SaslServer;
declare const client: SaslClient;
declare const peer: ServerContext;

type Typed<Class> = {
  [Name in keyof Class]-?: SignatureHasAny<Class[Name]> extends true ? Name : never;
}[keyof Class];
export type ClassesAreTyped = [
  Assert<Equal<Typed<Credential>, never>>,
  Assert<Equal<Typed<SaslServer>, never>>,
  Assert<Equal<Typed<SaslClient>, never>>,
  Assert<Equal<Typed<ServerContext>, never>>,
  Assert<Equal<Typed<ClientContext>, never>>,
];

export async function members(): Promise<void> {
  true satisfies Assert<Equal<Awaited<ReturnType<typeof server.step>>, StepResult>>;
  true satisfies Assert<Equal<StepResult['token'], Uint8Array | undefined>>;
  true satisfies Assert<Equal<typeof server.layer, SecurityLayer>>;
  true satisfies Assert<Equal<SecurityLayer, 'none' | 'integrity' | 'confidentiality'>>;
  true satisfies Assert<Equal<typeof server.identity, PeerIdentity>>;
  true satisfies Assert<Equal<typeof peer.identity, PeerIdentity>>;
  true satisfies Assert<Equal<ReturnType<typeof client.wrap>, Uint8Array>>;
  true satisfies Assert<Equal<ReturnType<typeof client.unwrap>, Uint8Array>>;
  true satisfies Assert<Equal<ReturnType<typeof client.protect>, Duplex>>;
  true satisfies Assert<Equal<typeof credential.sspi, SecurityFunctionTable>>;
  // @ts-expect-error: text is not bytes
  await server.step('challenge');
  // @ts-expect-error: what was agreed is not for the application to change
  server.layer = 'none';
}

// A client says who it is; a server need not.
export async function credentials(): Promise<void> {
  await Credential.acquire({ package: 'WDigest', use: 'inbound' });
  await Credential.acquire({ package: 'WDigest', use: 'outbound', identity: { kind: 'current' } });
  // @ts-expect-error: an outbound credential names its identity
  await Credential.acquire({ package: 'WDigest', use: 'outbound' });
  // @ts-expect-error: made by acquire only
  new Credential();
}

export async function options(): Promise<void> {
  const names = { mechanism: 'DIGEST-MD5', credential, service: 'imap' };
  await SaslServer.create({ ...names, host: ['localhost', '127.0.0.1'], require: ['confidentiality'] });
  await SaslServer.create({ ...names, host: 'localhost', authorize: ({ authorizationId }) => authorizationId === '' });
  // @ts-expect-error: a client means one host
  await SaslClient.create({ ...names, host: ['localhost', '127.0.0.1'] });
  // @ts-expect-error: no such protection
  await SaslClient.create({ ...names, host: 'localhost', require: ['secrecy'] });
  // @ts-expect-error: a service is missing
  await SaslClient.create({ mechanism: 'DIGEST-MD5', credential, host: 'localhost' });
  // @ts-expect-error: whom a client means is for the client to say
  new ClientContext(credential, {});
  'mutualAuthentication' satisfies Protection;
}

export async function disposal(): Promise<void> {
  await using one = server;
  await using two = credential;
  await using three = peer;
  void [one, two, three];
}

// Stores may answer at once or later, with an account or without.
export const stores: readonly AccountStore[] = [
  { find: () => undefined },
  { find: async ({ user }) => ({ user, password: 'open sesame' }) },
  memoryAccounts(new Set<Account>([{ user: 'alice' }])),
];
// @ts-expect-error: an account has a user
export const nameless: Account = { password: 'open sesame' };
// @ts-expect-error: a store can be asked
createEngine({ accounts: {} });

export function narrowing(error: unknown): string | undefined {
  return error instanceof SspiError ? error.code : undefined;
}
