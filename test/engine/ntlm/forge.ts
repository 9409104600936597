/** A client of one's own making, which knows the password and does not keep to the rules. */
import { ByteWriter } from '#dist/bytes/writer.js';
import { HmacMd5 } from '#dist/engine/crypto/weak/hmac-md5.js';
import { buildAuthenticate, MIC_OFFSET, parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import type { AvPairs } from '#dist/engine/ntlm/messages/av-pairs.js';
import { parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { parseClientChallenge } from '#dist/engine/ntlm/messages/client-challenge.js';
import { OWN_VERSION } from '#dist/engine/ntlm/messages/version.js';
import { cryptSessionKey } from '#dist/engine/ntlm/responses/key-exchange.js';
import { messageIntegrityCode } from '#dist/engine/ntlm/responses/mic.js';
import { proveV2 } from '#dist/engine/ntlm/responses/ntlm-v2.js';
import { ntHash, ntlmV2Key } from '#dist/engine/ntlm/responses/password-hash.js';
import { Endpoint, type LogonOptions, outputToken, Sides } from './logon.js';
import { utf16 } from './vectors.js';

export interface Forgery {
  /** The server's AV pairs, with their end, turned into the client's; they are sent back as they are by default. */
  readonly avPairs?: (serverPairs: Uint8Array) => Uint8Array;
  /** What stands before the AV pairs in the response; RespType 1 and so on by default. */
  readonly head?: Uint8Array;
  readonly timestamp?: (own: bigint) => bigint;
  readonly flags?: (agreed: number) => number;
  /** Whether the right MIC is put in; it is not by default. */
  readonly mic?: boolean;
  readonly lmResponse?: Uint8Array;
  readonly ntResponse?: (right: Uint8Array) => Uint8Array;
  readonly sessionKey?: (right: Uint8Array) => Uint8Array;
  readonly user?: string;
  /** The name that goes into the proof. */
  readonly provenUser?: string;
  readonly domain?: string;
  /** The domain that goes into the proof; the one that is sent by default. */
  readonly provenDomain?: string;
  readonly password?: string;
  /** The last change of the whole message, after which the MIC is wrong. */
  readonly message?: (bytes: Uint8Array) => Uint8Array;
}

/** Logs on with a forged AUTHENTICATE; resolves with the server's side. */
export async function forgeLogon(forgery: Forgery, options: LogonOptions = {}): Promise<Endpoint> {
  const sides = new Sides(options);
  const begun = await sides.initialize();
  const negotiate = outputToken(begun);
  const offered = await sides.accept(negotiate);
  const token = forgeAuthenticate(forgery, negotiate, outputToken(offered));
  return new Endpoint(sides.serverSspi, await sides.accept(token, offered.context));
}

export function forgeAuthenticate(forgery: Forgery, negotiate: Uint8Array, challenge: Uint8Array): Uint8Array {
  const { domain = 'EXAMPLE', password = 'open sesame', user = 'alice' } = forgery;
  const { flags, serverChallenge, targetInfo } = parseChallenge(challenge);
  const key = ntlmV2Key(ntHash(password), forgery.provenUser ?? user, forgery.provenDomain ?? domain);
  const pairs = (forgery.avPairs ?? same)(targetInfo!);
  const response = new ByteWriter();
  response.reserve(16);
  response.bytes(forgery.head ?? responseHead((forgery.timestamp ?? same)(timeOf(targetInfo!))));
  response.bytes(pairs).reserve(4);
  const ntResponse = response.toBytes();
  const sessionBaseKey = proveV2(new HmacMd5(key), serverChallenge, ntResponse);
  const exported = new Uint8Array(16).fill(0x77);
  const token = buildAuthenticate({
    flags: (forgery.flags ?? same)(flags) >>> 0,
    lmResponse: forgery.lmResponse ?? new Uint8Array(24),
    ntResponse: (forgery.ntResponse ?? same)(ntResponse),
    domain: utf16(domain),
    user: utf16(user),
    workstation: utf16('WORKSTATION'),
    sessionKey: (forgery.sessionKey ?? same)(cryptSessionKey(sessionBaseKey, exported)),
    version: OWN_VERSION,
  });
  if (forgery.mic) token.set(messageIntegrityCode(exported, { negotiate, challenge }, token), MIC_OFFSET);
  return (forgery.message ?? same)(token);
}

/** AV pairs with some put before their end. */
export function withPairs(
  ...pairs: readonly (readonly [id: number, value: Uint8Array])[]
): (list: Uint8Array) => Uint8Array {
  return list => {
    const writer = new ByteWriter().bytes(list.subarray(0, list.length - 4));
    for (const [id, value] of pairs) writer.u16le(id).u16le(value.length).bytes(value);
    writer.reserve(4);
    return writer.toBytes();
  };
}

/** AV pairs without those of an id. */
export function withoutPairs(...ids: readonly number[]): (list: Uint8Array) => Uint8Array {
  return list => {
    const writer = new ByteWriter();
    for (let at = 0; at < list.length; ) {
      const length = 4 + Buffer.from(list).readUInt16LE(at + 2);
      const pair = list.subarray(at, at + length);
      if (!ids.includes(pair[0]!)) writer.bytes(pair);
      at += length;
    }
    return writer.toBytes();
  };
}

/** The AV pairs of a client's response. */
export function sentPairs(authenticate: Uint8Array): AvPairs {
  return parseClientChallenge(parseAuthenticate(authenticate).ntResponse.subarray(16)).avPairs;
}

/** A CHALLENGE with other AV pairs, behind all the rest of it. */
export function withTargetInfo(change: (list: Uint8Array) => Uint8Array): (bytes: Uint8Array) => Uint8Array {
  return bytes => {
    const list = change(parseChallenge(bytes).targetInfo!);
    const copy = Buffer.concat([bytes, list]);
    copy.writeUInt16LE(list.length, 40);
    copy.writeUInt32LE(bytes.length, 44);
    return copy;
  };
}

export function u32(value: number): Uint8Array {
  return new ByteWriter(4).u32le(value).toBytes();
}

/** RespType, HiRespType, the time and a client challenge ([MS-NLMP] 2.2.2.7). */
export function responseHead(timestamp: bigint): Uint8Array {
  const writer = new ByteWriter(28).u16le(0x0101);
  writer.reserve(6);
  writer.u64le(timestamp).bytes(new Uint8Array(8).fill(0xaa)).reserve(4);
  return writer.toBytes();
}

/** The value of MsvAvTimestamp. */
function timeOf(list: Uint8Array): bigint {
  const bytes = Buffer.from(list);
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt16LE(at + 2)) {
    if (bytes.readUInt16LE(at) === 7) return bytes.readBigUInt64LE(at + 4);
  }
  throw new Error('the server has not told its time');
}

function same<T>(value: T): T {
  return value;
}
