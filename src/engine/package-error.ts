import { statusName } from '../sspi/status.js';

/** What a package adds to a failing status. */
export interface PackageErrorDetails {
  /** What a person can do; the status's own advice where it is absent. */
  readonly hint?: string;
  /** Bytes that must still go to the peer. */
  readonly token?: Uint8Array;
  readonly cause?: unknown;
}

/** Characters of a text in an error: names that a peer sends may have any length. */
const LONGEST_TEXT = 2000;

/**
 * A package's failure. What it says is fit for a log, whatever names of a peer's stand in it: on one line, without control characters, of bounded
 * length. The function table makes an `SspiError` of it, with the name of the function that was called.
 */
export class PackageError extends Error {
  override readonly name: string = 'PackageError';
  readonly status: number;
  readonly detail: string | undefined;
  readonly details: PackageErrorDetails;

  constructor(status: number, detail?: string, details: PackageErrorDetails = {}) {
    const text = detail === undefined ? undefined : loggable(detail);
    super(text ?? statusName(status), 'cause' in details ? { cause: details.cause } : undefined);
    this.status = status;
    this.detail = text;
    this.details = details.hint === undefined ? details : { ...details, hint: loggable(details.hint) };
  }
}

function loggable(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text;
  return short.replace(UNPRINTABLE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Control characters, ends of lines, and what turns the direction of a text. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
