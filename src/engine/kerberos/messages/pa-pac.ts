import { derBoolean, derField, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { derFlags, readFlags } from './basic-types.js';
import { decodeMessage } from './message.js';

/** `KERB-PA-PAC-REQUEST ::= SEQUENCE { include-pac [0] BOOLEAN }` ([MS-KILE] 2.2.3), for a PAC. */
export function encodePaPacRequest(): Uint8Array {
  return encodeDer(derSequence(derField(0, derBoolean(true))));
}

/** Whether a PAC is asked for. Throws SEC_E_INVALID_TOKEN. */
export function decodePaPacRequest(bytes: Uint8Array): boolean {
  return decodeMessage('KERB-PA-PAC-REQUEST', bytes, reader =>
    reader.sequence(fields => fields.field(0, field => field.boolean())),
  );
}

/** `PA-PAC-OPTIONS ::= SEQUENCE { options [0] KerberosFlags }` ([MS-KILE] 2.2.10), of PAC_OPTION bits. */
export function encodePaPacOptions(options: number): Uint8Array {
  return encodeDer(derSequence(derField(0, derFlags(options))));
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodePaPacOptions(bytes: Uint8Array): number {
  return decodeMessage('PA-PAC-OPTIONS', bytes, reader => reader.sequence(fields => fields.field(0, readFlags)));
}
