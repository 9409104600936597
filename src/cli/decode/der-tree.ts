import { type DerElement, DerReader } from '../../bytes/der/der-reader.js';
import { decodeInteger } from '../../bytes/der/integer.js';
import { decodeOid } from '../../bytes/der/oid.js';
import { DER_TAG, isConstructed } from '../../bytes/der/tags.js';
import { decodeGeneralizedTime } from '../../bytes/der/time.js';
import { MalformedBytesError } from '../../bytes/errors.js';
import { decodeUtf8 } from '../../bytes/text.js';
import { bytesField, problemField, type TokenField } from './decoded-token.js';

/** Elements in DER as a tree, for formats that nobody here knows better. Undefined for bytes that are not one element. */
export function derField(name: string, bytes: Uint8Array): TokenField | undefined {
  const budget = { elements: MOST_ELEMENTS };
  try {
    const reader = new DerReader(bytes);
    const field = elementField(reader.element(), 0, budget);
    reader.end();
    return { ...field, name };
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

interface Budget {
  elements: number;
}

function elementField({ tag, content }: DerElement, depth: number, budget: Budget): TokenField {
  const name = tagName(tag);
  if (isConstructed(tag)) return { name, value: '', meaning: '', parts: childFields(content, depth + 1, budget) };
  try {
    return { name, value: READERS[tag]?.(content) ?? bytesField('', content, '').value, meaning: '' };
  } catch (error) {
    if (error instanceof MalformedBytesError) return bytesField(name, content, '');
    throw error;
  }
}

function childFields(content: Uint8Array, depth: number, budget: Budget): TokenField[] {
  const fields: TokenField[] = [];
  try {
    const reader = new DerReader(content, depth);
    while (reader.remaining > 0) {
      if (budget.elements === 0) return [...fields, problemField('there is more, which is not shown')];
      budget.elements -= 1;
      fields.push(elementField(reader.element(), depth, budget));
    }
    return fields;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    return [...fields, problemField(error.message)];
  }
}

function tagName(tag: number): string {
  const number = tag & 0x1f;
  switch (tag & 0xc0) {
    case 0x80:
      return `[${number}]`;
    case 0x40:
      return `[APPLICATION ${number}]`;
    case 0xc0:
      return `[PRIVATE ${number}]`;
    default:
      return NAMES.get(tag) ?? `[UNIVERSAL ${number}]`;
  }
}

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(DER_TAG).map(([name, tag]) => [tag, name.replace(/_/g, ' ')]),
);

const integer = (content: Uint8Array): string => decodeInteger(content).toString();

const READERS: Readonly<Record<number, (content: Uint8Array) => string>> = {
  [DER_TAG.BOOLEAN]: content => (content[0] ? 'true' : 'false'),
  [DER_TAG.INTEGER]: integer,
  [DER_TAG.ENUMERATED]: integer,
  [DER_TAG.OBJECT_IDENTIFIER]: decodeOid,
  [DER_TAG.UTF8_STRING]: decodeUtf8,
  [DER_TAG.GENERAL_STRING]: decodeUtf8,
  [DER_TAG.GENERALIZED_TIME]: content => new Date(decodeGeneralizedTime(content)).toISOString(),
};

/** Enough for any ticket; a screen or two. */
const MOST_ELEMENTS = 400;
