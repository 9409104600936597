import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le } from '../../../bytes/text.js';
import { AD_TYPE } from '../../../engine/kerberos/constants/ad-type.js';
import {
  type AuthorizationData,
  decodeAuthorizationData,
} from '../../../engine/kerberos/messages/authorization-data.js';
import { bytesField, problemField, type TokenField } from '../decoded-token.js';
import { derField } from '../der-tree.js';
import { attempt, flagsField, listField, nameOf, textField } from './fields.js';
import { type PacContext, pacField } from './pac.js';

/** Lists within lists that are followed; real ones are one or two deep. */
const DEEPEST = 8;

/** Authorization data (RFC 4120 5.2.6), down to the PAC. */
export function authorizationField(data: AuthorizationData, context: PacContext | undefined): TokenField {
  return listField('authorization', authorizationFields(data, context, 0), 'what else there is to know of the client');
}

export function authorizationFields(
  data: AuthorizationData,
  context: PacContext | undefined,
  depth: number,
): TokenField[] {
  if (depth >= DEEPEST) return [problemField('there is more, which is not shown')];
  return data.map(({ data: value, type }) => entryField(type, value, context, depth));
}

function entryField(type: number, value: Uint8Array, context: PacContext | undefined, depth: number): TokenField {
  const name = `AD-${nameOf(AD_TYPE, type)?.replaceAll('_', '-') ?? type}`;
  switch (type) {
    case AD_TYPE.IF_RELEVANT:
    case AD_TYPE.MANDATORY_FOR_KDC: {
      const inner = (): TokenField[] => authorizationFields(decodeAuthorizationData(value), context, depth + 1);
      return listField(name, attempt(name, value, inner), '');
    }
    case AD_TYPE.WIN2K_PAC:
      return { ...pacField(value, context), name };
    case AD_TYPE.AP_OPTIONS:
      if (value.length !== 4) return bytesField(name, value, '');
      return flagsField(name, AP_OPTIONS, new ByteReader(value).u32le(), 'of Windows clients');
    case AD_TYPE.CLIENT_TARGET:
      return listOrText(name, value);
    default:
      return derOrBytes(name, value);
  }
}

function listOrText(name: string, value: Uint8Array): TokenField {
  const [field = bytesField(name, value, '')] = attempt(name, value, () => [
    textField(name, decodeUtf16le(value), 'the service that the client meant'),
  ]);
  return field;
}

/** Elements of ASN.1 as a tree, others as bytes. */
export function derOrBytes(name: string, value: Uint8Array): TokenField {
  const field = value.length > 1 ? derField(name, value) : undefined;
  return field?.parts ? field : bytesField(name, value, '');
}

/** KERB_AP_OPTIONS ([MS-KILE] 3.2.5.8). */
const AP_OPTIONS = { CHANNEL_BINDINGS: 0x4000, UNVERIFIED_TARGET_NAME: 0x8000 } as const;
