import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import { PA_TYPE } from '../constants/pa-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { DecryptionError } from '../crypto/errors.js';
import { combineKeys } from '../crypto/rfc6113/cf2.js';
import { importKey } from '../messages/encryption-key.js';
import { encodeFastArmoredReq, FX_FAST_ARMOR_AP_REQUEST } from '../messages/fast-armored-req.js';
import { encodeFastReq } from '../messages/fast-req.js';
import { decodeFastReply, decodeFastResponse, type FastResponse } from '../messages/fast-response.js';
import { findPaData, type PaData } from '../messages/pa-data.js';
import type { Ticket } from '../messages/ticket.js';
import type { Principal } from '../names/principal.js';
import { makeApRequest } from './ap-request.js';
import type { Credentials } from './credentials.js';
import type { KdcServices } from './services.js';

/** FAST, the tunnel around pre-authentication (RFC 6113 5.4): what goes through it neither shows nor can be changed. */
export class FastArmor {
  /** The armor key. */
  readonly key: KerberosKey;
  readonly #services: KdcServices;
  /** What tells the KDC the key: an AP-REQ; in a TGS exchange it is in the request anyway. */
  readonly #apRequest: Uint8Array | undefined;

  private constructor(services: KdcServices, key: KerberosKey, apRequest: Uint8Array | undefined) {
    this.#services = services;
    this.key = key;
    this.#apRequest = apRequest;
  }

  /** For an AS exchange: by a ticket-granting ticket of somebody else, such as the machine (RFC 6113 5.4.1.1). */
  static byTicket(services: KdcServices, credentials: Credentials): FastArmor {
    const { sessionKey } = credentials;
    const subkey = services.newKey(sessionKey.type);
    const { message } = makeApRequest(services, credentials, { usage: KEY_USAGE.AP_REQ_AUTHENTICATOR, subkey });
    const key = armorKey(subkey, sessionKey);
    subkey.wipe();
    return new FastArmor(services, key, message);
  }

  /** For a TGS exchange: by the subkey of its authenticator (RFC 6113 5.4.1.2). */
  static bySubkey(services: KdcServices, subkey: KerberosKey, sessionKey: KerberosKey): FastArmor {
    return new FastArmor(services, armorKey(subkey, sessionKey), undefined);
  }

  /** The PA-FX-FAST with the padata and the body in it. `checked` is what the checksum is of: the outer body, or the AP-REQ of a TGS-REQ. */
  wrap(padata: readonly PaData[], bodyEncoding: Uint8Array, checked: Uint8Array): PaData {
    const request = encodeFastReq({ fastOptions: 0, padata, bodyEncoding });
    const value = encodeFastArmoredReq({
      armor: this.#apRequest && { type: FX_FAST_ARMOR_AP_REQUEST, value: this.#apRequest },
      reqChecksum: {
        type: this.key.type.checksumType,
        bytes: this.key.checksum(KEY_USAGE.FAST_REQUEST_CHECKSUM, checked),
      },
      encFastReq: {
        etype: this.key.type.number,
        cipher: this.#services.encrypt(this.key, KEY_USAGE.FAST_ENC, request),
      },
    });
    request.fill(0);
    return { type: PA_TYPE.FX_FAST, value };
  }

  /** What came through the tunnel; undefined for an answer that went around it. Throws SEC_E_MESSAGE_ALTERED for one that the key does not open. */
  open(padata: readonly PaData[] | undefined, nonce: number): FastResponse | undefined {
    const value = findPaData(padata, PA_TYPE.FX_FAST);
    // An empty one only says that the KDC knows FAST (RFC 6113 5.4).
    if (!value?.length) return undefined;
    const { cipher } = decodeFastReply(value);
    const response = decodeFastResponse(decrypt(this.key, cipher));
    if (response.nonce !== nonce) throw altered('it has another nonce');
    return response;
  }

  /**
   * The end of the tunnel (RFC 6113 5.4.3): that the ticket belongs to this answer, whom it is for (the reply around it may hide that), and the
   * key that the reply is encrypted in.
   */
  finish(
    response: FastResponse,
    replyKey: KerberosKey,
    ticket: Ticket,
  ): { readonly client: Principal; readonly key: KerberosKey } {
    const { finished, strengthenKey } = response;
    if (!finished) throw altered('it does not say that it is the last');
    const { type, bytes } = finished.ticketChecksum;
    const isRight =
      type === this.key.type.checksumType && this.key.verifyChecksum(KEY_USAGE.FAST_FINISHED, bytes, ticket.encoding);
    if (!isRight) throw altered('the ticket is not the one that the KDC sent');
    const client = { name: finished.cname, realm: finished.crealm };
    if (!strengthenKey) return { client, key: replyKey };
    using strengthener = importKey(strengthenKey);
    return { client, key: combineKeys(strengthener, replyKey, 'strengthenkey', 'replykey') };
  }
}

/** RFC 6113 5.4.1.1. */
function armorKey(subkey: KerberosKey, sessionKey: KerberosKey): KerberosKey {
  return combineKeys(subkey, sessionKey, 'subkeyarmor', 'ticketarmor');
}

function decrypt(key: KerberosKey, cipher: Uint8Array): Uint8Array {
  try {
    return key.decrypt(KEY_USAGE.FAST_REP, cipher);
  } catch (error) {
    if (error instanceof DecryptionError) throw altered('the armor key does not open it');
    throw error;
  }
}

function altered(why: string): PackageError {
  return new PackageError(SEC_E.MESSAGE_ALTERED, `the KDC's answer through FAST is not right: ${why}`);
}
