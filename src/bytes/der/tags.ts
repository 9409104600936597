/** Identifier octets of the types that the protocols here use (X.690 8.1.2, X.680 8.4). */
export const DER_TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8_STRING: 0x0c,
  GENERALIZED_TIME: 0x18,
  GENERAL_STRING: 0x1b,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;
Object.freeze(DER_TAG);

/** The tag `[number]` around an element (explicit): context-specific, constructed. */
export function contextTag(number: number): number {
  return CONTEXT | CONSTRUCTED | checkNumber(number);
}

/** The tag `[APPLICATION number]` around an element: constructed. */
export function applicationTag(number: number): number {
  return APPLICATION | CONSTRUCTED | checkNumber(number);
}

/** Whether the content of an element consists of elements. */
export function isConstructed(tag: number): boolean {
  return (tag & CONSTRUCTED) !== 0;
}

/** Whether a tag is the explicit `[number]`, of whatever number. */
export function isContextTag(tag: number): boolean {
  return (tag & (CLASS | CONSTRUCTED)) === (CONTEXT | CONSTRUCTED);
}

/** The low five bits all set announce a tag of several octets (X.690 8.1.2.4), which no protocol here has. */
export const LONG_TAG = 0x1f;

const CLASS = 0xc0;
const APPLICATION = 0x40;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

function checkNumber(number: number): number {
  if (number >>> 0 !== number || number >= LONG_TAG) throw new RangeError(`there is no tag [${number}] here`);
  return number;
}
