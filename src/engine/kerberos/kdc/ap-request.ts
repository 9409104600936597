import type { KerberosKey } from '../crypto/encryption-type.js';
import { encodeApReq } from '../messages/ap-req.js';
import { type Authenticator, encodeAuthenticator } from '../messages/authenticator.js';
import { exportKey } from '../messages/encryption-key.js';
import type { Credentials } from './credentials.js';
import type { KdcServices } from './services.js';

export interface ApRequestOptions {
  /** KEY_USAGE of the authenticator. */
  readonly usage: number;
  /** AP_OPTION bits. */
  readonly apOptions?: number;
  readonly checksum?: Authenticator['checksum'];
  readonly subkey?: KerberosKey;
  readonly seqNumber?: number;
  readonly authorizationData?: Authenticator['authorizationData'];
}

/** An AP-REQ by these credentials, with a new authenticator, and the time in it. */
export function makeApRequest(
  services: KdcServices,
  credentials: Credentials,
  options: ApRequestOptions,
): { readonly message: Uint8Array; readonly ctime: number; readonly cusec: number } {
  const { client, ticket, sessionKey, clockOffset } = credentials;
  const { time: ctime, usec: cusec } = services.clock.stamp(clockOffset);
  const subkey = options.subkey && exportKey(options.subkey);
  const { checksum, seqNumber, authorizationData } = options;
  const authenticator = encodeAuthenticator({
    crealm: client.realm,
    cname: client.name,
    checksum,
    cusec,
    ctime,
    subkey,
    seqNumber,
    authorizationData,
  });
  const cipher = services.encrypt(sessionKey, options.usage, authenticator);
  subkey?.bytes.fill(0);
  authenticator.fill(0);
  const message = encodeApReq({
    apOptions: options.apOptions ?? 0,
    ticket,
    authenticator: { etype: sessionKey.type.number, cipher },
  });
  return { message, ctime, cusec };
}
