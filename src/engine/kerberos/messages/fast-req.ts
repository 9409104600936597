import { DerReader } from '../../../bytes/der/der-reader.js';
import { derEncoded, derField, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { derFlags, readFlags } from './basic-types.js';
import { type KdcReqBody, readKdcReqBody } from './kdc-req-body.js';
import { decodeMessage } from './message.js';
import { derPaDataList, type PaData, readPaDataList } from './pa-data.js';

/** `KrbFastReq ::= SEQUENCE { fast-options [0], padata [1] SEQUENCE OF PA-DATA, req-body [2] KDC-REQ-BODY }` (RFC 6113 5.4.2). */
export interface FastReq {
  readonly fastOptions: number;
  readonly padata: readonly PaData[];
  readonly bodyEncoding: Uint8Array;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeFastReq(bytes: Uint8Array): FastReq & { readonly body: KdcReqBody } {
  return decodeMessage('KrbFastReq', bytes, reader =>
    reader.sequence(fields => {
      const fastOptions = fields.field(0, readFlags);
      const padata = fields.field(1, readPaDataList);
      const bodyEncoding = fields.field(2, field => field.element().encoding);
      return { fastOptions, padata, bodyEncoding, body: readKdcReqBody(new DerReader(bodyEncoding)) };
    }),
  );
}

export function encodeFastReq({ fastOptions, padata, bodyEncoding }: FastReq): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derFlags(fastOptions)),
      derField(1, derPaDataList(padata)),
      derField(2, derEncoded(bodyEncoding)),
    ),
  );
}
