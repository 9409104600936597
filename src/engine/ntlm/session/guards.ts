import { NTLMSSP } from '../messages/flags.js';
import { ConnectionStream, DatagramStream, type KeyStream } from './key-stream.js';
import { type Direction, sealingKey, sharedSealingKey, signingKey } from './keys.js';
import { MessageGuard } from './message-guard.js';
import { CrcSignature, ExtendedSignature } from './signature.js';

/** The guards of both directions, as one side sees them. */
export interface MessageGuards {
  readonly send: MessageGuard;
  readonly receive: MessageGuard;
}

/** Makes the guards of a session out of the negotiated flags and the exported session key. */
export function messageGuards(role: 'client' | 'server', flags: number, sessionKey: Uint8Array): MessageGuards {
  if ((flags & NTLMSSP.EXTENDED_SESSIONSECURITY) === 0) return halfDuplexGuards(flags, sessionKey);
  const client = extendedGuard(flags, sessionKey, 'clientToServer');
  const server = extendedGuard(flags, sessionKey, 'serverToClient');
  return role === 'client' ? { send: client, receive: server } : { send: server, receive: client };
}

function extendedGuard(flags: number, sessionKey: Uint8Array, direction: Direction): MessageGuard {
  const sealing = sealingKey(flags, sessionKey, direction);
  const signing = signingKey(sessionKey, direction);
  const checksum = flags & NTLMSSP.KEY_EXCH ? 'encrypted' : 'plain';
  const guard = new MessageGuard(keyStream(flags, sealing), new ExtendedSignature(signing, checksum));
  sealing.fill(0);
  signing.fill(0);
  return guard;
}

/** Without extended session security both directions share one stream and its numbers: the sides have to take turns ([MS-NLMP] 3.4). */
function halfDuplexGuards(flags: number, sessionKey: Uint8Array): MessageGuards {
  const sealing = sharedSealingKey(flags, sessionKey);
  const guard = new MessageGuard(keyStream(flags, sealing), new CrcSignature());
  sealing.fill(0);
  return { send: guard, receive: guard };
}

function keyStream(flags: number, key: Uint8Array): KeyStream {
  return flags & NTLMSSP.DATAGRAM ? new DatagramStream(key) : new ConnectionStream(key);
}
