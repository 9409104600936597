import type { StatusName } from './names.js';

/** What a person needs to know about one status. */
export interface StatusText {
  /** What happened, in one sentence. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
}

/** Texts by official name: data without code, so that the addon's table is generated from the same source. */
export type StatusTexts = Readonly<Partial<Record<StatusName, StatusText>>>;
