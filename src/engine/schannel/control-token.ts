import { MalformedBytesError } from '../../bytes/errors.js';
import { ByteReader } from '../../bytes/reader.js';
import { findBuffer, SECBUFFER, type SecBuffer } from '../../sspi/buffers.js';
import { SCHANNEL, SSL_SESSION } from '../../sspi/schannel.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';

/** What ApplyControlToken is asked for. */
export type ControlToken = 'shutdown' | 'renegotiate' | 'enable-reconnects' | 'disable-reconnects';

/**
 * Reads a control token (Microsoft Learn, "ApplyControlToken (Schannel)", "SCHANNEL_SESSION_TOKEN"). Throws SEC_E_INVALID_TOKEN for what is
 * none, SEC_E_UNSUPPORTED_FUNCTION for alerts and for kinds that nobody has documented.
 */
export function readControlToken(buffers: readonly SecBuffer[]): ControlToken {
  try {
    return read(new ByteReader(findBuffer(buffers, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0)));
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(
      SEC_E.INVALID_TOKEN,
      'a control token of Schannel is a number of four bytes, and what belongs to it',
    );
  }
}

function read(token: ByteReader): ControlToken {
  const kind = token.u32le();
  switch (kind) {
    case SCHANNEL.SHUTDOWN:
      return 'shutdown';
    case SCHANNEL.RENEGOTIATE:
      return 'renegotiate';
    case SCHANNEL.SESSION:
      return readReconnects(token.u32le());
    case SCHANNEL.ALERT:
      throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'node:tls sends no alert that its caller chooses', {
        hint: 'Say close_notify with SCHANNEL.SHUTDOWN, or close the connection.',
      });
    default:
      throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, `Schannel has no control token ${kind}`);
  }
}

function readReconnects(flags: number): ControlToken {
  if (flags === SSL_SESSION.ENABLE_RECONNECTS) return 'enable-reconnects';
  if (flags === SSL_SESSION.DISABLE_RECONNECTS) return 'disable-reconnects';
  throw new PackageError(SEC_E.INVALID_TOKEN, 'a session token either enables or disables reconnects');
}
