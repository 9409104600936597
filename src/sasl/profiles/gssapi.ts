import { findBuffer, SECBUFFER } from '../../sspi/buffers.js';
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET } from '../../sspi/flags.js';
import type { ContextLeg } from '../../sspi/function-table.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import type { InnerContext } from '../inner-context.js';
import { isAuthzString } from '../option-values.js';
import type { SaslExchange, SaslProfile } from '../profile.js';
import { SaslFailure } from '../sasl-failure.js';
import type { SaslRole } from '../sasl-role.js';
import { DEFAULT_BUFFER_SIZE } from '../settings.js';
import {
  type Cookie,
  chosenLayer,
  decodeCookie,
  encodeCookie,
  LARGEST_SIZE,
  LAYER,
  STRONGEST_FIRST,
} from './gssapi-cookie.js';
import { unwrapCookie, wrapCookie, wrapOverhead } from './gssapi-messages.js';

/**
 * GSSAPI (RFC 4752): the tokens of Kerberos, client first, and then a cookie of the server's and one of the client's, which settle the
 * security layer, the sizes of buffers and whom the client acts as. Where Kerberos' last token is the server's, the cookie waits for one
 * round trip. Source: Microsoft Learn, "SaslAcceptSecurityContext".
 */
export const gssapi: SaslProfile = {
  name: 'GSSAPI',
  packages: ['Kerberos'],
  begin: role => (role === 'client' ? new GssapiClient() : new GssapiServer()),
};

/** What the two sides have in common: what comes of the cookies. */
abstract class GssapiExchange implements SaslExchange {
  announced = false;
  readonly #role: SaslRole;
  #authzString: Uint8Array = NOTHING;
  #peerSize: number | undefined;

  protected constructor(role: SaslRole) {
    this.#role = role;
  }

  abstract step(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg>;

  async sendSize(inner: InnerContext): Promise<number> {
    if (this.#peerSize === undefined) return DEFAULT_BUFFER_SIZE;
    return Math.max(0, this.#peerSize - (await wrapOverhead(inner)));
  }

  receivedAuthzString(): Uint8Array {
    return this.#authzString.slice();
  }

  /** The last leg. Its flags say what layer was agreed, which may be less than the context could. */
  protected finish(inner: InnerContext, token: Uint8Array, layer: number, peer: Cookie): ContextLeg {
    const { CONFIDENTIALITY, INTEGRITY } = this.#role === 'client' ? ISC_RET : ASC_RET;
    this.#authzString = peer.authzString;
    // RFC 4752 3.1 and 3.2 would have a size of 0 where there is no layer, and both sides verify it. Java's servers and gsasl say another, which
    // means nothing then; other implementations pass over it, too.
    if (layer !== LAYER.NONE) this.#peerSize = peer.maxSize;
    const dropped = (layer === LAYER.CONFIDENTIALITY ? 0 : CONFIDENTIALITY) | (layer === LAYER.NONE ? INTEGRITY : 0);
    return inner.ownLeg(SEC_E.OK, token, (inner.contextAttr & ~dropped) >>> 0);
  }
}

/** context: Kerberos' tokens; suspended: the client has the last of them to take; offered: its cookie is due. */
type ServerState = 'context' | 'suspended' | 'offered';

class GssapiServer extends GssapiExchange {
  #state: ServerState = 'context';
  #offered = 0;

  constructor() {
    super('server');
  }

  override async step(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    switch (this.#state) {
      case 'context':
        return this.#accept(inner, token);
      case 'suspended':
        if (token?.length) throw invalid('the client sends a token, and its turn is to send an empty one');
        return this.#offer(inner);
      case 'offered':
        return this.#receive(inner, token);
    }
  }

  async #accept(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    const leg = await inner.leg(token);
    if (leg.status !== SEC_E.OK) return leg;
    if (tokenOf(leg).length === 0) return this.#offer(inner);
    this.#state = 'suspended';
    return { ...leg, status: SEC_I.CONTINUE_NEEDED };
  }

  /** RFC 4752 3.2. */
  async #offer(inner: InnerContext): Promise<ContextLeg> {
    this.#offered = layersOf(inner.contextAttr & ASC_RET.INTEGRITY, inner.contextAttr & ASC_RET.CONFIDENTIALITY, inner);
    const maxSize = this.#offered === LAYER.NONE ? 0 : Math.min(inner.settings.recvSize, LARGEST_SIZE);
    const cookie = await wrapCookie(inner, encodeCookie({ layers: this.#offered, maxSize, authzString: NOTHING }));
    this.#state = 'offered';
    this.announced = true;
    return inner.ownLeg(SEC_I.CONTINUE_NEEDED, cookie, inner.contextAttr);
  }

  async #receive(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    const cookie = decodeCookie(await unwrapCookie(inner, token));
    const layer = chosenLayer(cookie.layers, this.#offered);
    if (layer === undefined) throw invalid('the client chose a layer that was not offered');
    if (!isAuthzString(cookie.authzString)) throw invalid('the authorization identity is not UTF-8 without a NUL');
    if (cookie.authzString.length > 0) inner.settings.refuseForbidden();
    return this.finish(inner, NOTHING, layer, cookie);
  }
}

class GssapiClient extends GssapiExchange {
  #established = false;
  /** The server has a token to answer, and nothing to say in Kerberos: some ask for one more message before their cookie. */
  #mayBeAsked = false;

  constructor() {
    super('client');
  }

  override async step(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (this.#established) return this.#choose(inner, token);
    const { call } = inner;
    const isFirst = !inner.handle;
    // RFC 4752 3.1: the cookies need integrity, and a layer needs mutual authentication and messages in their order.
    inner.call = { ...call, contextReq: (call.contextReq | requirements(call.contextReq)) >>> 0 };
    const leg = await inner.leg(isFirst ? undefined : token);
    inner.call = call;
    this.#established = leg.status === SEC_E.OK;
    this.#mayBeAsked = isFirst && this.#established;
    return { ...leg, status: SEC_I.CONTINUE_NEEDED };
  }

  /** RFC 4752 3.1: the strongest of the layers that are wished for and offered. */
  async #choose(inner: InnerContext, token: Uint8Array | undefined): Promise<ContextLeg> {
    if (this.#mayBeAsked && !token?.length) {
      // Samba's does.
      this.#mayBeAsked = false;
      return inner.ownLeg(SEC_I.CONTINUE_NEEDED, NOTHING, inner.contextAttr);
    }
    const offer = decodeCookie(await unwrapCookie(inner, token));
    if (offer.authzString.length > 0) throw invalid('the cookie of the server is not four bytes long');
    const wished = layersOf(inner.contextAttr & ISC_RET.INTEGRITY, inner.contextAttr & ISC_RET.CONFIDENTIALITY, inner);
    const common = wished & offer.layers;
    const layer = STRONGEST_FIRST.find(one => (common & one) !== 0);
    if (layer === undefined) throw noCommonLayer(offer.layers);
    const authzString = inner.settings.authzStringToSend();
    const maxSize = layer === LAYER.NONE ? 0 : Math.min(inner.settings.recvSize, LARGEST_SIZE);
    const cookie = await wrapCookie(inner, encodeCookie({ layers: layer, maxSize, authzString }));
    this.announced = true;
    return this.finish(inner, cookie, layer, { ...offer, authzString: NOTHING });
  }
}

/** The layers that this side can give and was asked for; none is among them always. The bits of ISC_REQ and ASC_REQ differ for INTEGRITY. */
function layersOf(integrity: number, confidentiality: number, { call, role }: InnerContext): number {
  const { CONFIDENTIALITY } = ISC_REQ;
  const signed = role === 'client' ? CLIENT_SIGNED : SERVER_SIGNED;
  let layers: number = LAYER.NONE;
  if (integrity && call.contextReq & (signed | CONFIDENTIALITY)) layers |= LAYER.INTEGRITY;
  if (confidentiality && call.contextReq & CONFIDENTIALITY) layers |= LAYER.CONFIDENTIALITY;
  return layers;
}

function requirements(contextReq: number): number {
  const wantsLayer = contextReq & (CLIENT_SIGNED | ISC_REQ.CONFIDENTIALITY);
  return ISC_REQ.INTEGRITY | (wantsLayer ? ISC_REQ.MUTUAL_AUTH | ISC_REQ.SEQUENCE_DETECT : 0);
}

function tokenOf({ output }: ContextLeg): Uint8Array {
  return findBuffer(output, SECBUFFER.TOKEN)?.data ?? NOTHING;
}

function invalid(detail: string): SaslFailure {
  return new SaslFailure(SEC_E.INVALID_TOKEN, detail);
}

function noCommonLayer(offered: number): SaslFailure {
  const names = [...LAYER_NAMES].filter(([layer]) => offered & layer).map(([, name]) => name);
  return new SaslFailure(
    SEC_E.ALGORITHM_MISMATCH,
    `the server offers ${names.join(' and ') || 'no layer that is known'}, and this client wants none of it`,
    'Ask for integrity or confidentiality: the server insists on one.',
  );
}

const NOTHING = new Uint8Array(0);
const LAYER_NAMES: ReadonlyMap<number, string> = new Map([
  [LAYER.NONE, 'no layer'],
  [LAYER.INTEGRITY, 'integrity'],
  [LAYER.CONFIDENTIALITY, 'confidentiality'],
]);
const CLIENT_SIGNED = ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
const SERVER_SIGNED = ASC_REQ.INTEGRITY | ASC_REQ.REPLAY_DETECT | ASC_REQ.SEQUENCE_DETECT;
