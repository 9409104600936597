import { constantTimeEqual } from '../../../bytes/equal.js';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import { gssChannelBindings, parseChannelBindings } from '../../../sspi/channel-bindings.js';
import { SEC_E } from '../../../sspi/status.js';
import { md5Hex } from '../../crypto/weak/md5.js';
import { PackageError } from '../../package-error.js';
import type { Authorization } from './authorization.js';

/*
 * Channel bindings of HTTP Digest: draft-santesson-digestbind-01, which [MS-DPSP] 1.2.2 names, as the client of .NET Framework
 * writes them. A server that knows them puts a prefix before its nonce. The client then sends
 *
 *     hashed-dirs="service-name,channel-binding", service-name="HTTP/host", channel-binding="<MD5 of the bindings>"
 *     cnonce="+Upgraded+v1<MD5 of service-name ":" channel-binding><random>"
 *
 * so that its digest, which covers the cnonce, covers both. Not tried against Windows. MD5 here is for all algorithms.
 */

/** What a server that takes channel bindings begins its nonces with. Clients look for the prefix without the version. */
export const UPGRADED_NONCE = '+Upgraded+v1';
const UPGRADED = '+Upgraded+';

/** What the client's own value stands for where it has no channel to bind to. */
const UNBOUND = '0'.repeat(32);

const HASHED_DIRECTIVES = 'service-name,channel-binding';

/** True where the server of a challenge takes channel bindings. */
export function isUpgraded(nonce: string): boolean {
  return nonce.startsWith(UPGRADED);
}

/** The directives of a client, `bindings` a SEC_CHANNEL_BINDINGS or nothing, and the start of its cnonce. */
export function boundDirectives(serviceName: string, bindings: Uint8Array | undefined): BoundDirectives {
  const channelBinding = bindings ? bindingHash(bindings) : UNBOUND;
  return {
    hashedDirectives: HASHED_DIRECTIVES,
    serviceName,
    channelBinding,
    cnonceStart: cnonceStart(serviceName, channelBinding),
  };
}

export interface BoundDirectives {
  readonly hashedDirectives: string;
  readonly serviceName: string;
  readonly channelBinding: string;
  readonly cnonceStart: string;
}

/**
 * Throws SEC_E_BAD_BINDINGS unless the client is bound to this very channel: a client that says nothing of bindings, or that it
 * has no channel, is refused too. ASC_REQ.ALLOW_MISSING_BINDINGS cannot be asked for: its bit means HTTP here.
 */
export function checkBindings(authorization: Authorization, bindings: Uint8Array): void {
  const expected = encodeLatin1(bindingHash(bindings));
  if (!constantTimeEqual(encodeLatin1(boundChannel(authorization)), expected)) throw badBindings();
}

/** Throws SEC_E_BAD_BINDINGS unless the client is bound to some channel, such as that to a proxy (ASC_REQ.PROXY_BINDINGS). */
export function checkProxyBindings(authorization: Authorization): void {
  if (boundChannel(authorization) === UNBOUND) throw badBindings();
}

/** The client's binding, once it is sure that its digest covers it. */
function boundChannel({ hashedDirectives, serviceName, channelBinding, cnonce }: Authorization): string {
  const covered = cnonce.startsWith(cnonceStart(serviceName, channelBinding));
  if (hashedDirectives !== HASHED_DIRECTIVES || !covered) throw badBindings();
  return channelBinding;
}

function cnonceStart(serviceName: string, channelBinding: string): string {
  return `${UPGRADED_NONCE}${md5Hex(serviceName, ':', channelBinding)}`;
}

function bindingHash(bindings: Uint8Array): string {
  try {
    return md5Hex(gssChannelBindings(parseChannelBindings(bindings)));
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(SEC_E.BAD_BINDINGS, 'the channel bindings are no SEC_CHANNEL_BINDINGS', {
      hint: 'Make them with channelBindings(), or take them from the TLS library in that form.',
    });
  }
}

function badBindings(): PackageError {
  return new PackageError(SEC_E.BAD_BINDINGS, 'the client is not bound to this channel');
}
