import { createHmac } from 'node:crypto';
import {
  ASC_RET,
  findBuffer,
  ISC_RET,
  SEC_E,
  SEC_I,
  SECBUFFER,
  SECPKG_ATTR,
  type SecPkgInfo,
  tokenBuffer,
} from 'secur32/raw';
import { PackageError } from '#dist/engine/package-error.js';
import type {
  ContextLegInput,
  CredentialRequest,
  FirstLeg,
  InitializeLeg,
  LegResult,
  PackageContext,
  PackageCredential,
  SecurityPackage,
} from '#dist/engine/security-package.js';
import { messageBuffers } from '#dist/sspi/messages.js';

/** What a mechanism of the tests is like: the shapes that SPNEGO has rules for, which no single real one has. */
export interface ToyOptions {
  readonly name: string;
  readonly oids: readonly string[];
  /** Tokens that the two sides exchange; with an odd number the initiator has the last word. */
  readonly tokens: number;
  readonly integrity?: boolean;
  /** Whether it insists on mechListMIC, and signs the list in a way of its own. */
  readonly requiresMic?: boolean;
  /** What acquiring a credential, or a side's first leg, fails with. */
  readonly fails?: { readonly at: 'acquire' | 'client' | 'server'; readonly error: PackageError };
}

/** A package for tests: its tokens are text, its signatures a hash. It counts what is opened and closed. */
export class ToyPackage implements SecurityPackage {
  readonly options: ToyOptions;
  readonly info: SecPkgInfo;
  readonly oids: readonly string[];
  readonly acquired: CredentialRequest[] = [];
  openCredentials = 0;
  openContexts = 0;
  /** Inner legs as they were asked for. */
  readonly legs: InitializeLeg[] = [];

  constructor(options: ToyOptions) {
    this.options = options;
    this.oids = options.oids;
    this.info = { name: options.name, comment: '', capabilities: 0, version: 1, rpcId: 0xffff, maxToken: 1000 };
  }

  recognizes(token: Uint8Array): boolean {
    return Buffer.from(token).toString().startsWith(`${this.info.name}:`);
  }

  acquireCredential(request: CredentialRequest): PackageCredential {
    this.acquired.push(request);
    this.#failAt('acquire');
    this.openCredentials += 1;
    return {
      initialize: leg => this.#begin('client', leg),
      accept: leg => this.#begin('server', leg),
      close: () => {
        this.openCredentials -= 1;
      },
    };
  }

  #begin(role: 'client' | 'server', leg: ContextLegInput): FirstLeg {
    this.#failAt(role);
    const context = new ToyContext(this, role);
    try {
      return { ...context.step({ targetName: undefined, ...leg }), context };
    } catch (error) {
      context.close();
      throw error;
    }
  }

  #failAt(place: NonNullable<ToyOptions['fails']>['at']): void {
    const { fails } = this.options;
    if (fails?.at === place) throw fails.error;
  }
}

class ToyContext implements PackageContext {
  readonly #package: ToyPackage;
  readonly #role: 'client' | 'server';
  declare readonly signMechList?: (list: Uint8Array) => Uint8Array;
  declare readonly verifyMechList?: (list: Uint8Array, mic: Uint8Array) => void;
  readonly requiresMechListMic: boolean;
  /** Tokens so far, of both sides. */
  #count = 0;
  #closed = false;

  constructor(toy: ToyPackage, role: 'client' | 'server') {
    this.#package = toy;
    this.#role = role;
    this.requiresMechListMic = toy.options.requiresMic ?? false;
    toy.openContexts += 1;
    if (!toy.options.requiresMic) return;
    this.signMechList = list => this.#mac(this.#role, list);
    this.verifyMechList = (list, mic) => this.#check(list, mic);
  }

  step(leg: InitializeLeg): LegResult {
    const { info, legs, options } = this.#package;
    legs.push(leg);
    if (this.#count > 0 || this.#role === 'server') this.#take(findBuffer(leg.input, SECBUFFER.TOKEN)?.data);
    const integrity = this.#role === 'client' ? ISC_RET.INTEGRITY : ASC_RET.INTEGRITY;
    const contextAttr = options.integrity ? integrity : 0;
    const speaks = this.#count < options.tokens;
    const output = speaks ? [tokenBuffer(Buffer.from(`${info.name}:${++this.#count}`))] : [];
    return { status: this.#count < options.tokens ? SEC_I.CONTINUE_NEEDED : SEC_E.OK, output, contextAttr };
  }

  queryAttribute(attribute: number): unknown {
    if (attribute === SECPKG_ATTR.SIZES) return { maxToken: 1000, maxSignature: 32, blockSize: 0, securityTrailer: 32 };
    return attribute === SECPKG_ATTR.NAMES ? { userName: 'toy' } : undefined;
  }

  makeSignature({ buffers }: Parameters<NonNullable<PackageContext['makeSignature']>>[0]) {
    const [token, data] = buffers;
    token!.data.set(this.#mac(this.#role, data!.data));
    return messageBuffers([...buffers]);
  }

  verifySignature({ buffers }: Parameters<NonNullable<PackageContext['makeSignature']>>[0]) {
    const [token, data] = buffers;
    this.#check(data!.data, token!.data);
    return messageBuffers([...buffers]);
  }

  close(): void {
    if (this.#closed) throw new Error('a context is closed twice');
    this.#closed = true;
    this.#package.openContexts -= 1;
  }

  #take(token: Uint8Array | undefined): void {
    this.#count += 1;
    const text = Buffer.from(token ?? []).toString();
    if (text === `${this.#package.info.name}:${this.#count}`) return;
    throw new PackageError(SEC_E.LOGON_DENIED, `${this.#package.info.name} got ${text}`, {
      token: Buffer.from('sorry'),
    });
  }

  #check(list: Uint8Array, mic: Uint8Array): void {
    const peer = this.#role === 'client' ? 'server' : 'client';
    if (Buffer.compare(this.#mac(peer, list), mic) !== 0) throw new PackageError(SEC_E.OUT_OF_SEQUENCE);
  }

  #mac(role: string, list: Uint8Array): Uint8Array {
    const key = `${this.#package.info.name} ${role}`;
    return Uint8Array.from(createHmac('sha256', key).update(list).digest());
  }
}
