import { DerReader } from '../../../bytes/der/der-reader.js';
import { derEncoded, derField, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { type KdcReqBody, readKdcReqBody } from './kdc-req-body.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';
import { derPaDataList, type PaData, readPaDataList } from './pa-data.js';

/** The type of message, and the number of its tag. */
export type KdcReqType = typeof MESSAGE_TYPE.AS_REQ | typeof MESSAGE_TYPE.TGS_REQ;

/**
 *     KDC-REQ ::= SEQUENCE { pvno [1], msg-type [2], padata [3] SEQUENCE OF PA-DATA OPTIONAL, req-body [4] KDC-REQ-BODY }
 *     AS-REQ ::= [APPLICATION 10] KDC-REQ      TGS-REQ ::= [APPLICATION 12] KDC-REQ
 *
 * (RFC 4120 5.4.1): there is no [0].
 */
export interface KdcReq {
  readonly type: KdcReqType;
  readonly padata?: readonly PaData[] | undefined;
  /** The body in its exact bytes, which checksums are of. */
  readonly bodyEncoding: Uint8Array;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKdcReq(type: KdcReqType, bytes: Uint8Array): KdcReq & { readonly body: KdcReqBody } {
  const name = type === MESSAGE_TYPE.AS_REQ ? 'AS-REQ' : 'TGS-REQ';
  return decodeMessage(name, bytes, reader =>
    readApplication(reader, type, fields => {
      readHead(fields, 1, type);
      const padata = fields.optionalField(3, readPaDataList);
      const bodyEncoding = fields.field(4, field => field.element().encoding);
      return { type, padata, bodyEncoding, body: readKdcReqBody(new DerReader(bodyEncoding)) };
    }),
  );
}

export function encodeKdcReq({ type, padata, bodyEncoding }: KdcReq): Uint8Array {
  return encodeDer(
    derApplication(
      type,
      ...derHead(1, type),
      derField(3, padata && derPaDataList(padata)),
      derField(4, derEncoded(bodyEncoding)),
    ),
  );
}
