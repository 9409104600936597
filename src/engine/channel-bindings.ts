import { constantTimeEqual } from '../bytes/equal.js';
import { MalformedBytesError } from '../bytes/errors.js';
import { findBuffer, SECBUFFER, type SecBuffer } from '../sspi/buffers.js';
import { gssChannelBindings, parseChannelBindings } from '../sspi/channel-bindings.js';
import { ASC_REQ } from '../sspi/flags.js';
import { SEC_E } from '../sspi/status.js';
import { md5 } from './crypto/weak/md5.js';
import { PackageError } from './package-error.js';

/**
 * The MD5 of the bindings that a caller has given ([MS-NLMP] 2.2.2.1, MsvAvChannelBindings; RFC 4121 4.1.1.2); undefined where it gave none.
 * Throws SEC_E_BAD_BINDINGS for bytes that are no SEC_CHANNEL_BINDINGS.
 */
export function bindingHash(input: readonly SecBuffer[]): Uint8Array | undefined {
  const buffer = findBuffer(input, SECBUFFER.CHANNEL_BINDINGS);
  // An empty buffer is what a program has whose connection is not TLS.
  if (!buffer || buffer.data.length === 0) return undefined;
  try {
    return md5(gssChannelBindings(parseChannelBindings(buffer.data)));
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(SEC_E.BAD_BINDINGS, 'the channel bindings are no SEC_CHANNEL_BINDINGS', {
      hint: 'Make them with channelBindings(), or take them from the TLS library in that form.',
    });
  }
}

/**
 * Compares what the client is bound to with the server's own channel ([MS-NLMP] 3.2.5.1.2). `contextReq` has ALLOW_MISSING_BINDINGS for a
 * server that lets clients without bindings pass, and PROXY_BINDINGS for one that has none of its own and wants the client to have some.
 * Zeros mean none. Throws SEC_E_BAD_BINDINGS.
 */
export function checkBindings(sent: Uint8Array | undefined, own: Uint8Array | undefined, contextReq: number): void {
  const bound = sent?.some(byte => byte !== 0) ? sent : undefined;
  if (own) {
    if (bound ? constantTimeEqual(bound, own) : contextReq & ASC_REQ.ALLOW_MISSING_BINDINGS) return;
    throw bound ? badBindings('the client is bound to another channel', OTHER_HINT) : unbound();
  }
  if (contextReq & ASC_REQ.PROXY_BINDINGS && !bound) throw unbound();
}

function unbound(): PackageError {
  return badBindings(
    'the client is bound to no channel',
    "Clients bind themselves where they know that they are inside TLS: see that the client does, and is new enough. extendedProtection: 'whenSupported' " +
      '(ASC_REQ.ALLOW_MISSING_BINDINGS) lets clients in that do not, and gives up protection from relays for them.',
  );
}

function badBindings(detail: string, hint: string): PackageError {
  return new PackageError(SEC_E.BAD_BINDINGS, detail, { hint });
}

const OTHER_HINT =
  'Something between the two ends TLS: a proxy, or an attacker. The bindings of the server have to be those of the certificate that the ' +
  'client has seen.';
