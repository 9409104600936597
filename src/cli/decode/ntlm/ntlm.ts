import { MIC_LENGTH, MIC_OFFSET } from '../../../engine/ntlm/messages/authenticate.js';
import { AV_FLAGS } from '../../../engine/ntlm/messages/av-pairs.js';
import { PROOF_LENGTH, parseClientChallenge } from '../../../engine/ntlm/messages/client-challenge.js';
import { NTLMSSP } from '../../../engine/ntlm/messages/flags.js';
import { isNtlmMessage, MESSAGE_TYPE, messageType } from '../../../engine/ntlm/messages/message.js';
import { bytesField, type DecodedToken, problemField, type TokenField } from '../decoded-token.js';
import { avPairFields } from './av-pairs.js';
import { flagsField } from './flags.js';
import { MessageView, nameText, versionField } from './message-view.js';
import { lmResponseField, ntResponseField } from './responses.js';

/** A message of NTLM ([MS-NLMP] 2.2.1), however broken; undefined for bytes that do not begin as one. */
export function decodeNtlm(bytes: Uint8Array): DecodedToken | undefined {
  if (!isNtlmMessage(bytes)) return undefined;
  const view = new MessageView(bytes);
  switch (messageType(bytes)) {
    case MESSAGE_TYPE.NEGOTIATE:
      return negotiate(view);
    case MESSAGE_TYPE.CHALLENGE:
      return challenge(view);
    case MESSAGE_TYPE.AUTHENTICATE:
      return authenticate(view);
    default:
      return { name: `NTLM message of unknown type ${messageType(bytes)}`, fields: [] };
  }
}

function negotiate(view: MessageView): DecodedToken {
  const flags = view.u32(12);
  if (flags === undefined) return cutOff('NTLM NEGOTIATE');
  const names: TokenField[] = [];
  // These two are in the OEM character set whatever the flags say.
  if (flags & NTLMSSP.OEM_DOMAIN_SUPPLIED) names.push(view.text(16, 'domain', NTLMSSP.OEM, "the client's"));
  if (flags & NTLMSSP.OEM_WORKSTATION_SUPPLIED) names.push(view.text(24, 'workstation', NTLMSSP.OEM, "the client's"));
  return { name: 'NTLM NEGOTIATE', fields: [flagsField(flags), ...names, ...versionField(view, 32, flags)] };
}

function challenge(view: MessageView): DecodedToken {
  const flags = view.u32(20);
  const nonce = view.slice(24, 8);
  if (flags === undefined || !nonce) return cutOff('NTLM CHALLENGE');
  const hasInfo = (flags & NTLMSSP.TARGET_INFO) !== 0;
  const info = view.field(40, 'target info', value => ({
    name: 'target info',
    value: `${value.length} bytes`,
    meaning: 'what the server says of itself',
    parts: avPairFields(value),
  }));
  const target = view.text(12, 'target', flags, "the server's domain or name");
  return {
    name: 'NTLM CHALLENGE',
    gist: target.value,
    fields: [
      target,
      flagsField(flags),
      bytesField('challenge', nonce, 'fresh: no recorded response fits it'),
      ...(hasInfo ? [info] : []),
      ...versionField(view, 48, flags),
    ],
  };
}

function authenticate(view: MessageView): DecodedToken {
  const flags = view.u32(60);
  if (flags === undefined) return cutOff('NTLM AUTHENTICATE');
  return {
    name: 'NTLM AUTHENTICATE',
    gist: whoIsIt(view.value(28), view.value(36), flags),
    fields: [
      view.text(28, 'domain', flags, "the user's"),
      view.text(36, 'user', flags, 'who logs on'),
      view.text(44, 'workstation', flags, "the client's name"),
      view.field(20, 'NT response', value => ntResponseField(value, flags)),
      view.field(12, 'LM response', lmResponseField),
      view.field(52, 'session key', value => bytesField('session key', value, 'encrypted with the logon’s key')),
      flagsField(flags),
      ...versionField(view, 64, flags),
      ...micField(view),
    ],
  };
}

function whoIsIt(domain: Uint8Array | undefined, user: Uint8Array | undefined, flags: number): string {
  if (user?.length === 0) return 'nobody';
  const name = user ? nameText(user, flags) : '?';
  return domain?.length ? `${nameText(domain, flags)}\\${name}` : name;
}

/** Only MsvAvFlags says whether there is a MIC: without it other bytes may stand in its place. */
function micField(view: MessageView): TokenField[] {
  const response = view.value(20);
  if (!response || !announcesMic(response)) return [];
  const mic = view.slice(MIC_OFFSET, MIC_LENGTH);
  if (!mic) return [problemField('there is no MIC, although MsvAvFlags says so')];
  return [bytesField('MIC', mic, 'HMAC over the three messages')];
}

function announcesMic(response: Uint8Array): boolean {
  try {
    return (parseClientChallenge(response.subarray(PROOF_LENGTH)).avPairs.flags & AV_FLAGS.MIC) !== 0;
  } catch {
    return false;
  }
}

function cutOff(name: string): DecodedToken {
  return { name, fields: [problemField('it ends before its flags')] };
}
