import { MalformedBytesError } from '../../bytes/errors.js';
import type { NegTokenInit } from '../../engine/negotiate/messages/neg-token-init.js';
import { NEG_STATE, type NegTokenResp } from '../../engine/negotiate/messages/neg-token-resp.js';
import { decodeNegotiationToken, type NegotiationToken } from '../../engine/negotiate/messages/negotiation-token.js';
import { mechanismName, SPNEGO_OID } from '../../engine/negotiate/messages/oids.js';
import {
  bytesField,
  type DecodedToken,
  problemField,
  type TokenDecoder,
  type TokenField,
  tokenField,
} from './decoded-token.js';
import { gssMechanism } from './gss-token.js';

/** A token of SPNEGO (RFC 4178 4.2). `inner` takes the token of the mechanism in it apart. Undefined for bytes that are none. */
export function decodeSpnego(bytes: Uint8Array, inner: TokenDecoder): DecodedToken | undefined {
  if (!isSpnego(bytes)) return undefined;
  let token: NegotiationToken;
  try {
    token = decodeNegotiationToken(bytes);
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return { name: 'SPNEGO', fields: [problemField(error.message)] };
  }
  return token.kind === 'init' ? decodeInit(token.init, inner) : decodeResp(token.resp, inner);
}

function isSpnego(bytes: Uint8Array): boolean {
  return bytes[0] === NEG_TOKEN_RESP || gssMechanism(bytes) === SPNEGO_OID;
}

function decodeInit({ mechTypes, mechToken, negHints, mechListMic }: NegTokenInit, inner: TokenDecoder): DecodedToken {
  const parts = mechTypes.oids.map(oid => ({ name: '', value: mechanismName(oid), meaning: oid }));
  const fields: TokenField[] = [
    { name: 'mechanisms', value: `${parts.length} on offer`, meaning: 'the one liked best comes first', parts },
  ];
  if (mechToken) fields.push(innerField('mechToken', mechToken, inner, 'of the first mechanism'));
  if (negHints) fields.push({ name: 'hint', value: negHints.hintName ?? '(none)', meaning: 'bound to nothing' });
  if (mechListMic) fields.push(bytesField('mechListMIC', mechListMic, 'signature of the mechanisms'));
  const gist = mechTypes.oids.map(mechanismName).join(', ');
  return { name: negHints ? 'SPNEGO NegTokenInit2' : 'SPNEGO NegTokenInit', gist, fields };
}

function decodeResp(
  { negState, supportedMech, responseToken, mechListMic }: NegTokenResp,
  inner: TokenDecoder,
): DecodedToken {
  const fields: TokenField[] = [];
  const state = negState === undefined ? undefined : STATES[negState];
  if (state) fields.push({ name: 'state', ...state });
  if (supportedMech !== undefined) {
    fields.push({ name: 'mechanism', value: mechanismName(supportedMech), meaning: 'that the server has chosen' });
  }
  if (responseToken) fields.push(innerField('token', responseToken, inner, 'of the mechanism'));
  if (mechListMic) fields.push(bytesField('mechListMIC', mechListMic, 'signature of the mechanisms'));
  return { name: 'SPNEGO NegTokenResp', fields, ...(state && { gist: state.value }) };
}

function innerField(name: string, bytes: Uint8Array, inner: TokenDecoder, meaning: string): TokenField {
  const decoded = inner(bytes);
  return decoded ? tokenField(name, bytes, decoded) : bytesField(name, bytes, meaning);
}

const STATES = {
  [NEG_STATE.ACCEPT_COMPLETED]: { value: 'accept-completed', meaning: 'the logon is good' },
  [NEG_STATE.ACCEPT_INCOMPLETE]: { value: 'accept-incomplete', meaning: 'more tokens are to come' },
  [NEG_STATE.REJECT]: { value: 'reject', meaning: 'no logon' },
  [NEG_STATE.REQUEST_MIC]: { value: 'request-mic', meaning: 'the mechanisms must be signed' },
} as const;

/** `[1]`, with which every token but the first begins. */
const NEG_TOKEN_RESP = 0xa1;
