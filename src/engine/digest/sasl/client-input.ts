import { MalformedBytesError } from '../../../bytes/errors.js';
import { decodeLatin1, decodeUtf8 } from '../../../bytes/text.js';
import { findBuffer } from '../../../sspi/buffers.js';
import { SASL_PARAMETER } from '../../../sspi/sasl.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { InitializeLeg } from '../../security-package.js';
import { isQuotable } from '../directives.js';
import { receiveSize } from './buffer-size.js';
import { isDigestUri } from './response.js';

/** What a client's caller wants of a logon. */
export interface ClientWishes {
  /** ISC_REQ bits. */
  readonly contextReq: number;
  readonly digestUri: string | undefined;
  /** Octets of UTF-8. */
  readonly authzid: string | undefined;
  /** Bytes that the caller takes in one protected buffer. */
  readonly ownMaxBuffer: number;
}

/**
 * The wishes of a leg, on top of those of the legs before it: a requirement that was made once holds. Throws SEC_E_TARGET_UNKNOWN for
 * a target that is no SPN, and SEC_E_INVALID_PARAMETER for an authorization identity that cannot be sent.
 */
export function clientWishes(leg: InitializeLeg, earlier: ClientWishes | undefined): ClientWishes {
  return {
    contextReq: leg.contextReq | (earlier?.contextReq ?? 0),
    digestUri: leg.targetName === undefined ? earlier?.digestUri : digestUri(leg.targetName),
    authzid: findBuffer(leg.input, SASL_PARAMETER.AUTHZ_STRING) ? authzid(leg) : earlier?.authzid,
    ownMaxBuffer: receiveSize(leg.input),
  };
}

/** `service/host`, as SPNs are: `imap/mail.example.com`. */
function digestUri(targetName: string): string {
  if (isDigestUri(targetName) && isQuotable(targetName)) return targetName;
  throw noTarget(`the target name ${JSON.stringify(targetName)} does not name a service and a host`);
}

export function noTarget(detail: string): PackageError {
  return new PackageError(SEC_E.TARGET_UNKNOWN, detail, {
    hint: "Give the service principal name of the server as the target name: 'imap/mail.example.com'.",
  });
}

function authzid({ input }: InitializeLeg): string | undefined {
  const bytes = findBuffer(input, SASL_PARAMETER.AUTHZ_STRING)?.data ?? NOTHING;
  if (bytes.length === 0) return undefined;
  const octets = decodeLatin1(bytes);
  if (isQuotable(octets) && isUtf8(bytes)) return octets;
  throw new PackageError(SEC_E.INVALID_PARAMETER, 'the authorization identity is not UTF-8 or has a control character');
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decodeUtf8(bytes);
    return true;
  } catch (error) {
    if (error instanceof MalformedBytesError) return false;
    throw error;
  }
}

const NOTHING = new Uint8Array(0);
