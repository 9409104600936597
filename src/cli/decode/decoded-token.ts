/** A token of a mechanism, taken apart for people. */
export interface DecodedToken {
  /** What the token is in its mechanism: `challenge`. */
  readonly name: string;
  readonly fields: readonly TokenField[];
}

/** One part of a token. */
export interface TokenField {
  readonly name: string;
  readonly value: string;
  /** What it is for, in a few words. */
  readonly meaning: string;
}

/** Takes a token apart; undefined for one that it does not understand. */
export type TokenDecoder = (token: Uint8Array) => DecodedToken | undefined;
