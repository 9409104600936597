import { type AuthData, findBuffer, ISC_REQ, SEC_E, SECBUFFER, tokenBuffer } from 'secur32/raw';
import { decodeNegotiationToken, type NegotiationToken } from '#dist/engine/negotiate/messages/negotiation-token.js';
import { Negotiate } from '#dist/engine/negotiate/negotiate.js';
import type { NegotiateOptions } from '#dist/engine/negotiate/options.js';
import { PackageRegistry } from '#dist/engine/registry.js';
import type {
  InitializeLeg,
  LegResult,
  PackageContext,
  PackageCredential,
  SecurityPackage,
} from '#dist/engine/security-package.js';
import { ToyPackage } from './toy-package.js';

/** One side: a Negotiate over some packages, and a context that is led by hand. */
export class Side<Package extends SecurityPackage = ToyPackage> {
  readonly packages: readonly Package[];
  readonly #role: 'client' | 'server';
  readonly #credential: PackageCredential;
  readonly #contextReq: number;
  readonly #target: string | undefined;
  context: PackageContext | undefined;
  last: LegResult | undefined;

  constructor(
    role: 'client' | 'server',
    packages: readonly Package[],
    { options = {}, authData, contextReq = 0, target = 'http/server' }: SideOptions = {},
  ) {
    const registry = new PackageRegistry();
    for (const each of packages) registry.add(each);
    const negotiate = new Negotiate({ packages: registry, options });
    registry.add(negotiate);
    this.packages = packages;
    this.#role = role;
    this.#contextReq = contextReq;
    this.#target = role === 'client' ? target : undefined;
    const use = role === 'client' ? 'outbound' : 'inbound';
    this.#credential = negotiate.acquireCredential(authData ? { use, authData } : { use });
  }

  /** A leg; returns the token for the peer, empty where there is none. A failed one closes the context, as the engine does. */
  async step(token?: Uint8Array): Promise<Uint8Array> {
    const input = token === undefined ? [] : [tokenBuffer(token)];
    const leg: InitializeLeg = {
      input,
      contextReq: this.#contextReq,
      targetDataRep: 0,
      targetName: this.#target,
      signal: undefined,
    };
    try {
      if (this.context) this.last = await this.context.step(leg);
      else {
        const begin = this.#role === 'client' ? 'initialize' : 'accept';
        const first = await this.#credential[begin]!(leg);
        this.context = first.context;
        this.last = first;
      }
    } catch (error) {
      this.context?.close();
      this.context = undefined;
      throw error;
    }
    return findBuffer(this.last.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);
  }

  get done(): boolean {
    return this.last?.status === SEC_E.OK;
  }

  /** Closes what is open, and says whether all that was opened is closed. */
  close(): boolean {
    this.context?.close();
    this.#credential.close();
    return this.packages.every(each => !(each instanceof ToyPackage) || each.openContexts + each.openCredentials === 0);
  }
}

export interface SideOptions {
  readonly options?: NegotiateOptions;
  readonly authData?: AuthData;
  readonly contextReq?: number;
  readonly target?: string;
}

/** Tokens as they went over the wire, in turns: the client's first. */
export interface Transcript {
  readonly tokens: Uint8Array[];
  readonly decoded: NegotiationToken[];
}

/** Leads a negotiation to its end. `alter` may change the token of a turn (0 is the client's first). */
export async function negotiate(
  client: Side,
  server: Side,
  alter: (token: Uint8Array, turn: number) => Uint8Array = token => token,
): Promise<Transcript> {
  const tokens: Uint8Array[] = [];
  let token: Uint8Array | undefined;
  for (let turn = 0; ; turn++) {
    if (turn > 20) throw new Error('the negotiation goes on and on');
    const [self, peer] = turn % 2 === 0 ? [client, server] : [server, client];
    const made = await self.step(token);
    if (made.length === 0) {
      if (!self.done || !peer.done) throw new Error('one side waits for the other');
      break;
    }
    token = alter(made, turn);
    tokens.push(token);
    if (self.done && peer.done) break;
  }
  return { tokens, decoded: tokens.map(decodeNegotiationToken) };
}

export const NO_INTEGRITY = ISC_REQ.NO_INTEGRITY;
