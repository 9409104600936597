import { encodeHex } from '../../bytes/hex.js';

/** A token of a mechanism, taken apart for people. */
export interface DecodedToken {
  /** What the token is in its mechanism: `challenge`. */
  readonly name: string;
  readonly fields: readonly TokenField[];
  /** What matters most in it, in a few words. */
  readonly gist?: string;
}

/** One part of a token. */
export interface TokenField {
  readonly name: string;
  /** Empty where the parts say it all. */
  readonly value: string;
  /** What it is for, in a few words; empty where the name says it. */
  readonly meaning: string;
  /** What the part itself consists of. */
  readonly parts?: readonly TokenField[];
}

/** Takes a token apart; undefined for one that it does not understand. */
export type TokenDecoder = (token: Uint8Array) => DecodedToken | undefined;

/** A part that is bytes and nothing that could be read. */
export function bytesField(name: string, bytes: Uint8Array, meaning: string): TokenField {
  return { name, value: bytes.length === 0 ? '(empty)' : encodeHex(bytes), meaning };
}

/** A part that is a token by itself. */
export function tokenField(name: string, bytes: Uint8Array, decoded: DecodedToken): TokenField {
  const { fields, gist, name: kind } = decoded;
  const value = `${kind}, ${bytes.length} bytes`;
  const field = { name, value, meaning: gist ?? '' };
  return fields.length > 0 ? { ...field, parts: fields } : field;
}

/** A remark on what is wrong with a token: it stands among its parts. */
export function problemField(what: string): TokenField {
  return { name: '!', value: what, meaning: '' };
}
