import { NEG_STATE } from '../../../engine/negotiate/messages/neg-token-resp.js';
import { decodeNegotiationToken } from '../../../engine/negotiate/messages/negotiation-token.js';
import { MESSAGE_TYPE, messageType } from '../../../engine/ntlm/messages/message.js';

/** What of one logon with NTLM is among some tokens, bare or in SPNEGO. */
export interface NtlmExchange {
  readonly negotiate?: Uint8Array;
  readonly challenge?: Uint8Array;
  readonly authenticate?: Uint8Array;
  /** SPNEGO's list of mechanisms, and the two signatures of it. */
  readonly mechTypes?: Uint8Array;
  readonly clientMic?: Uint8Array;
  readonly serverMic?: Uint8Array;
}

/** The last of each kind counts: later tokens belong to the logon that came last. */
export function collectNtlm(tokens: readonly Uint8Array[]): NtlmExchange {
  return Object.assign({}, ...tokens.map(partsOf));
}

function partsOf(token: Uint8Array): NtlmExchange {
  const bare = messageOf(token);
  if (bare) return bare;
  try {
    const decoded = decodeNegotiationToken(token);
    if (decoded.kind === 'init') {
      const { mechTypes, mechToken } = decoded.init;
      return { mechTypes: mechTypes.encoding, ...messageOf(mechToken) };
    }
    const { mechListMic, negState, responseToken } = decoded.resp;
    const message = messageOf(responseToken);
    if (!mechListMic) return message ?? {};
    const fromServer = negState === NEG_STATE.ACCEPT_COMPLETED && !message;
    return { ...message, ...(fromServer ? { serverMic: mechListMic } : { clientMic: mechListMic }) };
  } catch {
    return {};
  }
}

function messageOf(bytes: Uint8Array | undefined): NtlmExchange | undefined {
  switch (bytes && messageType(bytes)) {
    case MESSAGE_TYPE.NEGOTIATE:
      return { negotiate: bytes! };
    case MESSAGE_TYPE.CHALLENGE:
      return { challenge: bytes! };
    case MESSAGE_TYPE.AUTHENTICATE:
      return { authenticate: bytes! };
    default:
      return undefined;
  }
}
