import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le, encodeUtf16le } from '../../../bytes/text.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { AD_TYPE } from '../constants/ad-type.js';
import {
  type AuthorizationData,
  type AuthorizationDataEntry,
  decodeAuthorizationData,
  encodeAuthorizationData,
} from '../messages/authorization-data.js';

/** What Windows' clients say in the authorization data of an authenticator ([MS-KILE] 3.2.5.8). */
export interface ClientAssertions {
  /** KERB_AP_OPTIONS_CBT: the client knows channel bindings and sends them where there are any. */
  readonly sendsBindings: boolean;
  /** KERB_AP_OPTIONS_UNVERIFIED_TARGET_NAME: somebody else told the client the name of the service. */
  readonly unverifiedTarget: boolean;
  /** The SPN that the client meant. */
  readonly targetName?: string | undefined;
}

const CHANNEL_BINDINGS = 0x4000;
const UNVERIFIED_TARGET_NAME = 0x8000;

export function encodeAssertions(assertions: ClientAssertions): AuthorizationData {
  const { sendsBindings, unverifiedTarget, targetName } = assertions;
  const options = (sendsBindings ? CHANNEL_BINDINGS : 0) | (unverifiedTarget ? UNVERIFIED_TARGET_NAME : 0);
  const entries: AuthorizationDataEntry[] = [];
  if (options !== 0) entries.push({ type: AD_TYPE.AP_OPTIONS, data: new ByteWriter(4).u32le(options).toBytes() });
  if (targetName !== undefined) entries.push({ type: AD_TYPE.CLIENT_TARGET, data: encodeUtf16le(targetName) });
  if (entries.length === 0) return [];
  return [{ type: AD_TYPE.IF_RELEVANT, data: encodeAuthorizationData(entries) }];
}

/** Throws SEC_E_INVALID_TOKEN for an AD-IF-RELEVANT that is malformed. Elements of another form say nothing. */
export function decodeAssertions(data: AuthorizationData | undefined): ClientAssertions {
  let options = 0;
  let targetName: string | undefined;
  for (const entry of data ?? []) {
    if (entry.type !== AD_TYPE.IF_RELEVANT) continue;
    for (const { type, data: value } of decodeAuthorizationData(entry.data)) {
      if (type === AD_TYPE.AP_OPTIONS && value.length === 4) options |= new ByteReader(value).u32le();
      else if (type === AD_TYPE.CLIENT_TARGET) targetName ??= textOf(value);
    }
  }
  return {
    sendsBindings: (options & CHANNEL_BINDINGS) !== 0,
    unverifiedTarget: (options & UNVERIFIED_TARGET_NAME) !== 0,
    targetName,
  };
}

function textOf(value: Uint8Array): string | undefined {
  try {
    return decodeUtf16le(value) || undefined;
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}
